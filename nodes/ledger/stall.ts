import { BeltError } from "../../pipeline/errors.ts";

/**
 * Notices that a ledger stands still: its node answers, and has transactions of this account, and makes no block.
 * That is how a network with final blocks looks from outside when too few of its validators work together.
 */
export interface StallCheck {
  /**
   * Is told after every look.
   *
   * @param latest - the number of the ledger's newest block
   * @param waits - whether the ledger's node has a transaction that the next block could take
   */
  looked(latest: number | undefined, waits: boolean): void;
  /** Since when nothing moves; undefined when all is well, or nothing is known. */
  warning(): BeltError | undefined;
}

export interface StallCheckOptions {
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** How long a transaction may wait without any block before the ledger counts as stalled, in milliseconds. */
  readonly tolerance?: number;
  /** Is told when the warning comes up and when it goes (undefined). */
  readonly onChange: (warning: BeltError | undefined) => void;
}

export function checkStall({ now, tolerance = 30_000, onChange }: StallCheckOptions): StallCheck {
  let newest: number | undefined;
  /** Since when a transaction waits and no block has come; undefined when none waits. */
  let since: number | undefined;
  let warning: BeltError | undefined;

  return {
    looked(latest, waits) {
      const moved = latest !== newest;
      newest = latest;
      if (!waits) since = undefined;
      else if (moved || since === undefined) since = now();
      const stalled = since !== undefined && now() - since >= tolerance;
      if (stalled === (warning !== undefined)) return;
      warning = stalled ? standsStill(latest ?? 0, tolerance) : undefined;
      onChange(warning);
    },
    warning: () => warning,
  };
}

function standsStill(latest: number, tolerance: number): BeltError {
  const seconds = Math.round(tolerance / 1_000);
  return new BeltError(
    "LEDGER_STALLED",
    `The ledger makes no blocks: transactions wait, and none has come after block ${latest} for more than ${seconds} seconds.`,
  );
}
