import type { Machine } from "./measure/machine.ts";
import type { Measured } from "./measureSystem.ts";
import type { Extent } from "./options.ts";
import type { Ceiling } from "./ours/ceiling.ts";
import type { Growth } from "./ours/growth.ts";
import type { MeasuredOurs } from "./ours/measure.ts";
import type { WorkersPoint } from "./ours/workers.ts";
import type { System } from "./system.ts";

/** What became of one system in a run: what was measured, or why nothing was. */
export type Outcome<What extends Measured = Measured> = Pick<
  System,
  "name" | "title" | "durability" | "setup" | "depth"
> &
  ({ readonly measured: What } | { readonly failed: string });

/** Everything that one run found out. */
export interface Results {
  /** When it began (RFC 3339). */
  readonly at: string;
  /** The command line's arguments. */
  readonly args: readonly string[];
  readonly extent: Extent;
  readonly machine: Machine;
  readonly ours: Outcome<MeasuredOurs> | undefined;
  /** Of the hop's own work; absent where ours was not measured. */
  readonly ceiling: Ceiling | undefined;
  readonly peers: readonly Outcome[];
  readonly growth: Growth | undefined;
  /** Of one member with more and more workers; absent where ours was not measured. */
  readonly workers: readonly WorkersPoint[] | undefined;
}
