import type { Regained } from "../../pipeline/receipt/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import { forgoneOf, keepForgone, keepForgoneSheet, keepReceipt, receiptsOf } from "./progress.ts";
import type { Appended, ReceiptLog } from "./receiptLog.ts";

/** Cases of one sheet and station of which a receipt was given, or may have been. */
export interface Given {
  readonly sheet: string;
  /** Undefined for all stations of the sheet. */
  readonly station: string | undefined;
  /** Whether all of it is on the ledger, and nothing is left to its deadline. */
  readonly reported: boolean;
  readonly count: number;
  readonly cases: readonly number[];
}

/** What makes a restored log whole again. */
export interface Whole {
  /** The receipts that follow it, in their order: after the gap, if there is one. */
  readonly chain: readonly Regained[];
  /** A stretch of which receipts are lost for good. */
  readonly gap?: {
    /** Has the log go on at its end. */
    readonly skip: Appended;
    /** Those of its receipts that are there all the same. */
    readonly before: readonly Regained[];
    /** How many are not. */
    readonly lost: number;
  };
}

/** Receipts that are put back in one batch. */
const portion = 256;

/**
 * Puts receipts back into store and log, and has the node work on no case of which a receipt was given that is not among
 * them. It may be begun again after a crash at any point: what was put back is not to be put back again.
 *
 * @returns how many cases are not worked on again, and left to their deadline
 */
export async function putBack(
  { chain, gap }: Whole,
  given: readonly Given[],
  { store, log }: { readonly store: Store; readonly log: ReceiptLog },
): Promise<number> {
  // First, so that no crash leaves the node at work on them.
  const before = gap?.before ?? [];
  const forgone = await forgo([...before, ...chain], given, store);
  // These stand in the log already, among what it goes on from.
  for (const part of portionsOf(before)) await store.batch(ended(part));
  if (gap !== undefined) {
    await store.batch(gap.skip.changes);
    gap.skip.commit();
  }
  for (const part of portionsOf(chain)) {
    const { changes, commit } = log.regain(part.map(({ leaf }) => leaf));
    await store.batch([...ended(part), ...changes]);
    commit();
  }
  return forgone;
}

const portionsOf = (receipts: readonly Regained[]): (readonly Regained[])[] =>
  Array.from({ length: Math.ceil(receipts.length / portion) }, (_, place) =>
    receipts.slice(place * portion, (place + 1) * portion),
  );

/** The changes that keep receipts, and forget what waits for their cases. */
const ended = (receipts: readonly Regained[]): Change[] => [
  ...receipts.map(({ receipt, bytes }) => keepReceipt(receipt, bytes)),
  ...receipts.flatMap(({ receipt }) => forgetCase(receipt.sheet, receipt.station, receipt.case)),
];

async function forgo(chain: readonly Regained[], given: readonly Given[], store: Store): Promise<number> {
  const changes: Change[] = [];
  let forgone = 0;
  for (const { sheet, station, reported, count, cases } of given) {
    if (station === undefined) {
      changes.push(keepForgoneSheet(sheet));
      forgone += count;
      continue;
    }
    const here = new Set<number>();
    for await (const receipt of receiptsOf(store, sheet, station)) here.add(receipt.case);
    for (const { receipt } of chain) {
      if (receipt.sheet === sheet && receipt.station === station) here.add(receipt.case);
    }
    const lost = cases.filter((number) => !here.has(number));
    if (lost.length === 0) continue;
    if (!reported) forgone += lost.length;
    const all = new Set([...(await forgoneOf(store, sheet, station)), ...lost]);
    changes.push(keepForgone(sheet, station, [...all]));
    changes.push(...lost.flatMap((number) => forgetCase(sheet, station, number)));
  }
  if (changes.length > 0) await store.batch(changes);
  return forgone;
}

/** What waits for a case that has ended. */
const forgetCase = (sheet: string, station: string, number: number): Change[] => [
  { type: "del", key: key("wait", sheet, station, number) },
  { type: "del", key: key("quarantine", sheet, station, number) },
];
