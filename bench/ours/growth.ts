import { type FloodOptions, flood } from "../load/flood.ts";
import type { ProcessShare } from "../load/processWatch.ts";
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

export interface Growth {
  readonly before: GrowthPoint;
  readonly after: GrowthPoint;
}

const stations = 5;

/** Of a window: how many items it has at most, and its length. */
type Window = Omit<FloodOptions, "first" | "items"> & { readonly items: number };

/**
 * Measures the time that a case takes in a flood, has the chain do cases until the consumer has so many receipts, and
 * measures again. The nodes' processes must not have been started anew before.
 */
export async function measureGrowth(
  running: RunningChain,
  receipts: number,
  { say, ...window }: Window & { say(line: string): void },
): Promise<Growth> {
  let next = 0;
  const before = await point(running, next, window);
  next += window.items;
  const items = Math.ceil(receipts / stations) - (await running.progress()).finished;
  if (items > 0) {
    say(`growth: ${items} cases more until ${receipts} receipts are stored`);
    const { signal } = window;
    await flood(ours, running, { first: next, items, warmup: 0, window: 86_400, signal });
    next += items;
  }
  return { before, after: await point(running, next, window) };
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
