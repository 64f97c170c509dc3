import type { Express, NextFunction, Request, Response } from "express";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { BeltError } from "../../pipeline/errors.ts";
import { listen, type Place } from "../listen.ts";
import { asBeltError, problemAnswer, problemType } from "../problem.ts";
import { parseBody } from "./body.ts";
import { sendBytes } from "./bytes.ts";
import { sendEvents } from "./events.ts";
import { followed } from "./followed.ts";
import { describeApi } from "./openapi.ts";
import type { NodeOperations } from "./operations.ts";
import type { Given, Route } from "./route.ts";
import { routes } from "./routes.ts";
import { tokenCheck } from "./token.ts";

export interface ApiParts extends Place {
  /** Asked for at each request: they may be another node's. */
  readonly operations: NodeOperations;
  /** How this very node is, for its probes; as the operations have it when absent. */
  readonly status?: NodeOperations["status"];
  /** What every request must carry, but for the probes and the description. */
  readonly token: string;
  readonly registry: Registry;
  readonly log: Logger;
  /** The version of the product. */
  readonly version: string;
  /** The largest body of a request, in bytes. */
  readonly requestBytes: number;
  /** Milliseconds between the comments that keep a stream of events open. */
  readonly heartbeat?: number;
  /** Milliseconds that whoever follows a writing waits at most for its transactions to become final. */
  readonly patience?: number;
}

export interface Api {
  readonly url: string;
  /** Ends the streams of events, lets the other requests finish, and stops. */
  close(): Promise<void>;
}

/**
 * Serves the operator's API.
 *
 * @throws {BeltError} `PORT_IN_USE`, `CONFIG_INVALID`
 */
export async function startApi(parts: ApiParts): Promise<Api> {
  // Only now: commands that ask a node load this file as well.
  const [{ createServer }, { default: express }, { Histogram }] = await Promise.all([
    import("node:http"),
    import("express"),
    import("prom-client"),
  ]);
  const stopping = new AbortController();
  const seconds = new Histogram({
    name: "belt_api_request_seconds",
    help: "How long requests to the operator's API take.",
    labelNames: ["method", "route", "status"],
    registers: [parts.registry],
  });
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  app.use((request, response, next) => {
    response.set({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
    const stop = seconds.startTimer({ method: request.method });
    response.once("close", () => {
      const { route = "none" } = response.locals;
      stop({ route: String(route), status: response.statusCode });
      parts.log.debug({ method: request.method, route, status: response.statusCode }, "operator's request");
    });
    next();
  });
  serveProbes(app, parts);
  const check = tokenCheck(parts.token);
  app.use((request, _response, next) => {
    check(request.headers.authorization);
    next();
  });
  app.get("/metrics", async (_request, response) => {
    response.type(parts.registry.contentType).send(await parts.registry.metrics());
  });
  // The size is limited after the token, so that only the operator can make the node hold a body.
  app.use(express.raw({ type: () => true, limit: parts.requestBytes }));
  for (const route of routes) serveRoute(app, route, parts, stopping.signal);
  serveRest(app);
  app.use(refuse(parts.log));

  const server = createServer(app);
  const { url, close } = await listen(server, parts);
  return {
    url,
    close() {
      stopping.abort();
      return close();
    },
  };
}

function serveProbes(app: Express, parts: ApiParts): void {
  const description = JSON.stringify(describeApi(parts.version));
  app.get("/livez", (_request, response) => void response.json({ status: "ok" }));
  app.get("/readyz", async (_request, response) => {
    const { ready, reasons } = await (parts.status ?? parts.operations.status)();
    response.status(ready ? 200 : 503).json({ ready, reasons });
  });
  app.get("/openapi.json", (_request, response) => void response.type("json").send(description));
}

const pathOf = (route: Route): string => route.path.replaceAll(/\{(\w+)\}/g, ":$1");

function serveRoute(app: Express, route: Route, parts: ApiParts, stopping: AbortSignal): void {
  const { log, heartbeat = 15_000, patience } = parts;
  app[route.method](pathOf(route), async (request, response) => {
    Object.assign(response.locals, { route: route.name });
    const { operations } = parts;
    const given = givenOf(request, "body" in route.input.shape);
    if (route.kind === "answer") {
      const answer = await route.run(operations, given);
      if (route.answer === undefined) response.status(route.status).end();
      else response.status(route.status).json(answer);
      return;
    }
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const signal = AbortSignal.any([stopping, gone.signal]);
    const failed = (error: unknown): void =>
      log.error({ err: error, route: route.name }, "an answer broke off");
    if (route.kind === "bytes") {
      await sendBytes(response, route.open(operations), { signal, failed });
      return;
    }
    if (route.kind === "events") {
      const events = await route.open(operations, given, signal);
      await sendEvents(response, events, { name: "case", signal, heartbeat, failed });
      return;
    }
    const writing = route.open(operations, given);
    if (writing.dry || request.accepts(["json", "text/event-stream"]) !== "text/event-stream") {
      response.status(writing.dry ? 200 : route.status).json(await writing.run());
      return;
    }
    const events = followed(writing.run, { signal, patience });
    // What is refused is the caller's to know; the log is for what the node did not expect.
    const refused = (error: unknown): void => {
      if (asBeltError(error).code === "INTERNAL") failed(error);
    };
    await sendEvents(response, events, { name: "transaction", signal, heartbeat, failed: refused });
  });
}

function givenOf(request: Request, hasBody: boolean): Given {
  const { params, query, headers } = request;
  if (!hasBody) return { params, query, headers, body: undefined };
  const bytes: unknown = request.body;
  const body = parseBody(
    bytes instanceof Uint8Array ? bytes : new Uint8Array(),
    request.headers["content-type"],
  );
  return { params, query, headers, body };
}

/** Answers what no route serves: another method of a path, or no path at all. */
function serveRest(app: Express): void {
  const methods = new Map<string, string[]>([
    ["/livez", ["get"]],
    ["/readyz", ["get"]],
    ["/openapi.json", ["get"]],
    ["/metrics", ["get"]],
  ]);
  for (const route of routes)
    methods.set(pathOf(route), [...(methods.get(pathOf(route)) ?? []), route.method]);
  for (const [path, allowed] of methods) {
    app.all(path, (request, response) => {
      const allow = allowed.flatMap((each) => (each === "get" ? ["GET", "HEAD"] : [each.toUpperCase()]));
      response.set("allow", allow.join(", "));
      throw new BeltError("METHOD_NOT_ALLOWED", `This path has no ${request.method}.`, { at: request.path });
    });
  }
  app.use((request) => {
    throw new BeltError("NOT_FOUND", "There is nothing at this path.", { at: request.path });
  });
}

/** Express knows this by its four parameters as the place where errors end. */
function refuse(log: Logger) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (asBeltError(error).code === "INTERNAL") log.error({ err: error }, "a request failed");
    if (response.headersSent) {
      next(error);
      return;
    }
    const { problem, headers } = problemAnswer(error);
    response.status(problem.status).set(headers).type(problemType).send(JSON.stringify(problem));
  };
}
