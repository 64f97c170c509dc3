import { setTimeout as pause } from "node:timers/promises";
import { BeltError } from "../../pipeline/errors.ts";

/** Waits so many milliseconds; rejects as soon as the signal aborts. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = (milliseconds, signal) => pause(milliseconds, undefined, { signal });

/**
 * Does a piece of work within a limit of time. The work is told by its signal, and left behind if it does not
 * listen.
 *
 * @throws {BeltError} `STATION_TIMEOUT` when the time is over, `STATION_STOPPED` when the outer signal aborts, or
 *   what the work throws.
 */
export async function within<T>(
  milliseconds: number,
  { signal, sleep }: { readonly signal: AbortSignal; readonly sleep: Sleep },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const working = new AbortController();
  const waiting = new AbortController();
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new BeltError("STATION_STOPPED", "The work was stopped.", { cause: signal.reason }));
  });
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const late = sleep(milliseconds, waiting.signal).then((): never => {
    throw new BeltError("STATION_TIMEOUT", `The work took longer than ${milliseconds} ms.`);
  });
  try {
    // Within an async function, so that a throw at once is a rejection of the race like any other.
    return await Promise.race([stopped, late, (async () => work(working.signal))()]);
  } catch (error) {
    working.abort(error);
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    waiting.abort();
  }
}
