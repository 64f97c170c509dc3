import { type Address, escrowOf, HashText, headOf, type IndexView } from "../../../pipeline/index/index.ts";
import { type LedgerReader, openLedgerReader } from "../../ledger/index.ts";
import type { Network } from "../../network/index.ts";

/** What the ledger says of one sheet. */
export interface LedgerTotals {
  readonly bookings: number;
  readonly reports: number;
  /** Heads of receipt logs that were anchored since the booking. */
  readonly heads: number;
  /** Receipts that these heads cover and earlier ones did not. */
  readonly anchored: number;
  /** Stations that were paid for what they have done. */
  readonly settlements: number;
  readonly transactions: number;
  readonly credit: CreditTotals;
}

/** What became of the sheet's price, in the smallest unit of credit. */
export interface CreditTotals {
  readonly escrowed: bigint;
  readonly paid: bigint;
  readonly refunded: bigint;
  /** What is neither paid nor refunded yet. */
  readonly held: bigint;
}

/** Where a sheet's beginning was: how many receipts were anchored before. */
export interface LedgerWatch {
  /** Waits until all stations have reported the sheet and are paid, and all its receipts are anchored, a minute at most. */
  settled(sheet: string, receipts: number): Promise<LedgerTotals>;
  close(): Promise<void>;
}

const patience = 60_000;

/** Follows the ledger as an auditor does, without a node. */
export async function watchLedger(
  { chain, deployment, members }: Network,
  signal: AbortSignal,
): Promise<LedgerWatch> {
  const { directory, chainId } = deployment;
  const reader = await openLedgerReader({ url: chain.url, directory, chainId, signal });
  const addresses = members.map(({ address }) => address);
  const before = receiptsAnchored(reader.view, addresses);
  return {
    async settled(id, receipts) {
      const over = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
      const totals = (): LedgerTotals => totalsOf(reader.view, id, addresses, before);
      const isSettled = ({ settlements, anchored }: LedgerTotals): boolean =>
        settlements === stationsOf(reader.view, id) && anchored >= receipts;
      await waitFor(reader, () => isSettled(totals()), over);
      signal.throwIfAborted();
      return totals();
    },
    close: () => reader.close(),
  };
}

/** Resolves when the condition is true of the ledger, or the signal aborts. */
async function waitFor(reader: LedgerReader, condition: () => boolean, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  // What changes is kept from here on, so that nothing falls between asking and waiting.
  const changes = reader.changes(AbortSignal.any([signal, enough.signal]));
  try {
    if (condition()) return;
    for await (const _ of changes) if (condition()) return;
  } finally {
    enough.abort();
  }
}

/** What the ledger says of a sheet, counted from what was anchored before it. */
export function totalsOf(
  view: IndexView,
  id: string,
  members: readonly Address[],
  before: number,
): LedgerTotals {
  const sheet = view.sheets.get(HashText.parse(id));
  if (sheet === undefined) {
    const credit = { escrowed: 0n, paid: 0n, refunded: 0n, held: 0n };
    return { bookings: 0, reports: 0, heads: 0, anchored: 0, settlements: 0, transactions: 0, credit };
  }
  const reports = sheet.reports.filter((report) => report !== undefined);
  const settlements = sheet.settlements.filter((settlement) => settlement !== undefined);
  const heads = members
    .flatMap((member) => view.heads.get(member) ?? [])
    .filter((head) => head.anchored.block > sheet.booked.block);
  const transactions = [
    sheet.booked.transaction,
    ...reports.map(({ reported }) => reported.transaction),
    ...settlements.map(({ settled }) => settled.transaction),
    ...heads.map(({ anchored }) => anchored.transaction),
  ];
  const ends = sheet.disputes.flatMap((dispute) => dispute?.end ?? []);
  const paid = [...settlements, ...ends].reduce((sum, each) => sum + each.paid, 0n);
  return {
    bookings: 1,
    reports: reports.length,
    heads: heads.length,
    anchored: receiptsAnchored(view, members) - before,
    settlements: settlements.length,
    transactions: new Set(transactions).size,
    credit: {
      escrowed: sheet.cost,
      paid,
      refunded: sheet.cost - escrowOf(sheet) - paid,
      held: escrowOf(sheet),
    },
  };
}

const stationsOf = (view: IndexView, id: string): number =>
  view.sheets.get(HashText.parse(id))?.reports.length ?? -1;

function receiptsAnchored(view: IndexView, members: readonly Address[]): number {
  return members.reduce((sum, member) => sum + (headOf(view, member)?.size ?? 0), 0);
}
