import { position, refuse, sheetOf } from "./contradiction.ts";
import type { EventOf, LedgerEvent } from "./events.ts";
import type { Dispute, DisputeEnd, Sheet } from "./records.ts";
import { pay } from "./settle.ts";
import { addWords } from "./statuses.ts";
import type { Tables } from "./tables.ts";

export function casesDisputed(tables: Tables, event: EventOf<"CasesDisputed">): void {
  const { station, evidence } = event;
  const sheet = sheetOf(tables, event, event.sheet);
  if (!sheet.reports[station]) refuse(event, `station ${station} has not reported`);
  if (sheet.settlements[station]) refuse(event, `station ${station} was settled before`);
  const before = sheet.disputes[station];
  keep(tables, sheet, station, {
    cases: addWords(before?.cases ?? new Map(), event),
    evidence: [...(before?.evidence ?? []), { hash: evidence, disputed: position(event) }],
    decisions: new Map(),
    end: undefined,
  });
}

export function decisionGiven(tables: Tables, event: EventOf<"DecisionGiven">): void {
  const { sheet, dispute } = openDispute(tables, event);
  const decision = { cases: addWords(new Map(), event), given: position(event) };
  const decisions = new Map(dispute.decisions).set(event.supervisor, decision);
  keep(tables, sheet, event.station, { ...dispute, decisions });
}

export function disputeResolved(tables: Tables, event: EventOf<"DisputeResolved">): void {
  const { first, second, paid, refunded } = event;
  const { dispute } = openDispute(tables, event);
  const upheld = dispute.decisions.get(second)?.cases ?? refuse(event, `${second} has not decided`);
  end(tables, event, { upheld, supervisors: [first, second], paid, refunded });
}

export function disputeLapsed(tables: Tables, event: EventOf<"DisputeLapsed">): void {
  end(tables, event, { upheld: new Map(), supervisors: [], paid: event.paid, refunded: 0n });
}

type OfDispute = LedgerEvent & { readonly sheet: Sheet["id"]; readonly station: number };

function end(tables: Tables, event: OfDispute, how: Omit<DisputeEnd, "ended">): void {
  const { sheet, dispute } = openDispute(tables, event);
  const { paid, refunded } = how;
  const member = sheet.settlements[event.station]?.member;
  if (!member) refuse(event, `station ${event.station} is not settled`);
  pay(tables, event, sheet, { paid: { member, amount: paid }, refunded });
  keep(tables, sheet, event.station, { ...dispute, end: { ...how, ended: position(event) } });
}

function openDispute(tables: Tables, event: OfDispute) {
  const sheet = sheetOf(tables, event, event.sheet);
  const dispute = sheet.disputes[event.station];
  if (!dispute || dispute.end) refuse(event, `no case of station ${event.station} is in dispute`);
  return { sheet, dispute };
}

function keep(tables: Tables, sheet: Sheet, station: number, dispute: Dispute): void {
  tables.sheets.set(sheet.id, { ...sheet, disputes: sheet.disputes.with(station, dispute) });
}
