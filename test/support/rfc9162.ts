import { createHash } from "node:crypto";

/**
 * RFC 9162's definitions of Merkle trees and proofs, word for word and slow: what the real ones are held against.
 * `D[a:b]` is `slice(a, b)` here.
 */
type Bytes = Uint8Array;

const HASH = (...parts: readonly Bytes[]): Bytes => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The largest power of two smaller than n. */
function k(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

/** Section 2.1.1. */
export function MTH(D: readonly Bytes[]): Bytes {
  const [only] = D;
  if (only === undefined) return HASH(new Uint8Array(0));
  if (D.length === 1) return HASH(Uint8Array.of(0x00), only);
  const middle = k(D.length);
  return HASH(Uint8Array.of(0x01), MTH(D.slice(0, middle)), MTH(D.slice(middle)));
}

/** Section 2.1.3.1. */
export function PATH(m: number, D: readonly Bytes[]): Bytes[] {
  if (D.length === 1) return [];
  const middle = k(D.length);
  const [left, right] = [D.slice(0, middle), D.slice(middle)];
  return m < middle ? [...PATH(m, left), MTH(right)] : [...PATH(m - middle, right), MTH(left)];
}

/** Section 2.1.4.1. */
export function PROOF(m: number, D: readonly Bytes[]): Bytes[] {
  return SUBPROOF(m, D, true);
}

function SUBPROOF(m: number, D: readonly Bytes[], b: boolean): Bytes[] {
  if (m === D.length) return b ? [] : [MTH(D)];
  const middle = k(D.length);
  const [left, right] = [D.slice(0, middle), D.slice(middle)];
  return m <= middle
    ? [...SUBPROOF(m, left, b), MTH(right)]
    : [...SUBPROOF(m - middle, right, false), MTH(left)];
}
