import { setTimeout as pause } from "node:timers/promises";
import type { RunningSystem, System } from "../system.ts";

export interface FeedOptions {
  /** The number of the first item, and how many items there are. */
  readonly first: number;
  readonly items: number;
  /** Milliseconds in which something has to be done, as long as anything is in flight; two minutes when absent. */
  readonly patience?: number;
  readonly signal: AbortSignal;
}

/** Items on their way into a system, so many that its depth of them is in flight. */
export interface Feed {
  /** Rejects when handing in fails, or nothing is done any more. */
  readonly failed: Promise<never>;
  /** Resolves when the first steps are done. */
  readonly moving: Promise<void>;
  /** Resolves when all items were handed in and are through. */
  readonly ranOut: Promise<void>;
  /** Hands in no more; resolves with how many there were when all of them are through. */
  drain(): Promise<number>;
  /** Hands in no more, and looks no more. */
  stop(): void;
}

/** Milliseconds between two looks at how far the system is. */
const look = 1_000;
/** Batches that are handed in at the same time. */
const lanes = 4;

export function startFeed(
  { depth, batch }: System,
  running: RunningSystem,
  { first, items, patience = 120_000, signal }: FeedOptions,
): Feed {
  const end = first + items;
  let next = first;
  let inFlight = 0;
  let open = true;
  let stopped = false;
  const failed = Promise.withResolvers<never>();
  const moving = Promise.withResolvers<void>();
  const ranOut = Promise.withResolvers<void>();
  // Nobody may be waiting when it fails.
  failed.promise.catch(() => {});

  async function keepLooking(): Promise<void> {
    const before = await running.progress();
    let [last, since] = [before, performance.now()];
    while (!stopped) {
      const { steps, finished } = await running.progress();
      if (steps > before.steps) moving.resolve();
      inFlight = next - first - (finished - before.finished);
      if (inFlight === 0 || steps !== last.steps || finished !== last.finished) {
        [last, since] = [{ steps, finished }, performance.now()];
      } else if (performance.now() - since > patience) {
        throw new Error(`Nothing was done in ${patience / 1_000} seconds, with ${inFlight} items in flight.`);
      }
      if (next === end && inFlight === 0) ranOut.resolve();
      await pause(look, undefined, { signal });
    }
  }

  async function handIn(): Promise<void> {
    while (open && next < end) {
      if (inFlight >= depth) {
        await pause(look / 20, undefined, { signal });
        continue;
      }
      const [from, count] = [next, Math.min(batch, end - next)];
      next += count;
      inFlight += count;
      await running.submit(from, count);
    }
  }

  const fail = (problem: unknown): void => {
    if (!stopped) failed.reject(problem);
  };
  keepLooking().catch(fail);
  const handedIn = Promise.all(Array.from({ length: lanes }, handIn));
  handedIn.catch(fail);

  return {
    failed: failed.promise,
    moving: moving.promise,
    ranOut: ranOut.promise,
    async drain() {
      open = false;
      await handedIn;
      // What was in flight at the last look may be less than what was handed in since.
      await pause(2 * look, undefined, { signal });
      while (inFlight > 0 && !stopped) await pause(look, undefined, { signal });
      return next - first;
    },
    stop() {
      open = false;
      stopped = true;
    },
  };
}
