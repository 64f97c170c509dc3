import type { z } from "zod";
import { examine } from "../../pipeline/complaint.ts";
import { BeltError, type Code, catalogue } from "../../pipeline/errors.ts";
import { parseJson } from "../parse.ts";
import { routes } from "./routes.ts";
import { Problem } from "./schemas.ts";

export interface ApiClientParts {
  /** Where the operator's API is, without a path. */
  readonly url: string;
  readonly token: string;
  /** Ends every request. */
  readonly signal?: AbortSignal;
  /** What is thrown where nobody answers; `API_UNREACHABLE` when it is left out. */
  readonly away?: (cause: unknown) => BeltError;
}

/** What goes with a request to one of the routes. */
export interface Ask {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The media type that the answer is to have; JSON when it is left out. */
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request to a route of the operator's API by its name.
 *
 * @throws {BeltError} `API_UNREACHABLE`, `API_ANSWER_INVALID`, and what the node refuses, as the node threw it
 */
export async function request(parts: ApiClientParts, name: string, ask: Ask): Promise<Response> {
  const { params = {}, query = {}, headers = {}, body, accept } = ask;
  const route = routes.find((each) => each.name === name);
  if (route === undefined) throw new TypeError(`The API has no route ${name}.`);
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ""));
  const target = new URL(path, parts.url);
  target.search = new URLSearchParams(query).toString();
  return send(parts, target, {
    method: route.method.toUpperCase(),
    headers: {
      ...headers,
      ...(accept === undefined ? {} : { accept }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: ask.signal,
  });
}

interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request with the operator's token. Throws like {@link request}. */
export async function send(
  { url, token, signal, away = (cause) => unreachable(url, cause) }: ApiClientParts,
  target: URL,
  { method = "GET", headers = {}, body = null, signal: own }: Sending = {},
): Promise<Response> {
  const signals = [signal, own].filter((each) => each !== undefined);
  const response = await fetch(target, {
    ...{ method, body, redirect: "error", signal: AbortSignal.any(signals) },
    headers: { authorization: `Bearer ${token}`, ...headers },
  }).catch((cause: unknown) => {
    for (const each of signals) each.throwIfAborted();
    throw away(cause);
  });
  if (!response.ok) throw refusalOf(await textOf(response, url), url);
  return response;
}

/** The text of an answer, which a connection that breaks may cut off. */
export async function textOf(response: Response, url: string): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw unreachable(url, cause);
  }
}

export function unreachable(url: string, cause?: unknown): BeltError {
  return new BeltError("API_UNREACHABLE", "The node's operator API does not answer.", { at: url, cause });
}

/** Parses what the node answers: it may be another version, or another server altogether. */
export function parseAnswer<T extends z.ZodType>(schema: T, value: unknown, url: string): z.output<T> {
  const result = examine(schema, value);
  if (result.success) return result.data;
  throw new BeltError("API_ANSWER_INVALID", "What answers there is no node of this version.", {
    at: url,
    cause: result.error,
  });
}

/** The error that a node's problem stands for. */
export function refusalOf(text: string, url: string): BeltError {
  const problem = parseAnswer(Problem, parseJson(text, url, "API_ANSWER_INVALID"), url);
  if (!isCode(problem.code)) {
    return new BeltError(
      "API_ANSWER_INVALID",
      `The node refuses with a code that is not known here: ${problem.code}.`,
      {
        at: url,
      },
    );
  }
  const { code, detail, at, remedy } = problem;
  return new BeltError(code, detail, { remedy, ...(at === undefined ? {} : { at }) });
}

const isCode = (text: string): text is Code => Object.hasOwn(catalogue, text);
