import { BeltError } from "../../pipeline/errors.ts";
import type { Json } from "./station.ts";

/** One request to the member's own service. */
export interface HttpRequest {
  readonly method?: "GET" | "POST" | "PUT";
  /** Added to the URL of the settings; write data into it with `encodeURIComponent`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: Json;
}

/**
 * The URL of a request: `path` under `base`, and nowhere else.
 *
 * @throws {BeltError} `STATION_FAILED` when data written into the path leads out of it, as `..` or `?` would.
 */
export function urlOf(base: string, { path, query = {} }: HttpRequest): URL {
  const url = new URL(base);
  const expected = url.pathname.replace(/\/$/, "") + path;
  url.pathname = expected;
  // The URL parser resolves dots and escapes what may not stand in a path: any change means an unsafe path.
  if (!path.startsWith("/") || url.pathname !== expected) {
    throw new BeltError("STATION_FAILED", "The request's path must start with / and have its data encoded.");
  }
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
