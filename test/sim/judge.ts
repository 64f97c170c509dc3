import { violationsOf } from "./invariants.ts";
import { missingIn } from "./restoring.ts";
import type { Scenario } from "./scenario.ts";
import { type RunOptions, Simulation } from "./simulation.ts";

export interface Verdict {
  /** What went wrong; nothing when all that must hold holds. */
  readonly defects: readonly string[];
  readonly events: number;
  /** Of the machines that were lost: how many receipts of their logs nobody had copies of, once their nodes went on elsewhere. */
  readonly missing: readonly number[];
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
    missing: nodes.flatMap(({ lost, disk }) => (lost === undefined ? [] : [missingIn(disk)])),
  };
}
