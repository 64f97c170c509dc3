import { BeltError } from "../errors.ts";
import { statuses } from "../receipt/index.ts";

/** The statuses that a station can report: those of its receipts, and expired for a case that did not end in time. */
export const reportedStatuses = [...statuses, "expired"] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];

/**
 * The statuses of a case at a station; each one's place is its number on the ledger, in 4 bits. A station can report
 * all of them up to expired. Disputed: reported as done, and not yet decided; upheld: decided for the consumer, and
 * refunded; declined: given up by the station before it had reported it.
 */
export const ledgerStatuses = [...reportedStatuses, "disputed", "upheld", "declined"] as const;
export type LedgerStatus = (typeof ledgerStatuses)[number];

/** The cases of one slot: 64 statuses of 4 bits make a word of 256 bits. */
export const casesPerSlot = 64;

/** All slots of a sheet, as bits: bit n is slot n. */
export const allSlots = (count: number): number => 2 ** Math.ceil(count / casesPerSlot) - 1;

/** How many cases of a sheet some of its slots hold. */
export function casesIn(slots: number, count: number): number {
  let cases = 0;
  for (let first = 0; first < count; first += casesPerSlot) {
    if (isIn(slots, first)) cases += Math.min(casesPerSlot, count - first);
  }
  return cases;
}

/** Whether the slot of a case is among some slots. */
export const isIn = (slots: number, place: number): boolean =>
  ((slots >> Math.floor(place / casesPerSlot)) & 1) === 1;

/** What a report or a dispute writes on the ledger: only the slots in which there is something to say of a case. */
export interface PackedStatuses {
  readonly slots: readonly number[];
  readonly words: readonly bigint[];
}

/**
 * Packs the statuses of the cases that are not done, by the case's place in the sheet (0 to 1,023).
 *
 * @throws {BeltError} `INPUT_INVALID` when a case's place is no such number.
 */
export function packStatuses(exceptions: ReadonlyMap<number, ReportedStatus>): PackedStatuses {
  return pack([...exceptions].map(([place, status]) => [place, ledgerStatuses.indexOf(status)]));
}

/**
 * Packs cases that are meant, by their places in the sheet (0 to 1,023): 1 for each.
 *
 * @throws {BeltError} `INPUT_INVALID` when a case's place is no such number.
 */
export function packCases(cases: Iterable<number>): PackedStatuses {
  return pack([...cases].map((place) => [place, 1]));
}

/** The cases that are marked, in ascending order. */
export function unpackCases(words: ReadonlyMap<number, bigint>): number[] {
  const places = [...words.keys()].flatMap((slot) =>
    Array.from({ length: casesPerSlot }, (_, place) => slot * casesPerSlot + place),
  );
  return places.filter((place) => isMarked(words, place)).sort((one, other) => one - other);
}

/** Whether anything is said of a case. */
export const isMarked = (words: ReadonlyMap<number, bigint>, place: number): boolean =>
  codeOf(words, place) !== 0;

/** The words of one more list of slots, added to those before. */
export function addWords(
  before: ReadonlyMap<number, bigint>,
  { slots, words }: PackedStatuses,
): ReadonlyMap<number, bigint> {
  const all = new Map(before);
  slots.forEach((slot, place) => {
    all.set(slot, (all.get(slot) ?? 0n) | (words[place] ?? 0n));
  });
  return all;
}

function pack(codes: readonly (readonly [place: number, code: number])[]): PackedStatuses {
  const bySlot = new Map<number, bigint>();
  for (const [place, code] of codes) {
    if (!Number.isInteger(place) || place < 0 || place > 1_023) {
      throw new BeltError("INPUT_INVALID", `A sheet has no case ${place}.`, { at: `/${place}` });
    }
    if (code === 0) continue;
    const slot = Math.floor(place / casesPerSlot);
    const bits = BigInt(code) << BigInt(4 * (place % casesPerSlot));
    bySlot.set(slot, (bySlot.get(slot) ?? 0n) | bits);
  }
  const slots = [...bySlot.keys()].sort((one, other) => one - other);
  return { slots, words: slots.map((slot) => bySlot.get(slot) ?? 0n) };
}

function codeOf(words: ReadonlyMap<number, bigint>, place: number): number {
  const word = words.get(Math.floor(place / casesPerSlot));
  if (word === undefined) return 0;
  return Number((word >> BigInt(4 * (place % casesPerSlot))) & 15n);
}

/** The status of one case in the words of a report. A number that means nothing (yet) counts as failed. */
export function unpackStatus(words: ReadonlyMap<number, bigint>, place: number): LedgerStatus {
  return ledgerStatuses[codeOf(words, place)] ?? "failed";
}
