import type { Clock } from "./ports.ts";
import { asProblem, isRefusal } from "./problem.ts";
import { leftOf, type Pause, pauseAfter, type RetryLimits } from "./retries.ts";
import type { Signals } from "./signals.ts";

export interface RestsParts {
  readonly clock: Pick<Clock, "now">;
  readonly signals: Signals;
  /** A number from 0 up to, not including, 1: the jitter of retries. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Tries what can fail without holding up anything else, and says when to try it again: later each time. What the ledger
 * refuses rests until then, whatever news there is meanwhile.
 */
export interface Rests {
  /**
   * Does something for a sheet, unless it rests. A failure is told as `trouble`, and not again while it stays the same: it
   * mostly does for a day.
   *
   * @returns what came of it; the time to try it again, in milliseconds since 1970, when it failed or rests
   */
  attempt<T>(sheet: string, what: string, action: () => Promise<T>): Promise<T | number>;
  /** Until when something for a sheet rests, in milliseconds since 1970; undefined when it does not. */
  until(sheet: string, what: string): number | undefined;
  /** Forgets what failed for a sheet, or for all: nothing of it rests. */
  forget(sheet?: string): void;
}

interface Failed {
  readonly pause: Pause;
  /** Whether it rests until the pause is over. */
  readonly refused: boolean;
  readonly failures: number;
  /** What was told of it. */
  readonly said: string;
}

/** The pauses after a refusal, and after whatever else failed. */
const limits = {
  refused: { least: 5_000, most: 300_000 },
  failed: { least: 5_000, most: 60_000 },
} satisfies Record<string, RetryLimits>;

export function createRests({ clock, signals, random, signal }: RestsParts): Rests {
  const failed = new Map<string, Map<string, Failed>>();

  function fail(sheet: string, what: string, problem: unknown): number {
    const known = failed.get(sheet) ?? new Map<string, Failed>();
    const before = known.get(what);
    const failures = (before?.failures ?? 0) + 1;
    const reason = asProblem(problem);
    const said = `${reason.code} ${reason.message}`;
    const refused = isRefusal(reason);
    const from = clock.now();
    const how = { failures, random: random(), limits: refused ? limits.refused : limits.failed };
    const pause = { from, until: from + pauseAfter(reason, how) };
    failed.set(sheet, known.set(what, { pause, refused, failures, said }));
    if (said !== before?.said) signals.emit("trouble", { what, problem });
    return pause.until;
  }

  function succeed(sheet: string, what: string): void {
    const known = failed.get(sheet);
    if (known?.delete(what) && known.size === 0) failed.delete(sheet);
  }

  function until(sheet: string, what: string): number | undefined {
    const last = failed.get(sheet)?.get(what);
    if (last === undefined || !last.refused) return undefined;
    const now = clock.now();
    const left = leftOf(last.pause, now);
    return left > 0 ? now + left : undefined;
  }

  return {
    until,
    async attempt(sheet, what, action) {
      const resting = until(sheet, what);
      if (resting !== undefined) return resting;
      try {
        const answer = await action();
        succeed(sheet, what);
        return answer;
      } catch (problem) {
        return signal.aborted ? clock.now() + limits.failed.least : fail(sheet, what, problem);
      }
    },
    forget(sheet) {
      if (sheet === undefined) failed.clear();
      else failed.delete(sheet);
    },
  };
}
