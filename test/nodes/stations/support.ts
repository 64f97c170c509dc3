import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import {
  type Alarm,
  type JsonObject,
  type Outcome,
  outputSchemaOf,
  type Station,
  type WorkContext,
  type WorkOptions,
  workOn,
} from "../../../nodes/stations/index.ts";
import type { Validator } from "../../../pipeline/case/index.ts";

const compiled = new WeakMap<Station, Validator>();

/** A station's output schema, compiled once: properties run a station hundreds of times. */
function outputOf(station: Station): Validator {
  const known = compiled.get(station) ?? outputSchemaOf(station);
  compiled.set(station, known);
  return known;
}

/** Lets a station work on one case as the engine does. */
export function run(
  station: Station,
  input: JsonObject,
  context: Partial<WorkContext> = {},
  options: Partial<WorkOptions> = {},
): Promise<Outcome> {
  const signal = new AbortController().signal;
  return workOn(
    station,
    input,
    {
      ...{ now: Date.UTC(2026, 0, 1), key: "case-1", attempt: 1, signal, settings: {} },
      mayUse: async () => false,
      ...context,
    },
    { output: outputOf(station), ...options },
  );
}

/** An alarm that rings when it is told to, so that no test waits for the clock. */
export function heldAlarm(): HeldAlarm {
  const { promise, resolve } = Promise.withResolvers<number>();
  const rings = new Set<() => void>();
  return {
    alarm(milliseconds, ring) {
      rings.add(ring);
      resolve(milliseconds);
      return () => rings.delete(ring);
    },
    ring() {
      for (const ring of rings) ring();
    },
    asked: () => promise,
    waiting: () => rings.size,
  };
}

export interface HeldAlarm {
  readonly alarm: Alarm;
  /** Lets all that are set ring. */
  ring(): void;
  /** Resolves with the milliseconds once the first is set. */
  asked(): Promise<number>;
  /** How many are set. */
  waiting(): number;
}

/** A service on a real socket of the loopback address. */
export async function listen(
  handler: RequestListener,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
