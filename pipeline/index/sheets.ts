import { position, refuse, sheetOf } from "./contradiction.ts";
import type { EventOf, LedgerEvent } from "./events.ts";
import type { Sheet } from "./records.ts";
import { pay } from "./settle.ts";
import { isClosed } from "./sheetQueries.ts";
import { addWords, allSlots } from "./statuses.ts";
import type { Tables } from "./tables.ts";

export function sheetBooked(tables: Tables, event: EventOf<"SheetBooked">): void {
  const { belt, count } = event;
  const offers = tables.belts.get(belt)?.offers;
  if (!offers) refuse(event, "the belt is unknown");
  book(tables, event, { belt, offers, count, stay: undefined });
}

export function offerBooked(tables: Tables, event: EventOf<"OfferBooked">): void {
  const { offer, count } = event;
  if (!tables.offers.get(offer)) refuse(event, "the offer is unknown");
  book(tables, event, { belt: null, offers: [offer], count, stay: undefined });
}

export function productBooked(tables: Tables, event: EventOf<"ProductBooked">): void {
  const { offer, firstDay, dayCount, units } = event;
  if (!tables.offers.get(offer)) refuse(event, "the offer is unknown");
  const stay = { firstDay, dayCount, units };
  book(tables, event, { belt: null, offers: [offer], count: dayCount * units, stay });
}

function book(
  tables: Tables,
  event: EventOf<"SheetBooked" | "OfferBooked" | "ProductBooked">,
  what: Pick<Sheet, "belt" | "offers" | "count" | "stay">,
): void {
  const { sheet, consumer, root, deadline, cost } = event;
  const { offers } = what;
  if (tables.sheets.get(sheet)) refuse(event, "the sheet was booked before");
  tables.sheets.set(sheet, {
    id: sheet,
    ...what,
    consumer,
    root,
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
