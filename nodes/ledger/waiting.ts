import { setTimeout as sleep } from "node:timers/promises";

/** Lets callers wait until something of which only the owner knows has come true. */
export interface Conditions {
  /**
   * Resolves with the first answer that is not undefined.
   *
   * @throws what `answer` throws, or the signal's reason.
   */
  until<T>(answer: () => T | undefined, signal?: AbortSignal): Promise<T>;
  /** Asks all that wait again; the owner calls it after every change. */
  check(): void;
}

export function createConditions(): Conditions {
  const waiting = new Set<() => void>();
  return {
    until: (answer, signal) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          waiting.delete(ask);
          signal?.removeEventListener("abort", abort);
          act();
        };
        const abort = () => settle(() => reject(signal?.reason));
        const ask = () => {
          try {
            const value = answer();
            if (value !== undefined) settle(() => resolve(value));
          } catch (error) {
            settle(() => reject(error));
          }
        };
        if (signal?.aborted) return abort();
        signal?.addEventListener("abort", abort, { once: true });
        waiting.add(ask);
        ask();
      }),
    check() {
      for (const ask of waiting) ask();
    },
  };
}

/** Resolves after that many milliseconds, or at once when the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

/**
 * Calls at once as long as it is not asked to often: so many times in a row, and once in so many milliseconds on average.
 * What is asked for beyond that is one call, as soon as there may be one again.
 */
export function atMostEvery(
  milliseconds: number,
  call: () => void,
  { inARow, signal }: { readonly inARow: number; readonly signal: AbortSignal },
): () => void {
  let resting = 0;
  let asked = false;
  return function ask() {
    asked = true;
    if (resting === inARow || signal.aborted) return;
    asked = false;
    resting++;
    call();
    void pause(inARow * milliseconds, signal).then(() => {
      resting--;
      if (asked) ask();
    });
  };
}

/** What the promise gives, or the signal's reason when it aborts first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Wakes one loop that waits between two rounds. */
export interface Bell {
  ring(): void;
  /** Whether it was rung since the last time, or is within that many milliseconds and before the abort. */
  heard(milliseconds: number, signal: AbortSignal): Promise<boolean>;
}

export function createBell(): Bell {
  let rung = Promise.withResolvers<true>();
  return {
    ring: () => rung.resolve(true),
    async heard(milliseconds, signal) {
      const timeout = new AbortController();
      const ends = AbortSignal.any([signal, timeout.signal]);
      const over = Number.isFinite(milliseconds) ? pause(milliseconds, ends) : aborted(ends);
      const wasRung = await Promise.race([rung.promise, over.then(() => false)]);
      timeout.abort("over");
      rung = Promise.withResolvers();
      return wasRung;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
