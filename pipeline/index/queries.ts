import type { Address, Hash } from "./events.ts";
import type { Head, IndexView, KeyPeriod, Motion, Offer, Sheet, Support } from "./records.ts";

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

/** Whose a station of a sheet is, by the station's number. */
export function memberOfStation(view: IndexView, { offers }: Sheet, station: number): Address | undefined {
  const offer = offers[station];
  return offer === undefined ? undefined : view.offers.get(offer)?.member;
}

/** Whose offer works at a station of a belt, by the station's number. */
export function memberAtStation(view: IndexView, belt: Hash, station: number): Address | undefined {
  const offer = view.belts.get(belt)?.offers[station];
  return offer === undefined ? undefined : view.offers.get(offer)?.member;
}

/** What an account can withdraw. */
export function owedTo({ balances }: Pick<IndexView, "balances">, account: Address): bigint {
  const balance = balances.get(account);
  return balance === undefined ? 0n : balance.paid + balance.refunded - balance.withdrawn;
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
