import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import {
  type JsonObject,
  type Outcome,
  outputSchemaOf,
  type Sleep,
  type Station,
  type WorkContext,
  type WorkOptions,
  workOn,
} from "../../../nodes/stations/index.ts";

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
    { now: Date.UTC(2026, 0, 1), key: "case-1", signal, settings: {}, ...context },
    { output: outputSchemaOf(station), ...options },
  );
}

/** A sleep that lasts until it is woken, so that no test waits for the clock. */
export function heldSleep(): HeldSleep {
  const { promise, resolve } = Promise.withResolvers<number>();
  let wakeUp = (): void => {};
  let cancelled = 0;
  return {
    sleep: (milliseconds, signal) =>
      new Promise((done, reject) => {
        wakeUp = done;
        signal.addEventListener("abort", () => {
          cancelled += 1;
          reject(signal.reason);
        });
        resolve(milliseconds);
      }),
    wake: () => wakeUp(),
    asked: () => promise,
    cancelled: () => cancelled,
  };
}

export interface HeldSleep {
  readonly sleep: Sleep;
  wake(): void;
  /** Resolves with the milliseconds once somebody sleeps. */
  asked(): Promise<number>;
  /** How many sleeps were given up. */
  cancelled(): number;
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
