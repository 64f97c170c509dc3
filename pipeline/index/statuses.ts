import { BeltError } from "../errors.ts";
import { statuses } from "../receipt/index.ts";

/**
 * The statuses of a case at a station; each one's place is its number on the ledger, in 4 bits. A receipt can say
 * all of them but expired, which only the ledger says.
 */
export const ledgerStatuses = [...statuses, "expired"] as const;
export type LedgerStatus = (typeof ledgerStatuses)[number];

/** The cases of one slot: 64 statuses of 4 bits make a word of 256 bits. */
export const casesPerSlot = 64;

/** What a report writes on the ledger: only the slots in which a case is not done. */
export interface PackedStatuses {
  readonly slots: readonly number[];
  readonly words: readonly bigint[];
}

/**
 * Packs the statuses of the cases that are not done, by the case's place in the sheet (0 to 1,023).
 *
 * @throws {BeltError} `INPUT_INVALID` when a case's place is no such number.
 */
export function packStatuses(exceptions: ReadonlyMap<number, LedgerStatus>): PackedStatuses {
  const bySlot = new Map<number, bigint>();
  for (const [place, status] of exceptions) {
    if (!Number.isInteger(place) || place < 0 || place > 1_023) {
      throw new BeltError("INPUT_INVALID", `A sheet has no case ${place}.`, { at: `/${place}` });
    }
    if (status === "done") continue;
    const slot = Math.floor(place / casesPerSlot);
    const bits = BigInt(ledgerStatuses.indexOf(status)) << BigInt(4 * (place % casesPerSlot));
    bySlot.set(slot, (bySlot.get(slot) ?? 0n) | bits);
  }
  const slots = [...bySlot.keys()].sort((one, other) => one - other);
  return { slots, words: slots.map((slot) => bySlot.get(slot) ?? 0n) };
}

/** The status of one case in the words of a report. A number that means nothing (yet) counts as failed. */
export function unpackStatus(words: ReadonlyMap<number, bigint>, place: number): LedgerStatus {
  const word = words.get(Math.floor(place / casesPerSlot)) ?? 0n;
  return ledgerStatuses[Number((word >> BigInt(4 * (place % casesPerSlot))) & 15n)] ?? "failed";
}
