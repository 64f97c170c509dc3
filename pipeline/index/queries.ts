import { BeltError } from "../errors.ts";
import type { Address, Hash } from "./events.ts";
import type { Head, IndexView, KeyPeriod, Motion, Offer, Sheet, Support } from "./records.ts";
import { type LedgerStatus, unpackStatus } from "./statuses.ts";

/** A supervisor's bit among a member's kinds. */
const supervisor = 16;

const nobody = `0x${"0".repeat(40)}`;

/** The address of a contract by its name in the directory, when it has one now. */
export function contractNamed(view: IndexView, name: string): Address | undefined {
  const address = view.directory.get(name);
  return address === nobody ? undefined : address;
}

/** The keys of a member that count at a block; the newest ones without a block. */
export function keysAt(
  view: IndexView,
  member: Address,
  block = Number.POSITIVE_INFINITY,
): KeyPeriod | undefined {
  return view.keys.get(member)?.findLast((period) => period.fromBlock <= block);
}

/**
 * The member whose signing key this was at a block, by the key itself (32 bytes, as the profile has it). A key
 * that was rotated since still answers for the blocks before, so old receipts stay verifiable.
 */
export function signerAt(
  view: IndexView,
  signingKey: Hash,
  block = Number.POSITIVE_INFINITY,
): Address | undefined {
  const member = view.keyClaims.get(signingKey)?.member;
  return member && keysAt(view, member, block)?.signingKey === signingKey ? member : undefined;
}

/** The signing key that a kid names (RFC 7638 thumbprint), when a member ever published it. */
export function signingKeyOf(view: IndexView, kid: string): Hash | undefined {
  return view.signingKeys.get(kid);
}

/** Whether a member ever had a signing key, up to a block. */
export function everSignedWith(
  view: IndexView,
  member: Address,
  signingKey: Hash,
  block = Number.POSITIVE_INFINITY,
): boolean {
  const periods = view.keys.get(member) ?? [];
  return periods.some((period) => period.signingKey === signingKey && period.fromBlock <= block);
}

/** Whether an account is a member that may act. */
export function isActive(view: Pick<IndexView, "profiles">, account: Address): boolean {
  return view.profiles.get(account)?.standing === "active";
}

/** Whether an account is a supervisor that may act. */
export function isSupervisor(view: Pick<IndexView, "profiles">, account: Address): boolean {
  return isActive(view, account) && ((view.profiles.get(account)?.kinds ?? 0) & supervisor) !== 0;
}

/** Until when new bookings are paused at a time, both in seconds since 1970; undefined when they are not. */
export function pausedUntil({ supervision: { pause } }: IndexView, at: number): number | undefined {
  return pause && pause.lifted === undefined && at < pause.until ? pause.until : undefined;
}

/** The motion to pause that another supervisor can join at a time (seconds since 1970). */
export function openMotion(view: IndexView, at: number): Motion | undefined {
  const { motion } = view.supervision;
  return motion && at < motion.lapsesAt && isSupervisor(view, motion.supervisor) ? motion : undefined;
}

/** How many members are for a proposal, against it, and in abstention. */
export function tally(view: Pick<IndexView, "votes">, proposal: Hash): Record<Support, number> {
  const counts = { for: 0, against: 0, abstain: 0 };
  for (const { support } of view.votes.get(proposal) ?? []) counts[support]++;
  return counts;
}

/** Whether an offer can be booked at a time (seconds since 1970). */
export function isLive(view: Pick<IndexView, "profiles">, offer: Offer, at: number): boolean {
  return offer.withdrawn === undefined && at <= offer.validUntil && isActive(view, offer.member);
}

/** Whose offer works at a station of a belt, by the station's number. */
export function memberAtStation(view: IndexView, belt: Hash, station: number): Address | undefined {
  const offer = view.belts.get(belt)?.offers[station];
  return offer === undefined ? undefined : view.offers.get(offer)?.member;
}

/**
 * Whether a sheet still awaits reports at a time (seconds since 1970): its deadline has not passed, it was not
 * closed as expired, and not all of its stations have reported.
 */
export function isOpen(sheet: Sheet, at: number): boolean {
  return at <= sheet.deadline && sheet.expiry === undefined && sheet.reports.includes(undefined);
}

/** Whether a station of a sheet still can report at a time (seconds since 1970). */
export function awaitsReport(sheet: Sheet, station: number, at: number): boolean {
  return isOpen(sheet, at) && station < sheet.reports.length && sheet.reports[station] === undefined;
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
  if (report) return unpackStatus(report.exceptions, place);
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
export function escrowOf({ cost, settlements, expiry }: Sheet): bigint {
  return settlements.reduce(
    (held, settlement) => held - (settlement?.paid ?? 0n) - (settlement?.refunded ?? 0n),
    cost - (expiry?.refunded ?? 0n),
  );
}

/** What an account can withdraw. */
export function owedTo({ balances }: Pick<IndexView, "balances">, account: Address): bigint {
  const balance = balances.get(account);
  return balance === undefined ? 0n : balance.paid + balance.refunded - balance.withdrawn;
}

/** The stations of a sheet that have reported and are not settled, by their numbers. */
export function unsettled({ reports, settlements }: Sheet): number[] {
  return [...reports.keys()].filter((station) => reports[station] && !settlements[station]);
}

/**
 * How far a sheet is at a time (seconds since 1970): stations can still report; all have reported, or cannot any
 * more, and some are to be settled or closed yet; everything is paid or refunded.
 */
export function sheetState(sheet: Sheet, at: number): "open" | "reported" | "expired" | "settled" {
  if (isOpen(sheet, at)) return "open";
  const closed = sheet.expiry !== undefined || !sheet.reports.includes(undefined);
  if (closed && unsettled(sheet).length === 0) return "settled";
  return sheet.reports.includes(undefined) ? "expired" : "reported";
}

/** The head that a member anchored last. */
export function headOf(view: IndexView, member: Address): Head | undefined {
  return view.heads.get(member)?.at(-1);
}

/** The first head that a member anchored with at least so many receipts: the earliest one to prove a receipt by. */
export function headCovering(view: IndexView, member: Address, size: number): Head | undefined {
  return view.heads.get(member)?.find((head) => head.size >= size);
}

/** All offers of a member, oldest first. */
export function offersOf(view: IndexView, member: Address): Offer[] {
  return [...view.offers.values()].filter((offer) => offer.member === member);
}

function checkPlace(sheet: Sheet, place: number): void {
  if (Number.isInteger(place) && place >= 0 && place < sheet.count) return;
  throw new BeltError(
    "NOT_FOUND",
    `The sheet has ${sheet.count} cases, numbered from 0; there is no case ${place}.`,
  );
}
