import type { Digest } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { nodeHash, rootOf, type Subtree } from "../../pipeline/log/index.ts";
import { type Change, key, type Store } from "../store/index.ts";

/** A complete subtree of the log with its hash. */
type Node = Subtree & { readonly hash: Digest };

/**
 * Nodes of this level and above have a record each. What is below is computed when it is asked for, from the leaves of
 * its tile: proofs are rare, and two records for every receipt are what a store spends most of its time on.
 */
export const tileLevel = 6;
const tileSize = 2 ** tileLevel;
const digestBytes = 32;

const nodeKey = ({ level, index }: Subtree): string => key("log/node", level, index);
/** Where the leaves are that were appended together from this one on. */
export const leafKey = (index: number): string =>
  key("log/leaf", Math.floor(index / tileSize), index % tileSize);

/** The changes that keep the subtrees that became complete when a log grew, in the order of `append`. */
export function keepNodes(nodes: readonly Node[]): Change[] {
  const changes: Change[] = [];
  const leaves = nodes.filter(({ level }) => level === 0);
  for (const tile of Map.groupBy(leaves, ({ index }) => Math.floor(index / tileSize)).values()) {
    const hashes = tile.map(({ hash }) => hash);
    changes.push({ type: "put", key: leafKey(tile[0]?.index ?? 0), value: Buffer.concat(hashes) });
  }
  for (const node of nodes) {
    if (node.level >= tileLevel) changes.push({ type: "put", key: nodeKey(node), value: node.hash });
  }
  return changes;
}

/** The changes that keep the complete subtrees of a log of which leaves are lost, with their hashes. */
export function keepSubtrees(subtrees: readonly Subtree[], hashes: readonly Digest[]): Change[] {
  return subtrees.flatMap((subtree, place): Change[] => {
    const hash = hashes[place];
    return hash === undefined ? [] : [{ type: "put", key: nodeKey(subtree), value: hash }];
  });
}

/**
 * The hash of a complete subtree of the log.
 *
 * @throws {BeltError} `STORE_FAILED` when the store does not have it
 */
export async function nodeIn(store: Pick<Store, "get" | "entries">, subtree: Subtree): Promise<Digest> {
  const { level, index } = subtree;
  if (level >= tileLevel) return (await store.get(nodeKey(subtree))) ?? gap(subtree);
  const leaves = await leavesOf(store, Math.floor((index * 2 ** level) / tileSize));
  return (await within(subtree, leaves, store)) ?? gap(subtree);
}

/** A subtree's hash from its leaves; where some are lost, from what was complete when the log went on without them. */
async function within(
  subtree: Subtree,
  leaves: ReadonlyMap<number, Digest>,
  store: Pick<Store, "get">,
): Promise<Digest | undefined> {
  const { level, index } = subtree;
  const width = 2 ** level;
  const first = (index * width) % tileSize;
  const own = Array.from({ length: width }, (_, place) => leaves.get(first + place)).filter(isThere);
  if (own.length === width) return rootOf(own);
  const kept = await store.get(nodeKey(subtree));
  if (kept !== undefined || level === 0) return kept;
  const left = await within({ level: level - 1, index: 2 * index }, leaves, store);
  const right = await within({ level: level - 1, index: 2 * index + 1 }, leaves, store);
  return left && right && nodeHash(left, right);
}

const isThere = (leaf: Digest | undefined): leaf is Digest => leaf !== undefined;

/** What there is of a tile's leaves, by their places in it. */
async function leavesOf(store: Pick<Store, "entries">, tile: number): Promise<ReadonlyMap<number, Digest>> {
  const leaves = new Map<number, Digest>();
  const prefix = `${key("log/leaf", tile)}/`;
  for await (const [at, bytes] of store.entries({ prefix })) {
    let place = Number(at.slice(prefix.length));
    for (let from = 0; from < bytes.length; from += digestBytes) {
      leaves.set(place++, bytes.subarray(from, from + digestBytes));
    }
  }
  return leaves;
}

function gap({ level, index }: Subtree): never {
  throw new BeltError("STORE_FAILED", "The log of receipts has a gap.", { at: nodeKey({ level, index }) });
}
