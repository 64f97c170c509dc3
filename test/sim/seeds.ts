import { z } from "zod";
import { judge } from "./judge.ts";
import { scenarioOf } from "./scenario.ts";

const Failure = z.object({ seed: z.int(), defects: z.array(z.string()) });
export type Failure = z.infer<typeof Failure>;

/** What became of some seeds. */
export const Tally = z.object({
  seeds: z.int(),
  events: z.int(),
  /** Machines that were lost, and the nodes among them whose logs went on without receipts that nobody had. */
  lost: z.int(),
  incomplete: z.int(),
  failures: z.array(Failure),
});
export type Tally = z.infer<typeof Tally>;

/** Which seeds a worker is to run. */
export const Portion = z.object({ first: z.int(), count: z.int() });
export type Portion = z.infer<typeof Portion>;

/** Runs so many seeds from the first one on; an error that nobody caught is a failure of the seed in which it came. */
export async function runSeeds(first: number, count: number): Promise<Tally> {
  const failures: Failure[] = [];
  let events = 0;
  const missing: number[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const stray: string[] = [];
    const catchStray = (error: unknown): void => {
      stray.push(`nobody caught ${error instanceof Error ? error.stack : String(error)}`);
    };
    process.on("unhandledRejection", catchStray);
    const result = await judge(scenarioOf(seed));
    process.off("unhandledRejection", catchStray);
    events += result.events;
    missing.push(...result.missing);
    const defects = [...stray, ...result.defects];
    if (defects.length > 0) failures.push({ seed, defects });
  }
  const incomplete = missing.filter((receipts) => receipts > 0).length;
  return { seeds: count, events, lost: missing.length, incomplete, failures };
}

/** A failure in words, with how to run it again. */
export function describeFailure({ seed, defects }: Failure): string {
  const [first = "", ...others] = defects;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `seed ${seed}: ${first}${more}\n  node test/sim/run.ts --seed ${seed}`;
}
