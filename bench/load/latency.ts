import { setTimeout as pause } from "node:timers/promises";
import { type Latency, latencyOf } from "../measure/quantiles.ts";
import type { RunningSystem, System, Trip } from "../system.ts";

/** Latencies through all steps: from when the items were kept, and from when they were handed in. */
export interface Latencies {
  readonly sinceKept: Latency;
  readonly sinceHandedIn: Latency;
}

export interface Paced extends Latencies {
  readonly itemsPerSecond: number;
  /** How many items were handed in together. */
  readonly batch: number;
}

/** Milliseconds before each item through an idle system, so that what the one before left to do is done. */
const rest = 1_000;

/** One item after another through an idle system; the first few only warm it up. */
export async function measureIdle(
  running: RunningSystem,
  { first, count, signal }: { readonly first: number; readonly count: number; readonly signal: AbortSignal },
): Promise<Latencies> {
  const warmup = Math.ceil(count / 5);
  const trips: Trip[] = [];
  for (let i = 0; i < warmup + count; i++) {
    await pause(rest, undefined, { signal });
    const trip = await running.follow(first + i, 1);
    if (i >= warmup) trips.push(trip);
  }
  return sumUp(trips);
}

/** Items at an even pace, whether the earlier ones are through or not: nobody waits for a slow system. */
export async function measurePaced(
  { pacedBatch: batch }: System,
  running: RunningSystem,
  {
    itemsPerSecond,
    seconds,
    first,
    signal,
  }: {
    readonly itemsPerSecond: number;
    readonly seconds: number;
    readonly first: number;
    readonly signal: AbortSignal;
  },
): Promise<Paced> {
  const gap = (batch / itemsPerSecond) * 1_000;
  const count = Math.max(1, Math.ceil((seconds * 1_000) / gap));
  const begun = performance.now();
  const trips: Promise<Trip>[] = [];
  for (let i = 0; i < count; i++) {
    await pause(Math.max(0, begun + i * gap - performance.now()), undefined, { signal });
    const trip = running.follow(first + i * batch, batch);
    trip.catch(() => {});
    trips.push(trip);
  }
  return { ...sumUp(await Promise.all(trips)), itemsPerSecond, batch };
}

function sumUp(trips: readonly Trip[]): Latencies {
  return {
    sinceKept: latencyOf(trips.flatMap(({ sinceKept }) => sinceKept)),
    sinceHandedIn: latencyOf(trips.flatMap(({ sinceHandedIn }) => sinceHandedIn)),
  };
}
