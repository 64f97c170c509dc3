import { BeltError } from "../../pipeline/errors.ts";
import { isObject } from "../../pipeline/json.ts";
import { alarm } from "./alarm.ts";
import type { HttpRequest } from "./httpRequest.ts";
import { type HttpDependencies, HttpService } from "./httpService.ts";
import { HttpSettings, settingsReader } from "./settings.ts";
import {
  type Json,
  type JsonObject,
  type Station,
  type StationContract,
  Unprocessable,
  type WorkContext,
} from "./station.ts";

export interface HttpDefinition<Input extends object, Output extends object, Body> extends StationContract {
  /** The request to the member's service for one case. */
  request(input: Input, context: WorkContext): HttpRequest;
  /**
   * What the station gives, from the body and status (200 to 299) of the answer; the body itself when absent.
   *
   * @throws {Unprocessable} when the case itself cannot be processed.
   */
  response?(body: Body, status: number, input: Input): Output | Promise<Output>;
  /** The statuses by which the service says that the case cannot be processed; 404 when absent. */
  readonly unprocessable?: readonly number[];
}

const defaults: HttpDependencies = { random: Math.random, alarm, now: Date.now };

/**
 * A station that asks the member's own service over HTTP, and asks again after 429, 502, 503, 504 and when there
 * was no answer. Requests other than GET carry an Idempotency-Key, the same for every attempt of a case.
 *
 * A status in `unprocessable` makes the case unprocessable, with the `detail` of the service's problem document
 * (RFC 9457) as the reason; any other status outside 200 to 299 fails the station.
 *
 * Settings: `url`; `timeoutMs`, `attemptTimeoutMs`, `retries`, `retryDelayMs`, `maxDelayMs`, `maxBytes`,
 * `connections`, `headers`.
 */
export function defineHttpStation<
  Input extends object = JsonObject,
  Output extends object = JsonObject,
  Body = Json,
>(definition: HttpDefinition<Input, Output, Body>, dependencies: Partial<HttpDependencies> = {}): Station {
  const { request, response, unprocessable = [404], ...contract } = definition;
  const service = new HttpService({ ...defaults, ...dependencies });
  const read = settingsReader(HttpSettings);
  return {
    ...contract,
    kind: "http",
    ready: (settings) => void read(settings),
    close: () => service.close(),
    async work(input, context) {
      // The engine has checked the input against the input schema, which is what `Input` says in TypeScript.
      const typed = input as Input;
      const { status, body } = await service.call(request(typed, context), read(context.settings), context);
      if (unprocessable.includes(status))
        throw new Unprocessable(detailOf(body) ?? `The service answered ${status}.`);
      if (status < 200 || status > 299)
        throw new BeltError("STATION_SOURCE_FAILED", `The service answered ${status}.`);
      // What the service says is as its author describes it in `Body`; the output schema has the last word.
      return {
        status: "done",
        output: response === undefined ? body : await response(body as Body, status, typed),
      };
    },
  };
}

function detailOf(body: Json): string | undefined {
  const { detail } = isObject(body) ? body : {};
  return typeof detail === "string" ? detail : undefined;
}
