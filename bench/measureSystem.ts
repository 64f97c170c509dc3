import { type Flood, flood } from "./load/flood.ts";
import { type Latencies, measureIdle, measurePaced, type Paced } from "./load/latency.ts";
import type { Extent } from "./options.ts";
import type { Place, RunningSystem, System } from "./system.ts";

/** What was measured of every system alike. */
export interface Measured {
  readonly version: string;
  readonly flood: Flood;
  readonly idle: Latencies;
  /** At half the load of the flood. */
  readonly half: Paced;
}

/** The steps that an item goes through. */
const steps = 5;

/** Floods a system, lets it go idle, then gives it half the load that it could carry. */
export async function measureSystem(
  system: System,
  running: RunningSystem,
  { warmup, window, items, idle, paced }: Extent,
  { signal, say }: Place,
): Promise<Measured> {
  let next = 0;
  const full = await flood(system, running, { first: next, items, warmup, window, signal });
  next += full.items;
  say(`${Math.round(full.stepsPerSecond)} steps a second for ${full.seconds.toFixed(0)} s`);
  await running.verify();
  const single = await measureIdle(running, { first: next, count: idle, signal });
  next += 2 * idle;
  say(`one item, idle: ${single.sinceHandedIn.median.toFixed(1)} ms`);
  const itemsPerSecond = full.stepsPerSecond / steps / 2;
  const half = await measurePaced(system, running, { itemsPerSecond, seconds: paced, first: next, signal });
  say(`at half the load: p99 ${half.sinceHandedIn.p99.toFixed(0)} ms`);
  return { version: running.version, flood: full, idle: single, half };
}
