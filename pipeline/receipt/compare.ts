import type { Status } from "./receipt.ts";

/** Where a station's report on the ledger and its receipts tell different stories. Numbers of cases, in order. */
export interface Comparison {
  /** Reported as done, and the receipt says that it was not: paid for nothing. */
  readonly claimed: readonly number[];
  /** Reported as done, and there is no receipt: it may still be on its way. */
  readonly missing: readonly number[];
  /** Not reported as done, and the receipt says something else: the price goes back, whatever it is. */
  readonly unclaimed: readonly number[];
}

/**
 * Compares a report with the receipts that a consumer has of the same station.
 *
 * @param count - the sheet's number of cases
 * @param reported - the status of each case on the ledger
 * @param receipts - the status of each case that there is a receipt of
 */
export function compareReport(
  count: number,
  reported: (number: number) => string,
  receipts: ReadonlyMap<number, Status>,
): Comparison {
  const claimed: number[] = [];
  const missing: number[] = [];
  const unclaimed: number[] = [];
  for (let number = 0; number < count; number++) {
    const [onLedger, receipt] = [reported(number), receipts.get(number)];
    // What is in dispute, or was, has been compared before.
    if (onLedger === receipt || onLedger === "disputed" || onLedger === "upheld") continue;
    if (onLedger === "done") (receipt === undefined ? missing : claimed).push(number);
    else if (receipt !== undefined) unclaimed.push(number);
  }
  return { claimed, missing, unclaimed };
}
