import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import {
  defineHttpStation,
  type HttpDefinition,
  type HttpDependencies,
  type Station,
  Unprocessable,
} from "../../../nodes/stations/index.ts";
import { until } from "../../support/until.ts";
import { heldAlarm, listen, run } from "./support.ts";

const contract = {
  name: "register",
  version: "1.0.0",
  input: { type: "object", properties: { person: { type: "string" } }, required: ["person"] },
  output: { type: "object", properties: { known: { type: "boolean" } }, required: ["known"] },
};
interface Input {
  person: string;
}
const ask: Pick<HttpDefinition<Input, object, never>, "request"> = {
  request: ({ person }) => ({ path: `/persons/${encodeURIComponent(person)}` }),
};

const endings: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

/** A service, and how often it was asked. */
async function serve(handler: (request: IncomingMessage, response: ServerResponse, call: number) => void) {
  const calls: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => handler(request, response, calls.push(request));
  const { url, close } = await listen(listener);
  endings.push(close);
  return { url, calls };
}

/** Lets every pause end at once and remembers how long it was; the limits of attempts, 10 s each, never ring. */
function skippingPauses() {
  const pauses: number[] = [];
  const dependencies: Partial<HttpDependencies> = {
    random: () => 0.5,
    alarm(milliseconds, ring) {
      if (milliseconds === 10_000) return () => {};
      pauses.push(milliseconds);
      queueMicrotask(ring);
      return () => {};
    },
  };
  return { pauses, dependencies };
}

function define(
  definition: Partial<HttpDefinition<Input, object, never>> = {},
  dependencies?: Partial<HttpDependencies>,
): Station {
  const station = defineHttpStation<Input, object, never>(
    { ...contract, ...ask, ...definition },
    dependencies,
  );
  endings.push(() => station.close?.());
  return station;
}

const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
};

