import type { Agent } from "undici";
import { BeltError } from "../../pipeline/errors.ts";
import { parseJson } from "../parse.ts";
import { type Alarm, pause, within } from "./alarm.ts";
import { pauseBefore, retryAfter } from "./backoff.ts";
import { type HttpRequest, urlOf } from "./httpRequest.ts";
import type { HttpSettings } from "./settings.ts";
import type { Json } from "./station.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly body: Json;
}

export interface HttpDependencies {
  /** A number in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly alarm: Alarm;
  /** Milliseconds since 1970, for a Retry-After that is a date. */
  readonly now: () => number;
}

/** Loaded with the first request: most stations' processes never make one, and have to start quickly. */
const undici = () => import("undici");

/** The statuses that may pass by themselves. */
const passing = new Set([429, 502, 503, 504]);

/** One attempt's answer, or why there was none and whether another attempt may help. */
type Attempt = HttpAnswer & { readonly retryAfter: number | undefined };

/** The member's own service as a station calls it: one pool of connections, opened with the first request. */
export class HttpService {
  readonly #dependencies: HttpDependencies;
  /** By the number of connections, which is all that distinguishes them. */
  readonly #agents = new Map<number, Agent>();

  constructor(dependencies: HttpDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Sends one request, again where that may help: after 429, 502, 503 and 504 and when there was no answer.
   *
   * @throws {BeltError} `STATION_SOURCE_UNAVAILABLE` after the last attempt, `STATION_SOURCE_FAILED` for an answer
   *   that is not JSON or too large.
   */
  async call(
    request: HttpRequest,
    settings: HttpSettings,
    { key, signal }: { readonly key: string; readonly signal: AbortSignal },
  ): Promise<HttpAnswer> {
    const { random, alarm } = this.#dependencies;
    for (let retry = 0; ; retry += 1) {
      let problem: BeltError;
      let asked: number | undefined;
      try {
        const answer = await within(settings.attemptTimeoutMs, { signal, alarm }, (attempt) =>
          this.#attempt(request, settings, key, attempt),
        );
        if (!passing.has(answer.status)) return answer;
        asked = answer.retryAfter;
        problem = unavailable(`answered ${answer.status}`, retry);
      } catch (error) {
        problem = noAnswer(error, retry, settings.attemptTimeoutMs);
      }
      const wait = pauseBefore(retry, settings, random(), asked);
      if (retry >= settings.retries || wait === undefined) throw problem;
      await pause(wait, { signal, alarm });
    }
  }

  async close(): Promise<void> {
    const agents = [...this.#agents.values()];
    this.#agents.clear();
    await Promise.all(agents.map((agent) => agent.destroy()));
  }

  async #attempt(
    request: HttpRequest,
    settings: HttpSettings,
    key: string,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { Agent, request: send } = await undici();
    const { connections } = settings;
    const dispatcher = this.#agents.get(connections) ?? new Agent({ connections });
    this.#agents.set(connections, dispatcher);
    const { method = "GET", body } = request;
    const {
      statusCode,
      headers,
      body: stream,
    } = await send(urlOf(settings.url, request), {
      method,
      dispatcher,
      signal,
      headers: {
        accept: "application/json, application/problem+json",
        // The service recognises an attempt that it has already carried out.
        ...(method === "GET" ? {} : { "idempotency-key": `"${key}"` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...settings.headers,
        ...request.headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > settings.maxBytes) {
        throw new BeltError(
          "STATION_SOURCE_FAILED",
          `The service's answer is over ${settings.maxBytes} bytes.`,
        );
      }
      chunks.push(chunk);
    }
    const header = headers["retry-after"];
    return {
      status: statusCode,
      body: bodyOf(Buffer.concat(chunks), statusCode),
      retryAfter: retryAfter(Array.isArray(header) ? header[0] : header, this.#dependencies.now()),
    };
  }
}

/** The JSON of a body, null where there is none. An error's body may be anything; then it is null as well. */
function bodyOf(bytes: Buffer, status: number): Json {
  if (bytes.length === 0) return null;
  try {
    return parseJson(bytes.toString("utf8"), "the service's answer", "STATION_SOURCE_FAILED");
  } catch (error) {
    if (status < 200 || status > 299) return null;
    throw error;
  }
}

function unavailable(what: string, retry: number, cause?: unknown): BeltError {
  const tries = retry === 0 ? "once" : `${retry + 1} times`;
  return new BeltError("STATION_SOURCE_UNAVAILABLE", `The service ${what}; tried ${tries}.`, { cause });
}

/** What to make of an attempt without an answer. @throws the error itself where another attempt is no use. */
function noAnswer(error: unknown, retry: number, limit: number): BeltError {
  if (error instanceof BeltError) {
    if (error.code === "STATION_TIMEOUT")
      return unavailable(`did not answer within ${limit} ms`, retry, error);
    throw error;
  }
  // Only the system's code: its message has the address of the service, which is the member's own.
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string" || code === "UND_ERR_INVALID_ARG") throw error;
  return unavailable(`could not be reached (${code})`, retry, error);
}
