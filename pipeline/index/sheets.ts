import { position, refuse, sheetOf } from "./contradiction.ts";
import type { EventOf, LedgerEvent } from "./events.ts";
import type { Sheet } from "./records.ts";
import { pay } from "./settle.ts";
import { isClosed } from "./sheetQueries.ts";
import { addWords, allSlots } from "./statuses.ts";
import type { Tables } from "./tables.ts";

export function sheetBooked(tables: Tables, event: EventOf<"SheetBooked">): void {
  const { sheet, belt, consumer, root, count, deadline, cost } = event;
  if (tables.sheets.get(sheet)) refuse(event, "the sheet was booked before");
  const offers = tables.belts.get(belt)?.offers;
  if (!offers) refuse(event, "the belt is unknown");
  tables.sheets.set(sheet, {
    id: sheet,
    belt,
    consumer,
    root,
    count,
    deadline,
    cost,
    booked: position(event),
    reports: offers.map(() => undefined),
    declines: offers.map(() => undefined),
    settlements: offers.map(() => undefined),
    disputes: offers.map(() => undefined),
    cancelled: undefined,
    expiry: undefined,
  });
}

export function sheetReported(tables: Tables, event: EventOf<"SheetReported">): void {
  const { station, member, covered } = event;
  const sheet = openStation(tables, event);
  const before = sheet.reports[station];
  if ((covered & ~allSlots(sheet.count)) !== 0) refuse(event, "the sheet has fewer slots");
  if (before && (before.covered & covered) !== 0) refuse(event, "these slots were reported before");
  const report = {
    member,
    covered: (before?.covered ?? 0) | covered,
    exceptions: addWords(before?.exceptions ?? new Map(), event),
    reported: position(event),
  };
  tables.sheets.set(event.sheet, { ...sheet, reports: sheet.reports.with(station, report) });
}

export function sheetCancelled(tables: Tables, event: EventOf<"SheetCancelled">): void {
  const sheet = sheetOf(tables, event, event.sheet);
  const { deadline } = event;
  if (deadline >= sheet.deadline) refuse(event, "the deadline was not later");
  tables.sheets.set(event.sheet, { ...sheet, deadline, cancelled: position(event) });
}

export function stationDeclined(tables: Tables, event: EventOf<"StationDeclined">): void {
  const { station, member, refunded } = event;
  const sheet = openStation(tables, event);
  pay(tables, event, sheet, { refunded });
  const decline = { member, refunded, declined: position(event) };
  tables.sheets.set(event.sheet, { ...sheet, declines: sheet.declines.with(station, decline) });
}

export function sheetExpired(tables: Tables, event: EventOf<"SheetExpired">): void {
  const sheet = sheetOf(tables, event, event.sheet);
  if (sheet.expiry) refuse(event, "the sheet expired before");
  const { unreported, refunded } = event;
  pay(tables, event, sheet, { refunded });
  const expiry = { unreported, refunded, expired: position(event) };
  tables.sheets.set(event.sheet, { ...sheet, expiry });
}

/** The sheet of a station that has neither reported everything nor declined. */
function openStation(tables: Tables, event: LedgerEvent & { sheet: Sheet["id"]; station: number }): Sheet {
  const sheet = sheetOf(tables, event, event.sheet);
  if (event.station >= sheet.reports.length) refuse(event, `the sheet has no station ${event.station}`);
  if (isClosed(sheet, event.station)) refuse(event, `station ${event.station} is closed`);
  return sheet;
}
