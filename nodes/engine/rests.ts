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
 * Tries what can fail without holding up anything else, and says when to try it again. What the ledger refuses rests longer
 * each time, whatever news there is meanwhile, and a refusal is told once: it mostly stays as it is for a day.
 */
export interface Rests {
  /**
   * Does something for a sheet, unless it rests. A failure is told as `trouble`.
   *
   * @returns what came of it; the time to try it again, in milliseconds since 1970, when it failed or rests
   */
  attempt<T>(sheet: string, what: string, action: () => Promise<T>): Promise<T | number>;
  /** Until when something for a sheet rests, in milliseconds since 1970; undefined when it does not. */
  until(sheet: string, what: string): number | undefined;
  /** Forgets what was refused for a sheet, or for all: it is tried again at once. */
  forget(sheet?: string): void;
}

interface Refused {
  readonly pause: Pause;
  readonly failures: number;
  /** What was told of it. */
  readonly said: string;
}

/** What the ledger refuses rests for up to 5 seconds at first, and for up to 5 minutes in the end. */
const limits: RetryLimits = { least: 5_000, most: 300_000 };
/** How long whatever else failed rests, unless there is news first. */
const rest = 5_000;

export function createRests({ clock, signals, random, signal }: RestsParts): Rests {
  const refused = new Map<string, Map<string, Refused>>();

  function refuse(sheet: string, what: string, problem: unknown): number {
    const known = refused.get(sheet) ?? new Map<string, Refused>();
    const before = known.get(what);
    const failures = (before?.failures ?? 0) + 1;
    const reason = asProblem(problem);
    const said = `${reason.code} ${reason.message}`;
    const from = clock.now();
    const pause = { from, until: from + pauseAfter(reason, { failures, random: random(), limits }) };
    refused.set(sheet, known.set(what, { pause, failures, said }));
    if (said !== before?.said) signals.emit("trouble", { what, problem });
    return pause.until;
  }

  function until(sheet: string, what: string): number | undefined {
    const now = clock.now();
    const left = leftOf(refused.get(sheet)?.get(what)?.pause, now);
    return left > 0 ? now + left : undefined;
  }

  return {
    until,
    async attempt(sheet, what, action) {
      const resting = until(sheet, what);
      if (resting !== undefined) return resting;
      try {
        const answer = await action();
        refused.get(sheet)?.delete(what);
        return answer;
      } catch (problem) {
        if (signal.aborted) return clock.now() + rest;
        if (isRefusal(asProblem(problem))) return refuse(sheet, what, problem);
        signals.emit("trouble", { what, problem });
        return clock.now() + rest;
      }
    },
    forget(sheet) {
      if (sheet === undefined) refused.clear();
      else refused.delete(sheet);
    },
  };
}
