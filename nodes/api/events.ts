import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { problemAnswer } from "../problem.ts";
import type { Events } from "./route.ts";

export interface EventsOptions {
  /** What the events are called. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Milliseconds between the comments that keep the connection open. */
  readonly heartbeat: number;
  /** Is told of an error that ended the stream. */
  readonly failed: (error: unknown) => void;
}

/**
 * Sends events as Server-Sent Events (WHATWG HTML, section 9.2): one by its name for each, then `end`. An error after the
 * beginning of the stream can have no status any more, so it is sent as `problem`. Waits for a slow reader.
 */
export async function sendEvents(
  response: ServerResponse,
  { events, end }: Events<unknown, unknown>,
  { name, signal, heartbeat, failed }: EventsOptions,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    // Proxies that gather an answer before they pass it on are asked not to.
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  const beat = setInterval(() => response.write(": still here\n\n"), heartbeat);
  const send = async (event: string, data: unknown): Promise<void> => {
    const flushed = response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (!flushed) await once(response, "drain", { signal });
  };
  try {
    for await (const event of events) await send(name, event);
    if (!signal.aborted) await send("end", await end());
  } catch (error) {
    if (!signal.aborted) {
      failed(error);
      await send("problem", problemAnswer(error).problem);
    }
  } finally {
    clearInterval(beat);
    response.end();
  }
}
