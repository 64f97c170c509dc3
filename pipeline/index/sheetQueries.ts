import { BeltError } from "../errors.ts";
import type { Sheet } from "./records.ts";
import { allSlots, isIn, isMarked, type LedgerStatus, unpackStatus } from "./statuses.ts";

/** Whether a station has reported every case, or declined the rest. */
export function isClosed({ reports, declines, count }: Sheet, station: number): boolean {
  return declines[station] !== undefined || reports[station]?.covered === allSlots(count);
}

/**
 * Whether a sheet still awaits reports at a time (seconds since 1970): its deadline has not passed, it was not
 * closed as expired, and not all of its stations are closed.
 */
export function isOpen(sheet: Sheet, at: number): boolean {
  return at <= sheet.deadline && sheet.expiry === undefined && !areClosed(sheet);
}

/** Whether a station of a sheet still can report at a time (seconds since 1970). */
export function awaitsReport(sheet: Sheet, station: number, at: number): boolean {
  return isOpen(sheet, at) && station < sheet.reports.length && !isClosed(sheet, station);
}

/** The status of a case at one station; open while the station can still report. */
export type CaseStatus = LedgerStatus | "open";

/**
 * The status of a case at a station, as the ledger has it at a time (seconds since 1970). Without a time, what has
 * not been reported is open until somebody has closed the sheet as expired.
 *
 * @throws {BeltError} `NOT_FOUND` when the sheet has no such case.
 */
export function stationStatus(sheet: Sheet, station: number, place: number, at?: number): CaseStatus {
  checkPlace(sheet, place);
  const report = sheet.reports[station];
  if (report && isIn(report.covered, place)) {
    const dispute = sheet.disputes[station];
    if (!dispute || !isMarked(dispute.cases, place)) return unpackStatus(report.exceptions, place);
    if (!dispute.end) return "disputed";
    return isMarked(dispute.end.upheld, place) ? "upheld" : "done";
  }
  if (sheet.declines[station]) return "declined";
  return sheet.expiry !== undefined || (at !== undefined && at > sheet.deadline) ? "expired" : "open";
}

/**
 * The statuses of a case at all stations, by the station's number: see {@link stationStatus}.
 *
 * @throws {BeltError} `NOT_FOUND` when the sheet has no such case.
 */
export function caseStatuses(sheet: Sheet, place: number, at?: number): CaseStatus[] {
  checkPlace(sheet, place);
  return sheet.reports.map((_, station) => stationStatus(sheet, station, place, at));
}

/** What a sheet still holds of its price: neither paid nor refunded yet. */
export function escrowOf({ cost, settlements, declines, disputes, expiry }: Sheet): bigint {
  const ends = disputes.map((dispute) => dispute?.end);
  const left = [...settlements, ...ends].reduce(
    (held, each) => held - (each?.paid ?? 0n) - (each?.refunded ?? 0n),
    cost - (expiry?.refunded ?? 0n),
  );
  return declines.reduce((held, decline) => held - (decline?.refunded ?? 0n), left);
}

/**
 * When a station's report became final, so that it can be settled, in seconds since 1970: with its last part, when it
 * declined the rest, or at the deadline. Without a time, a report in parts is final once the sheet was closed as
 * expired.
 */
export function finalAt(sheet: Sheet, station: number, at?: number): number | undefined {
  const report = sheet.reports[station];
  if (!report) return undefined;
  const declined = sheet.declines[station]?.declined.at;
  if (declined !== undefined) return declined;
  if (report.covered === allSlots(sheet.count)) return report.reported.at;
  const over = sheet.expiry !== undefined || (at !== undefined && at > sheet.deadline);
  return over ? sheet.deadline : undefined;
}

/** The stations of a sheet whose report is final and that are not settled, by their numbers: see {@link finalAt}. */
export function unsettled(sheet: Sheet, at?: number): number[] {
  return [...sheet.reports.keys()].filter(
    (station) => finalAt(sheet, station, at) !== undefined && !sheet.settlements[station],
  );
}

/** The stations of a sheet with cases in dispute, by their numbers. */
export function inDispute({ disputes }: Sheet): number[] {
  return [...disputes.keys()].filter((station) => disputes[station] && !disputes[station].end);
}

/** How far a sheet is: see {@link sheetState}. */
export type SheetState = "open" | "reported" | "expired" | "disputed" | "settled";

/**
 * How far a sheet is at a time (seconds since 1970): stations can still report; all have reported, or cannot any
 * more, and some are to be settled or closed yet; only disputes are to be decided; everything is paid or refunded.
 */
export function sheetState(sheet: Sheet, at: number): SheetState {
  if (isOpen(sheet, at)) return "open";
  const closed = areClosed(sheet);
  if ((closed || sheet.expiry !== undefined) && unsettled(sheet, at).length === 0)
    return inDispute(sheet).length > 0 ? "disputed" : "settled";
  return closed ? "reported" : "expired";
}

const areClosed = (sheet: Sheet): boolean => sheet.reports.every((_, station) => isClosed(sheet, station));

function checkPlace(sheet: Sheet, place: number): void {
  if (Number.isInteger(place) && place >= 0 && place < sheet.count) return;
  throw new BeltError(
    "NOT_FOUND",
    `The sheet has ${sheet.count} cases, numbered from 0; there is no case ${place}.`,
  );
}
