import { parseExposition, type Sample } from "../exposition.ts";
import { type ApiClientParts, send, textOf } from "./request.ts";

/**
 * What a running node says to Prometheus.
 *
 * @throws {BeltError} `API_UNREACHABLE`, `API_ANSWER_INVALID`, `API_TOKEN_REFUSED`
 */
export async function readMetrics(parts: ApiClientParts): Promise<readonly Sample[]> {
  return parseExposition(await textOf(await send(parts, new URL("/metrics", parts.url)), parts.url));
}
