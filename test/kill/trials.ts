import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../sim/random.ts";
import type { KillBench, KillPoint } from "./bench.ts";

/** Runs a sheet through a node that nothing happens to; gives how often it comes by each boundary. */
export async function passings(bench: KillBench): Promise<Map<string, number>> {
  // What is done once in a node's life is done before.
  await bench.book();
  await bench.rests();
  await bench.stop();
  const passed = join(bench.north.folder, "passed");
  await bench.start({ passed });
  await bench.book();
  await bench.rests({ withdrawn: true });
  await bench.stop();
  const lines = (await readFile(passed, "utf8")).trim().split("\n");
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** Kills the node at a point while a sheet is on its way, starts it again, and gives what is wrong once all has ended. */
export async function trial(bench: KillBench, kill: KillPoint): Promise<string[]> {
  await bench.stop();
  await bench.start({ kill });
  await bench.book();
  if (!(await bench.killed({ withdrawn: kill.point.includes("withdraw") })))
    return [`it did not come by "${kill.point}" for ${kill.nth} times`];
  await bench.start();
  await bench.rests();
  return bench.wrong();
}

/** One of the times at which a node comes by a boundary; not by the last, which it may come by less often. */
export const timeOf = (count: number, random: Random): number => random.int(1, Math.max(1, count - 1));
