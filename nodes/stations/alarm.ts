import { BeltError } from "../../pipeline/errors.ts";

/** Calls `ring` once after so many milliseconds, unless the function that it gives is called before. */
export type Alarm = (milliseconds: number, ring: () => void) => () => void;

export const alarm: Alarm = (milliseconds, ring) => {
  const timer = setTimeout(ring, milliseconds);
  return () => clearTimeout(timer);
};

export interface Timed {
  /** Ends the work before its time. */
  readonly signal: AbortSignal;
  readonly alarm: Alarm;
}

/**
 * Does a piece of work within a limit of time. The work is told by its signal, and left behind if it does not
 * listen.
 *
 * @throws {BeltError} `STATION_TIMEOUT` when the time is over, `STATION_STOPPED` when the outer signal aborts, or
 *   what the work throws.
 */
export function within<T>(
  milliseconds: number,
  { signal, alarm }: Timed,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const working = new AbortController();
  return new Promise((resolve, reject) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", stop);
    };
    const give = (error: BeltError): void => {
      end();
      reject(error);
      working.abort(error);
    };
    const stop = (): void => give(stopped(signal));
    const cancel = alarm(milliseconds, () => {
      give(new BeltError("STATION_TIMEOUT", `The work took longer than ${milliseconds} ms.`));
    });
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener("abort", stop, { once: true });
    // Within an async function, so that a throw at once is a rejection like any other.
    (async () => work(working.signal))().finally(end).then(resolve, reject);
  });
}

/** Waits so many milliseconds. @throws {BeltError} `STATION_STOPPED` when the signal aborts before. */
export function pause(milliseconds: number, { signal, alarm }: Timed): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(stopped(signal));
    };
    const cancel = alarm(milliseconds, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
}

function stopped(signal: AbortSignal): BeltError {
  return new BeltError("STATION_STOPPED", "The work was stopped.", { cause: signal.reason });
}
