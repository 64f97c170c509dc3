import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

export const help = `Measures the conveyor belt beside other systems on this machine, and writes a report.

  npm run bench -- [--only NAMES] [--items N] [--quick] [--growth RECEIPTS] [--out FOLDER]

  --only NAMES       some of: ours, workers, bullmq, bullmq-always, dbos, graphile, temporal; with commas between
  --items N          hand in at most so many items to each system at full load (a million when absent)
  --quick            short windows and few items, to see that all works; the report goes to bench/quick
  --growth RECEIPTS  also measure how much longer a case takes when so many receipts are stored, such as 1000000
  --out FOLDER       where the report goes; docs/benchmarks when absent
`;

const wholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "use a whole number above 0")
  .transform(Number);

const Given = z.object({
  only: z.string().optional(),
  items: wholeNumber.optional(),
  quick: z.boolean().default(false),
  growth: wholeNumber.optional(),
  out: z.string().optional(),
  help: z.boolean().default(false),
});

/** How long and how much each measurement is. */
export interface Extent {
  /** Seconds of a flood before its window, and of its window. */
  readonly warmup: number;
  readonly window: number;
  /** Items of a flood at most. */
  readonly items: number;
  /** Single items through the idle system. */
  readonly idle: number;
  /** Seconds at half the maximum load. */
  readonly paced: number;
  /** Items that are unfinished when a node is killed. */
  readonly unfinished: number;
}

export interface Options {
  readonly only: readonly string[] | undefined;
  readonly extent: Extent;
  readonly quick: boolean;
  readonly growth: number | undefined;
  readonly out: string;
}

const whole: Extent = { warmup: 20, window: 30, items: 1_000_000, idle: 50, paced: 30, unfinished: 100_000 };
const quick: Extent = { warmup: 1, window: 10, items: 8_192, idle: 10, paced: 5, unfinished: 4_096 };

/**
 * Reads the command line; nothing when only help is asked for.
 *
 * @throws {Error} with what is wrong with it
 */
export function readOptions(args: readonly string[], names: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      items: { type: "string" },
      quick: { type: "boolean" },
      growth: { type: "string" },
      out: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  const given = Given.parse(values);
  if (given.help) return undefined;
  const only = given.only?.split(",").map((name) => name.trim());
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no "${unknown}" to measure: ${names.join(", ")}.`);
  const extent = given.quick ? quick : whole;
  return {
    only,
    extent: { ...extent, items: given.items ?? extent.items },
    quick: given.quick,
    growth: given.growth,
    out: resolve(given.out ?? resolve(import.meta.dirname, given.quick ? "quick" : "../docs/benchmarks")),
  };
}
