import { fromHex, toHex } from "../../pipeline/bytes.ts";
import {
  append,
  consistencyRanges,
  emptyFrontier,
  hashRanges,
  inclusionRanges,
  type Lookup,
  leafHash,
  type Subtree,
} from "../../pipeline/log/index.ts";

/** Entries that are all different. */
export const entriesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(`entry ${index}`));

/** A log of `count` different entries with everything that proofs are made of. */
export function logOf(count: number) {
  const entries = entriesOf(count);
  const leaves = entries.map(leafHash);
  const { frontier, nodes } = append(emptyFrontier, leaves);
  const kept = new Map(nodes.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
  const lookup: Lookup = ({ level, index }: Subtree) => {
    const hash = kept.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`no complete subtree ${level}/${index}`);
    return hash;
  };
  const heads = [emptyFrontier];
  for (const leaf of leaves) heads.push(append(heads.at(-1) ?? emptyFrontier, [leaf]).frontier);
  return {
    entries,
    leaves,
    frontier,
    nodes,
    lookup,
    /** The head that the log had at a size. */
    head(size: number) {
      const head = heads[size];
      if (head === undefined) throw new RangeError(`the log never had ${size} entries`);
      return { size, root: head.root };
    },
    inclusion: (index: number, size: number) => hashRanges(inclusionRanges(index, size), lookup),
    consistency: (earlier: number, size: number) => hashRanges(consistencyRanges(earlier, size), lookup),
  };
}

/** The bytes with one bit turned round. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const place = Math.floor(bit / 8) % bytes.length;
  copy[place] = (copy[place] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

export const hex = (bytes: Uint8Array): string => toHex(bytes).slice(2);
export const bytesOf = (text: string): Uint8Array => fromHex(text);
