import type { Clock } from "./ports.ts";
import type { Signals } from "./signals.ts";

export interface InsistParts {
  readonly clock: Clock;
  readonly signals: Signals;
  readonly signal: AbortSignal;
}

/** Milliseconds of the first rest and of the longest; each is twice the one before. */
const rest = { least: 1_000, most: 60_000 };

/**
 * Does something again and again until it works, for what nobody else would do again: a disk that fails for a moment
 * must not leave a case lying until the next start. Gives undefined when the node stops before.
 */
export async function insist<T>(
  what: string,
  action: () => Promise<T>,
  { clock, signals, signal }: InsistParts,
): Promise<T | undefined> {
  for (let pause = rest.least; !signal.aborted; pause = Math.min(2 * pause, rest.most)) {
    try {
      return await action();
    } catch (problem) {
      if (signal.aborted) return undefined;
      signals.emit("trouble", { what, problem });
      await clock.sleep(pause, signal);
    }
  }
  return undefined;
}