describe("a request", () => {
  test("goes to the path under the service's URL, and the body of the answer is the output", async () => {
    const { url, calls } = await serve((_, response) => json(response, 200, { known: true }));
    const outcome = await run(define(), { person: "T/1?" }, { settings: { url: `${url}/api/` } });
    expect(outcome).toEqual({ status: "done", output: { known: true } });
    expect(calls.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /api/persons/T%2F1%3F"]);
  });

  test("carries query, headers of station and settings, a JSON body and the case's key", async () => {
    const bodies: string[] = [];
    const { url, calls } = await serve(async (request, response) => {
      bodies.push((await request.toArray()).join(""));
      json(response, 201, { known: true });
    });
    const station = define({
      request: ({ person }) => ({
        method: "POST",
        path: "/questions",
        query: { depth: 2, exact: true, absent: undefined },
        headers: { "x-purpose": "hiring" },
        body: { person },
      }),
    });
    await run(
      station,
      { person: "T-1" },
      { key: "case-7", settings: { url, headers: { authorization: "Key k" } } },
    );
    expect(calls[0]).toMatchObject({ method: "POST", url: "/questions?depth=2&exact=true" });
    expect(calls[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "idempotency-key": '"case-7"',
      "x-purpose": "hiring",
      authorization: "Key k",
    });
    expect(bodies).toEqual(['{"person":"T-1"}']);
  });

  test.each(["../admin", "a/../../admin", "x?all=1", "x#y", "%2e%2e/admin"])(
    "whose path data would lead elsewhere (%s) is not sent",
    async (person) => {
      const { url, calls } = await serve((_, response) => json(response, 200, { known: true }));
      const careless = define({ request: (input) => ({ path: `/persons/${input.person}` }) });
      const outcome = await run(careless, { person }, { settings: { url } });
      expect(outcome).toMatchObject({ status: "failed", code: "STATION_FAILED" });
      expect(calls).toHaveLength(0);
    },
  );
});

describe("an answer", () => {
  test("is turned into the output by the station", async () => {
    const { url } = await serve((_, response) => json(response, 200, { persons: 1 }));
    const station = defineHttpStation({
      ...contract,
      ...ask,
      response: (body: { persons: number }, status, { person }) => ({
        known: body.persons === 1 && status === 200 && person === "T-1",
      }),
    });
    endings.push(() => station.close?.());
    expect(await run(station, { person: "T-1" }, { settings: { url } })).toEqual({
      status: "done",
      output: { known: true },
    });
  });

  test("404 makes the case unprocessable, with the service's detail", async () => {
    const { url } = await serve((_, response) =>
      json(response, 404, { status: 404, detail: "No such person." }),
    );
    expect(await run(define(), { person: "T-1" }, { settings: { url } })).toEqual({
      status: "unprocessable",
      reason: "No such person.",
    });
  });

  test("404 without a problem document has a reason all the same", async () => {
    const { url } = await serve((_, response) => response.writeHead(404).end("<h1>Not Found</h1>"));
    expect(await run(define(), { person: "T-1" }, { settings: { url } })).toEqual({
      status: "unprocessable",
      reason: "The service answered 404.",
    });
  });

  test("another status makes the case unprocessable where the station says so", async () => {
    const { url } = await serve((_, response) => json(response, 410, { detail: "Struck off." }));
    const station = define({ unprocessable: [404, 410] });
    expect(await run(station, { person: "T-1" }, { settings: { url } })).toEqual({
      status: "unprocessable",
      reason: "Struck off.",
    });
  });

  test("Unprocessable may come from `response` too", async () => {
    const { url } = await serve((_, response) => json(response, 200, { known: false }));
    const station = define({
      response: () => {
        throw new Unprocessable("Not known.");
      },
    });
    expect(await run(station, { person: "T-1" }, { settings: { url } })).toMatchObject({
      status: "unprocessable",
    });
  });

  test.each([400, 401, 403, 409, 422, 500, 302])(
    "status %i fails at once, without another attempt",
    async (status) => {
      const { url, calls } = await serve((_, response) =>
        json(response, status, { detail: "secret-host-7 said no" }),
      );
      expect(await run(define(), { person: "T-1" }, { settings: { url } })).toEqual({
        status: "failed",
        reason: `The service answered ${status}.`,
        code: "STATION_SOURCE_FAILED",
      });
      expect(calls).toHaveLength(1);
    },
  );

  test("over the limit of size is not read to its end", async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = (): void => {
        if (response.write("x".repeat(65_536))) setImmediate(more);
        else response.once("drain", more);
      };
      more();
    });
    const outcome = await run(define(), { person: "T-1" }, { settings: { url, maxBytes: 100_000 } });
    expect(outcome).toMatchObject({ status: "failed", code: "STATION_SOURCE_FAILED" });
    expect(outcome).toMatchObject({ reason: "The service's answer is over 100000 bytes." });
  });

  test.each([
    ["is not JSON", "<html>"],
    ["nests too deep", "[".repeat(10_000) + "]".repeat(10_000)],
  ])("that %s fails the station, and its text is not repeated", async (_, body) => {
    const { url } = await serve((_, response) => response.writeHead(200).end(body));
    const outcome = await run(define(), { person: "T-1" }, { settings: { url } });
    expect(outcome).toMatchObject({ status: "failed", code: "STATION_SOURCE_FAILED" });
    expect(JSON.stringify(outcome)).not.toContain(body.slice(0, 6));
  });

  test("that carries more than the output schema never leaves", async () => {
    const { url } = await serve((_, response) => json(response, 200, { known: true, salary: 1 }));
    expect(await run(define(), { person: "T-1" }, { settings: { url } })).toMatchObject({
      status: "failed",
      code: "STATION_OUTPUT_REFUSED",
    });
  });
});

