import { join } from "node:path";
import { type Measured, measureSystem } from "../measureSystem.ts";
import type { Extent } from "../options.ts";
import { type Place, whileItRuns } from "../system.ts";
import { type Growth, measureGrowth } from "./growth.ts";
import { ours } from "./index.ts";
import { type Profiled, profileNodes } from "./profiled.ts";
import { measureRestart, type Restarted } from "./restart.ts";
import { measureWire, type WireBytes } from "./wire.ts";

/** What was measured of the conveyor belt. */
export interface MeasuredOurs extends Measured {
  readonly wire: WireBytes;
  readonly profiles: readonly Profiled[];
  readonly restart: Restarted;
}

/** The consumer, which is the first station's member too, and the member in the middle of the chain. */
const profiled = ["desk-1", "desk-3"];

export function measureOurs(extent: Extent, place: Place): Promise<MeasuredOurs> {
  const { folder, signal, say } = place;
  return whileItRuns(ours.start({ ...place, folder: join(folder, "network") }), async (running) => {
    const measured = await measureSystem(ours, running, extent, place);
    const wire = await measureWire(running.network);
    const { warmup, window, items, unfinished } = extent;
    // Numbers that no item of the other measurements has.
    const first = 400_000_000;
    const options = { first, items, warmup: warmup / 2, window: window / 2, signal };
    const profiles = await profileNodes(running, profiled, { ...options, folder: join(folder, "profiles") });
    say("profiled");
    const restart = await measureRestart(running, { folder, first: 2 * first, count: unfinished, signal });
    say(`restart with ${unfinished} unfinished items: working after ${restart.workingSeconds.toFixed(1)} s`);
    return { ...measured, wire, profiles, restart };
  });
}

/** In networks of their own, which begin with an empty store. */
export function measureOurGrowth(
  receipts: number,
  { warmup, window, items }: Extent,
  place: Place,
): Promise<Growth> {
  const { folder, signal, say } = place;
  const start = (name: string) => ours.start({ ...place, folder: join(folder, "growth", name) });
  return measureGrowth(start, receipts, { warmup, window, items, signal, say });
}
