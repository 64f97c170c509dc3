import { type Digest, sha256 } from "../bytes.ts";
import { BeltError } from "../errors.ts";

// RFC 9162, section 2.1.1: leaves and nodes are hashed apart, so that a node can never pass as a leaf.
const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = Uint8Array.of(0x01);

export const leafHash = (entry: Uint8Array): Digest => sha256(leafPrefix, entry);
export const nodeHash = (left: Digest, right: Digest): Digest => sha256(nodePrefix, left, right);
/** The root of the log without entries (RFC 9162, section 2.1.1). */
export const emptyRoot: Digest = sha256(new Uint8Array(0));

/** A complete subtree: the 2^level leaves from `index · 2^level` on. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The leaves from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The largest power of two not above `number`, from 1 to 2^53 - 1. Exact, as a logarithm near 2^49 is not. */
export function powerWithin(number: number): number {
  let power = 1;
  while (power * 2 <= number) power *= 2;
  return power;
}

/** The largest power of two below `size` (for size > 1): where RFC 9162 splits a tree. */
export function split(size: number): number {
  return powerWithin(size - 1);
}

/** The complete subtrees that make up a range, left to right; the range starts where RFC 9162's splits do. */
export function subtreesOf({ start, end }: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let from = start; from < end; ) {
    const width = powerWithin(end - from);
    subtrees.push({ level: Math.log2(width), index: from / width });
    from += width;
  }
  return subtrees;
}

/** The hash of a range from the hashes of its complete subtrees, left to right. */
export function foldSubtrees(hashes: readonly Digest[]): Digest {
  const last = hashes.at(-1);
  if (last === undefined) return emptyRoot;
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** The root over leaf hashes, all at hand (RFC 9162, section 2.1.1). */
export function rootOf(leaves: readonly Digest[]): Digest {
  return append(emptyFrontier, leaves).frontier.root;
}

/** The right edge of a log: all that appending needs. */
export interface Frontier {
  readonly size: number;
  /** The hashes of the complete subtrees of the whole log, left to right. */
  readonly hashes: readonly Digest[];
  readonly root: Digest;
}

export const emptyFrontier: Frontier = { size: 0, hashes: [], root: emptyRoot };

/**
 * A frontier from what a store kept: the hashes of `subtreesOf({ start: 0, end: size })`.
 *
 * @throws {BeltError} `PROOF_INVALID` when there are more or fewer of them
 */
export function frontierOf(size: number, hashes: readonly Digest[]): Frontier {
  if (hashes.length !== subtreesOf({ start: 0, end: size }).length) {
    throw new BeltError("PROOF_INVALID", "A log has one complete subtree for each bit of its size.");
  }
  return { size, hashes, root: foldSubtrees(hashes) };
}

/**
 * Appends leaf hashes; `nodes` are the subtrees that became complete, the leaves themselves (level 0) included:
 * whoever keeps them can prove any entry with a handful of look-ups.
 */
export function append(
  frontier: Frontier,
  leaves: readonly Digest[],
): { frontier: Frontier; nodes: readonly (Subtree & { hash: Digest })[] } {
  const hashes = [...frontier.hashes];
  const nodes: (Subtree & { hash: Digest })[] = [];
  let size = frontier.size;
  for (const leaf of leaves) {
    nodes.push({ level: 0, index: size, hash: leaf });
    let hash = leaf;
    size++;
    for (let level = 1; size % 2 ** level === 0; level++) {
      const left = hashes.pop();
      if (left === undefined) throw new BeltError("PROOF_INVALID", "The log's right edge has a gap.");
      hash = nodeHash(left, hash);
      nodes.push({ level, index: size / 2 ** level - 1, hash });
    }
    hashes.push(hash);
  }
  return { frontier: frontierOf(size, hashes), nodes };
}
