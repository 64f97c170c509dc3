import { position, refuse, sheetOf } from "./contradiction.ts";
import type { Address, EventOf, LedgerEvent } from "./events.ts";
import { owedTo } from "./queries.ts";
import type { Balance, Sheet } from "./records.ts";
import { escrowOf } from "./sheetQueries.ts";
import type { Tables } from "./tables.ts";

/** A station was paid for what it has done and nobody disputes, and the consumer refunded what it has not done. */
export function stationSettled(tables: Tables, event: EventOf<"StationSettled">): void {
  const sheet = sheetOf(tables, event, event.sheet);
  const { station, member, settler, paid, refunded } = event;
  if (!sheet.reports[station]) refuse(event, `station ${station} has not reported`);
  if (sheet.settlements[station]) refuse(event, `station ${station} was settled before`);
  pay(tables, event, sheet, { paid: { member, amount: paid }, refunded });
  const settlement = { member, settler, paid, refunded, settled: position(event) };
  const settlements = sheet.settlements.with(station, settlement);
  tables.sheets.set(event.sheet, { ...sheet, settlements });
}

export function creditWithdrawn(tables: Tables, event: EventOf<"CreditWithdrawn">): void {
  const { account, amount } = event;
  const before = tables.balances.get(account);
  if (!before || amount > owedTo({ balances: tables.balances.map }, account))
    refuse(event, "less is owed to the account");
  const { withdrawn, withdrawals } = before;
  tables.balances.set(account, {
    ...before,
    withdrawn: withdrawn + amount,
    withdrawals: withdrawals + 1,
  });
}

/** What leaves a sheet's escrow: to a station's member, and back to the consumer. */
interface Outflow {
  readonly paid?: { readonly member: Address; readonly amount: bigint };
  readonly refunded: bigint;
}

/** Owes what a sheet held to whom it is due; the event is refused when the sheet does not hold so much. */
export function pay(tables: Tables, event: LedgerEvent, sheet: Sheet, { paid, refunded }: Outflow): void {
  if ((paid?.amount ?? 0n) + refunded > escrowOf(sheet)) refuse(event, "the sheet does not hold so much");
  if (paid) owe(tables, paid.member, { paid: paid.amount });
  owe(tables, sheet.consumer, { refunded });
}

/** Owes more to an account. */
function owe(
  tables: Tables,
  account: Address,
  { paid = 0n, refunded = 0n }: Partial<Pick<Balance, "paid" | "refunded">>,
): void {
  if (paid + refunded === 0n) return;
  const nothing = { account, paid: 0n, refunded: 0n, withdrawn: 0n, withdrawals: 0 };
  const before = tables.balances.get(account) ?? nothing;
  tables.balances.set(account, {
    ...before,
    paid: before.paid + paid,
    refunded: before.refunded + refunded,
  });
}
