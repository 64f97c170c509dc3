import type { Digest } from "../bytes.ts";
import { leafHash } from "../log/index.ts";
import { readPlace } from "./place.ts";
import { type Receipt, receiptBytes } from "./receipt.ts";

/** A receipt that a member has back from a partner, and where its log had it. */
export interface Regained {
  readonly receipt: Receipt;
  readonly bytes: Uint8Array;
  readonly leaf: Digest;
  /** Which copy of the member's store wrote it. */
  readonly copy: number;
}

/** What a member has back, by the positions in its log. */
export type RegainedLog = Map<number, Regained>;

/**
 * Adds receipts that stood together, if the member itself wrote their place for just them. Where two copies of its
 * store wrote to one position, the later one stands: it knew all that there was to be known of the earlier.
 *
 * @param key see `placeKey`
 * @returns whether they are the member's own
 */
export function regain(
  log: RegainedLog,
  { place, receipts }: { readonly place: string; readonly receipts: readonly Receipt[] },
  key: Uint8Array,
): boolean {
  const entries = receipts.map((receipt) => {
    const bytes = receiptBytes(receipt);
    return { receipt, bytes, leaf: leafHash(bytes) };
  });
  const leaves = entries.map(({ leaf }) => leaf);
  const read = readPlace(key, place, leaves);
  if (read === undefined) return false;
  for (const [index, entry] of entries.entries()) {
    const position = read.first + index;
    const other = log.get(position);
    if (other === undefined || other.copy < read.copy) log.set(position, { ...entry, copy: read.copy });
  }
  return true;
}

/**
 * What follows a position without a gap. A copy of a store begins where the one before it ended as far as was known:
 * what an earlier copy wrote beyond that is no part of the log.
 *
 * @param by the copy that the log was of so far
 */
export function chainFrom(log: RegainedLog, position: number, by: number): Regained[] {
  const chain: Regained[] = [];
  for (let copy = by; ; ) {
    const next = log.get(position + chain.length);
    if (next === undefined || next.copy < copy) return chain;
    copy = next.copy;
    chain.push(next);
  }
}

/** The positions that are missing between two, the second one not included: each run's first and last. */
export function gapsBetween(log: RegainedLog, from: number, to: number, by: number): [number, number][] {
  const gaps: [number, number][] = [];
  let next = from;
  let copy = by;
  const held = [...log.keys()].filter((position) => position >= from && position < to).sort((a, b) => a - b);
  for (const position of held) {
    const entry = log.get(position);
    if (entry === undefined || entry.copy < copy) continue;
    copy = entry.copy;
    if (position > next) gaps.push([next, position - 1]);
    next = position + 1;
  }
  if (next < to) gaps.push([next, to - 1]);
  return gaps;
}
