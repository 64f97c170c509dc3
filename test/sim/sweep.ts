import { violationsOf } from "./invariants.ts";
import type { Fault, Scenario } from "./scenario.ts";
import { type RunOptions, Simulation } from "./simulation.ts";

const calm = { concurrency: 2, backlog: 4, anchorAfter: 60_000, slowestDisk: 1, workers: 1 };

/**
 * A consumer that is a station as well, and a partner: a fork, a join, a condition, a person, a wait, and cases that hang
 * their station until its operator decides on them. Nothing goes wrong by itself, so that every run passes the same
 * boundaries up to the one at which it is killed.
 */
const through: Omit<Scenario, "seed"> = {
  nodes: [
    { name: "north", ...calm },
    { name: "south", ...calm },
  ],
  belts: [
    {
      belt: "all",
      stations: {
        ask: { offer: "south/ask", needs: { "/a": "case#/f0" } },
        join: { offer: "north/dice", needs: { "/a": "sum#/x", "/b": "ask#/y" } },
        nap: { offer: "south/nap", needs: { "/a": "join#/x", "/b": "join#/y" } },
        stuck: { offer: "south/hang", needs: { "/a": "case#/f2" } },
        sum: { offer: "south/sum", needs: { "/a": "case#/f1" }, when: "a > 50" },
      },
      result: { "/nap": "nap#/x", "/join": "join#/y", "/stuck": "stuck#/x" },
    },
  ],
  bookings: [
    {
      at: 1_000,
      consumer: "north",
      belt: 0,
      // Done, unprocessable at the person, skipped at the sum and so at the join; the first two hang a station.
      cases: [
        { f0: 1, f1: 101, f2: 0 },
        { f0: 5, f1: 102, f2: 3 },
        { f0: 2, f1: 3, f2: 1 },
      ],
      deadline: 20 * 24 * 3_600,
    },
  ],
  faults: [],
  network: { loss: 0, duplication: 0, slowest: 5 },
  acceptanceWindow: 3_600,
};

/** A sheet whose deadline passes while one of its cases waits, another has been through, and a partner is away. */
const closed: Omit<Scenario, "seed"> = {
  ...through,
  nodes: [...through.nodes, { name: "east", ...calm }],
  belts: [
    {
      belt: "late",
      stations: {
        away: { offer: "east/sum", needs: { "/a": "sum#/x", "/b": "case#/f1" } },
        nap: { offer: "south/nap", needs: { "/a": "case#/f0" } },
        sum: { offer: "south/sum", needs: { "/a": "case#/f0" } },
      },
      result: { "/nap": "nap#/x", "/away": "away#/x" },
    },
  ],
  bookings: [
    {
      at: 1_000,
      consumer: "north",
      belt: 0,
      cases: [
        { f0: 9, f1: 1, f2: 0 },
        { f0: 10, f1: 1, f2: 0 },
      ],
      deadline: 60,
    },
  ],
  faults: [{ kind: "kill", at: 500, node: "east", lasts: 90_000 }],
};

const sweeps = { through, closed };
export type SweepName = keyof typeof sweeps;
export const sweepNames: readonly SweepName[] = ["through", "closed"];

/** The nodes of the sweep to which the faults come. */
export const sweepNodes = ["north", "south"] as const;

/** Runs one of the sweep's scenarios, with one more fault. */
export async function runSweep(
  name: SweepName,
  seed: number,
  { fault, ...options }: RunOptions & { readonly fault?: Fault } = {},
): Promise<Simulation> {
  const scenario = sweeps[name];
  const faults = fault === undefined ? scenario.faults : [...scenario.faults, fault];
  const simulation = new Simulation({ ...scenario, seed, faults }, options);
  await simulation.run();
  return simulation;
}

/** What is wrong after runs in each of which one fault came, and that fault. */
export async function wrongAfter(
  name: SweepName,
  seed: number,
  faults: Iterable<Fault>,
  options: RunOptions = {},
): Promise<string[]> {
  const found: string[] = [];
  for (const fault of faults) {
    const simulation = await runSweep(name, seed, { ...options, fault });
    const { defects } = simulation;
    for (const wrong of defects.length > 0 ? defects : violationsOf(simulation)) {
      found.push(`${name}, seed ${seed}, ${JSON.stringify(fault)}: ${wrong}`);
    }
  }
  return found;
}

/** A kill at each of these boundaries, the first one being 1. */
export const killsAt = (node: string, boundaries: Iterable<number>): Fault[] =>
  Array.from(boundaries, (boundary) => ({ kind: "kill at", boundary, node, lasts: 500 }));

/** A disk error at each of the first so many uses. */
export const errorsOf = (node: string, uses: number): Fault[] =>
  Array.from({ length: uses }, (_, index) => ({ kind: "disk error", use: index + 1, node }));
