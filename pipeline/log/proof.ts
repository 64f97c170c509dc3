import { type Digest, sameBytes } from "../bytes.ts";
import { BeltError } from "../errors.ts";
import { foldSubtrees, nodeHash, powerWithin, type Range, type Subtree, split, subtreesOf } from "./tree.ts";

/** Finds the hash of a complete subtree of a log. */
export type Lookup = (subtree: Subtree) => Digest | Promise<Digest>;

/**
 * The ranges whose hashes prove that entry `index` is in the log of `size` entries (RFC 9162, section 2.1.3.1).
 *
 * @throws {BeltError} `INPUT_INVALID` when the log has no such entry
 */
export function inclusionRanges(index: number, size: number): Range[] {
  if (!isEntry(index, size)) throw new BeltError("INPUT_INVALID", outside, { at: "index" });
  const ranges: Range[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  return ranges;
}

/**
 * The ranges that prove that the log of `size` entries begins with the one of `earlier` (RFC 9162, section 2.1.4.1).
 *
 * @throws {BeltError} `INPUT_INVALID` when there is nothing to prove: the earlier log is empty, or not the shorter
 */
export function consistencyRanges(earlier: number, size: number): Range[] {
  if (!areSizes(earlier, size)) throw new BeltError("INPUT_INVALID", unordered, { at: "earlier" });
  const ranges: Range[] = [];
  let start = 0;
  let end = size;
  while (end !== earlier) {
    const middle = start + split(end - start);
    if (earlier <= middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  return start === 0 ? ranges : [{ start, end }, ...ranges];
}

/** The hashes of ranges, from a store of complete subtrees. */
export async function hashRanges(ranges: readonly Range[], lookup: Lookup): Promise<Digest[]> {
  return Promise.all(
    ranges.map(async (range) => foldSubtrees(await Promise.all(subtreesOf(range).map(lookup)))),
  );
}

/**
 * Checks an inclusion proof (RFC 9162, section 2.1.3.2). The size and the root must be those of one head: a proof
 * alone does not tell sizes apart whose trees have the same path to the entry.
 *
 * @throws {BeltError} `PROOF_INVALID`
 */
export function verifyInclusion(
  leaf: Digest,
  index: number,
  size: number,
  proof: readonly Digest[],
  root: Digest,
): void {
  if (!isEntry(index, size)) fail(outside);
  requireHashes(leaf, root, ...proof);
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) fail("The proof is too long.");
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) fail("The proof is too short.");
  if (!sameBytes(hash, root)) fail("The proof does not lead to the root.");
}

/**
 * Checks a consistency proof (RFC 9162, section 2.1.4.2).
 *
 * @throws {BeltError} `PROOF_INVALID`
 */
export function verifyConsistency(
  earlier: { readonly size: number; readonly root: Digest },
  later: { readonly size: number; readonly root: Digest },
  proof: readonly Digest[],
): void {
  if (!areSizes(earlier.size, later.size)) fail(unordered);
  requireHashes(earlier.root, later.root, ...proof);
  if (earlier.size === later.size) {
    if (proof.length > 0) fail("The proof is too long.");
    if (!sameBytes(earlier.root, later.root)) fail("Two logs of one size have different roots.");
    return;
  }
  // A complete earlier tree is a node of the later one, so the proof leaves its root out.
  const path = powerWithin(earlier.size) === earlier.size ? [earlier.root, ...proof] : [...proof];
  let first = path.shift();
  if (first === undefined) fail("The proof is too short.");
  let second = first;
  let fn = earlier.size - 1;
  let sn = later.size - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  for (const hash of path) {
    if (sn === 0) fail("The proof is too long.");
    if (fn % 2 === 1 || fn === sn) {
      first = nodeHash(hash, first);
      second = nodeHash(hash, second);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      second = nodeHash(second, hash);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) fail("The proof is too short.");
  if (!sameBytes(first, earlier.root)) fail("The proof does not lead to the earlier root.");
  if (!sameBytes(second, later.root)) fail("The proof does not lead to the later root.");
}

const outside = "The entry is outside the log.";
const unordered = "The earlier log must have entries, and no more than the later one.";

function isEntry(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
}

function areSizes(earlier: number, later: number): boolean {
  return Number.isSafeInteger(earlier) && Number.isSafeInteger(later) && earlier >= 1 && earlier <= later;
}

/** Only hashes of one length leave no choice of where the one ends and the next begins in what is hashed. */
function requireHashes(...hashes: readonly Digest[]): void {
  if (hashes.some((hash) => hash.length !== 32)) fail("A hash has 32 bytes.");
}

function fail(message: string): never {
  throw new BeltError("PROOF_INVALID", message);
}
