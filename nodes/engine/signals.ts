import { EventEmitter } from "node:events";
import type { BeltError } from "../../pipeline/errors.ts";
import type { Receipt } from "../../pipeline/receipt/index.ts";
import type { TrayName } from "../../pipeline/tray/index.ts";
import type { QuarantinedCase } from "./quarantine.ts";
import type { Trace } from "./tracing.ts";
import type { OutgoingName } from "./trayQueue.ts";

/** What the engine says while it works: for logs, metrics and those who watch a case. No personal data. */
export interface EngineEvents {
  /** A tray was kept, so many milliseconds after it came. */
  readonly accepted: {
    readonly tray: TrayName;
    readonly items: number;
    readonly bytes: number;
    readonly milliseconds: number;
    readonly trace?: Trace | undefined;
  };
  readonly duplicate: { readonly tray: TrayName };
  /** A tray that came was not taken. Whose it is may not even be known, so it has no name here. */
  readonly rejected: { readonly problem: BeltError };
  /** The last case of a tray was written down, so many milliseconds after the tray first came. */
  readonly emptied: { readonly tray: TrayName; readonly milliseconds: number };
  /** The receiver acknowledged a tray, so many milliseconds after this process had it to send. */
  readonly sent: { readonly tray: OutgoingName; readonly milliseconds: number; readonly attempts: number };
  /** An attempt to send a tray failed; after a final one it is put aside, and not sent again. */
  readonly refused: {
    readonly tray: OutgoingName;
    readonly problem: BeltError;
    /** How many had failed before, and for how long this process has had it to send. */
    readonly attempts: number;
    readonly milliseconds: number;
    readonly final: boolean;
  };
  /** Own receipts were committed. */
  readonly committed: {
    readonly receipts: readonly Receipt[];
    readonly worked: readonly Worked[];
    readonly milliseconds: number;
  };
  /** A case that crashed or hung its station is held for the operator. */
  readonly quarantined: { readonly case: QuarantinedCase };
  /** At the consumer: a station's receipt of a case came in. */
  readonly outcome: { readonly receipt: Receipt };
  /** A sheet was closed on the ledger before all of it was through. */
  readonly closed: { readonly sheet: string };
  readonly booked: { readonly sheet: string };
  /** A sheet of this member that was kept, and that the ledger will never have, was taken back with its cases. */
  readonly notBooked: { readonly sheet: string; readonly problem: BeltError };
  /** The cases of an own sheet, which were handed in at that time, are sealed to be sent. */
  readonly left: {
    readonly sheet: string;
    readonly cases: number;
    readonly since: number;
    readonly trace?: Trace | undefined;
  };
  readonly anchored: { readonly size: number };
  readonly reported: { readonly sheet: string; readonly station: string };
  /** A report was settled: its station's number. */
  readonly settled: { readonly sheet: string; readonly number: number };
  /** At the consumer: a report says something else of these cases than the receipts. */
  readonly disagreed: {
    readonly sheet: string;
    readonly station: string;
    readonly cases: readonly number[];
    /**
     * Reported as done, which the receipts deny: disputed with the evidence, or found too late. Reported as done,
     * without a receipt yet: `missing`. Not reported as done, though the receipts say something else: `unclaimed`.
     */
    readonly what: "disputed" | "too late" | "missing" | "unclaimed";
    /** The end of the acceptance window, in milliseconds since 1970. */
    readonly until: number;
    readonly evidence?: string;
  };
  /**
   * After a restoration: receipts were put back, others of the log are lost for good, and cases of which one is known of
   * and lost are left to their deadline.
   */
  readonly caughtUp: { readonly receipts: number; readonly lost: number; readonly forgone: number };
  readonly withdrawn: Record<string, never>;
  readonly trouble: { readonly what: string; readonly problem: unknown };
}

/** What one of this node's stations did with cases of one sheet, until it was written down. */
export interface Worked {
  readonly sheet: string;
  readonly station: string;
  readonly cases: number;
  /** When everything was there for the first of them, in milliseconds since 1970. */
  readonly since: number;
  readonly trace?: Trace | undefined;
}

/** A typed emitter of what the engine does. */
export type Signals = EventEmitter<{ [K in keyof EngineEvents]: [EngineEvents[K]] }>;

export const createSignals = (): Signals => new EventEmitter();
