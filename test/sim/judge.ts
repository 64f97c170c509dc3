import { violationsOf } from "./invariants.ts";
import type { Scenario } from "./scenario.ts";
import { type RunOptions, Simulation } from "./simulation.ts";

export interface Verdict {
  /** What went wrong; nothing when all that must hold holds. */
  readonly defects: readonly string[];
  readonly events: number;
  /** Machines that were lost, with how many receipts nobody had copies of, once their nodes went on elsewhere. */
  readonly restored: readonly (number | undefined)[];
  readonly digest: string;
  readonly log: readonly string[];
}

/** Runs a scenario until everything has come to rest, and says what is wrong then. */
export async function judge(scenario: Scenario, options: RunOptions = {}): Promise<Verdict> {
  const simulation = new Simulation(scenario, options);
  await simulation.run();
  const { defects, digest, log, nodes, time } = simulation;
  return {
    defects: defects.length > 0 ? defects : violationsOf(simulation),
    digest,
    log,
    events: time.events,
    restored: nodes.flatMap(({ lost, missing }) => (lost === undefined ? [] : [missing])),
  };
}
