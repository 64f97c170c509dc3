import type { Journal } from "./journal.ts";
import type { SimulatedLedger } from "./ledger.ts";
import type { Member } from "./members.ts";
import type { Network } from "./network.ts";
import type { SimulatedNode } from "./node.ts";
import type { Random } from "./random.ts";
import type { NodePlan } from "./scenario.ts";
import type { Time } from "./time.ts";

/** What a member's machine is made of, and who watches it. */
export interface NodeParts {
  readonly plan: NodePlan;
  readonly members: readonly Member[];
  readonly time: Time;
  readonly random: Random;
  readonly ledger: SimulatedLedger;
  readonly network: Network;
  readonly journal: Journal;
  readonly disksLie: boolean;
  /** Whether this use of its disk fails, the first one being 1. */
  fails(use: number): boolean;
  /** Sees the node pass every boundary of its durability, and may kill it there. */
  passing(node: SimulatedNode): void;
  /** Sees what the node, or one of its workers, says. */
  says(what: string): void;
  /** A process of the node is dead: what its disk has is all there is. */
  died(node: SimulatedNode): void;
}
