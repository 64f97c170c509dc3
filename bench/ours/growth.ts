import { type FloodOptions, flood } from "../load/flood.ts";
import type { ProcessShare } from "../load/processWatch.ts";
import { whileItRuns } from "../system.ts";
import { ours, type RunningChain } from "./index.ts";

/** How fast the chain is when its consumer has stored so many receipts. */
export interface GrowthPoint {
  /** When the window opened. */
  readonly receipts: number;
  readonly microsecondsPerCase: number;
  /** Processor time of all processes. */
  readonly cpuMicrosecondsPerCase: number;
  readonly processes: readonly ProcessShare[];
}

/** A chain with that many receipts beside a new one, measured in between: what else the machine does weighs on both alike. */
export interface Growth {
  readonly fresh: GrowthPoint;
  readonly grown: readonly [GrowthPoint, GrowthPoint];
}

const stations = 5;

/** Of a window: how many items it has at most, and its length. */
type Window = Omit<FloodOptions, "first" | "items"> & { readonly items: number };

/** How much longer a case takes on the grown chain than on the new one. */
export function growthOf({ fresh, grown: [one, other] }: Growth): number {
  return (one.microsecondsPerCase + other.microsecondsPerCase) / 2 / fresh.microsecondsPerCase;
}

/**
 * Has a chain do cases until its consumer has so many receipts, and measures the time that a case takes in a flood there,
 * on a new chain, and there again.
 *
 * @param start starts a chain of its own in a folder of this name
 */
export function measureGrowth(
  start: (name: string) => Promise<RunningChain>,
  receipts: number,
  { say, ...window }: Window & { say(line: string): void },
): Promise<Growth> {
  const { items, signal } = window;
  const first = Math.ceil(receipts / stations);
  return whileItRuns(start("grown"), async (grown) => {
    say(`growth: ${first} cases until ${receipts} receipts are stored`);
    await flood(ours, grown, { first: 0, items: first, warmup: 0, window: 86_400, signal });
    const before = await point(grown, first, window);
    const fresh = await whileItRuns(start("fresh"), (young) => point(young, 0, window));
    return { fresh, grown: [before, await point(grown, first + items, window)] };
  });
}

async function point(running: RunningChain, first: number, window: Window): Promise<GrowthPoint> {
  const { finished } = await running.progress();
  const { stepsPerSecond, processes } = await flood(ours, running, { ...window, first });
  const cpu = processes.reduce((sum, { cpuMicrosecondsPerStep }) => sum + cpuMicrosecondsPerStep, 0);
  return {
    receipts: finished * stations,
    microsecondsPerCase: (1e6 * stations) / stepsPerSecond,
    cpuMicrosecondsPerCase: cpu * stations,
    processes,
  };
}