describe("another attempt", () => {
  test.each([429, 502, 503, 504])(
    "is made after %i, with pauses that double and are jittered",
    async (status) => {
      const { url, calls } = await serve((_, response, call) =>
        call <= 3 ? json(response, status, {}) : json(response, 200, { known: true }),
      );
      const { pauses, dependencies } = skippingPauses();
      const outcome = await run(define({}, dependencies), { person: "T-1" }, { settings: { url } });
      expect(outcome).toMatchObject({ status: "done" });
      expect(pauses).toEqual([100, 200, 400]);
      expect(calls).toHaveLength(4);
    },
  );

  test("is made when the connection breaks, before or in the middle of the answer", async () => {
    const { url } = await serve((request, response, call) => {
      if (call === 1) request.socket.destroy();
      else if (call === 2) {
        response.writeHead(200, { "content-length": "100" }).write('{"kno');
        setImmediate(() => response.destroy());
      } else json(response, 200, { known: true });
    });
    const { pauses, dependencies } = skippingPauses();
    const outcome = await run(define({}, dependencies), { person: "T-1" }, { settings: { url } });
    expect(outcome).toMatchObject({ status: "done" });
    expect(pauses).toHaveLength(2);
  });

  test("carries the same key, so that the service does the work once", async () => {
    const { url, calls } = await serve((_, response, call) =>
      call === 1 ? json(response, 503, {}) : json(response, 200, { known: true }),
    );
    const station = define(
      { request: () => ({ method: "POST", path: "/questions", body: {} }) },
      skippingPauses().dependencies,
    );
    await run(station, { person: "T-1" }, { key: "case-9", settings: { url } });
    expect(calls.map(({ headers }) => headers["idempotency-key"])).toEqual(['"case-9"', '"case-9"']);
  });

  test("is not made beyond the number in the settings; the reason says how often and why", async () => {
    const { url, calls } = await serve((_, response) => json(response, 503, {}));
    const { dependencies } = skippingPauses();
    const outcome = await run(define({}, dependencies), { person: "T-1" }, { settings: { url, retries: 2 } });
    expect(outcome).toEqual({
      status: "failed",
      reason: "The service answered 503; tried 3 times.",
      code: "STATION_SOURCE_UNAVAILABLE",
    });
    expect(calls).toHaveLength(3);
  });

  test("waits as long as Retry-After asks, in seconds or as a date", async () => {
    const { url } = await serve((_, response, call) => {
      if (call === 1) json(response, 503, {}, { "retry-after": "4" });
      else if (call === 2) json(response, 503, {}, { "retry-after": "Thu, 01 Jan 2026 00:00:05 GMT" });
      else json(response, 200, { known: true });
    });
    const { pauses, dependencies } = skippingPauses();
    const station = define({}, { ...dependencies, now: () => Date.UTC(2026, 0, 1) });
    expect(await run(station, { person: "T-1" }, { settings: { url } })).toMatchObject({ status: "done" });
    expect(pauses).toEqual([4_100, 5_200]);
  });

  test("is not made when the service asks for more patience than the settings have", async () => {
    const { url, calls } = await serve((_, response) => json(response, 429, {}, { "retry-after": "3600" }));
    const { dependencies } = skippingPauses();
    expect(await run(define({}, dependencies), { person: "T-1" }, { settings: { url } })).toMatchObject({
      status: "failed",
      code: "STATION_SOURCE_UNAVAILABLE",
    });
    expect(calls).toHaveLength(1);
  });

  test("is made when there was no answer in time", async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const { url, calls } = await serve((_, response, call) => {
      if (call === 1) resolve();
      else json(response, 200, { known: true });
    });
    const { alarm, ring, waiting } = heldAlarm();
    const station = define({}, { random: () => 0, alarm });
    const outcome = run(station, { person: "T-1" }, { settings: { url } });
    await asked;
    ring();
    // The pause before the next attempt.
    await until(() => waiting() === 1);
    ring();
    expect(await outcome).toMatchObject({ status: "done" });
    expect(calls).toHaveLength(2);
  });

  test("a service that cannot be reached is named by the system's code, never by its address", async () => {
    const { url, close } = await listen(() => {});
    await close();
    const outcome = await run(
      define({}, skippingPauses().dependencies),
      { person: "T-1" },
      { settings: { url, retries: 1 } },
    );
    expect(outcome).toEqual({
      status: "failed",
      reason: "The service could not be reached (ECONNREFUSED); tried 2 times.",
      code: "STATION_SOURCE_UNAVAILABLE",
    });
  });
});

test("a node that stops lets go of a request at once", async () => {
  const stopping = new AbortController();
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const { url } = await serve((request) => {
    request.socket.once("close", () => resolve());
    stopping.abort();
  });
  const outcome = await run(define(), { person: "T-1" }, { signal: stopping.signal, settings: { url } });
  expect(outcome).toMatchObject({ status: "failed", code: "STATION_STOPPED" });
  await gone;
});

test.each([
  ["no URL", {}, "/url"],
  ["another scheme", { url: "ftp://127.0.0.1" }, "/url"],
  ["a negative number of retries", { url: "http://127.0.0.1", retries: -1 }, "/retries"],
  ["headers that are no texts", { url: "http://127.0.0.1", headers: { a: 1 } }, "/headers/a"],
])("settings with %s are refused when the node starts", (_, settings, at) => {
  expect(() => define().ready?.(settings)).toThrow(
    expect.objectContaining({ code: "STATION_SETTINGS_INVALID", at }),
  );
});
