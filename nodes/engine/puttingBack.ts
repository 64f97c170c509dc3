import type { Regained } from "../../pipeline/receipt/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import { forgoneOf, keepForgone, keepForgoneSheet, keepReceipt, receiptsOf } from "./progress.ts";
import type { ReceiptLog } from "./receiptLog.ts";

/** Cases of one sheet and station of which a receipt was given, or may have been. */
export interface Given {
  readonly sheet: string;
  /** Undefined for all stations of the sheet. */
  readonly station: string | undefined;
  readonly count: number;
  readonly cases: readonly number[];
}

/** Receipts that are put back in one batch. */
const portion = 256;

/**
 * Puts receipts back into store and log, and has the node work on no case of which a receipt was given that is not among
 * them. It may be begun again after a crash at any point: what was put back is not to be put back again.
 *
 * @returns how many cases are not worked on again
 */
export async function putBack(
  chain: readonly Regained[],
  given: readonly Given[],
  { store, log }: { readonly store: Store; readonly log: ReceiptLog },
): Promise<number> {
  // First, so that no crash leaves the node at work on them.
  const forgone = await forgo(chain, given, store);
  for (let at = 0; at < chain.length; at += portion) {
    const part = chain.slice(at, at + portion);
    const { changes, commit } = log.regain(part.map(({ leaf }) => leaf));
    await store.batch([
      ...part.map(({ receipt, bytes }) => keepReceipt(receipt, bytes)),
      ...changes,
      ...part.flatMap(({ receipt }) => forgetCase(receipt.sheet, receipt.station, receipt.case)),
    ]);
    commit();
  }
  return forgone;
}

async function forgo(chain: readonly Regained[], given: readonly Given[], store: Store): Promise<number> {
  const changes: Change[] = [];
  let forgone = 0;
  for (const { sheet, station, count, cases } of given) {
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
    forgone += lost.length;
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
