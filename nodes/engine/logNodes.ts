import type { Digest } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { rootOf, type Subtree } from "../../pipeline/log/index.ts";
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

/**
 * The hash of a complete subtree of the log.
 *
 * @throws {BeltError} `STORE_FAILED` when the store does not have it
 */
export async function nodeIn(store: Pick<Store, "get" | "entries">, subtree: Subtree): Promise<Digest> {
  const { level, index } = subtree;
  if (level >= tileLevel) return (await store.get(nodeKey(subtree))) ?? gap(subtree);
  const width = 2 ** level;
  const tile = Math.floor((index * width) / tileSize);
  const first = (index * width) % tileSize;
  const leaves = (await leavesOf(store, tile)).slice(first, first + width);
  return leaves.length === width ? rootOf(leaves) : gap(subtree);
}

async function leavesOf(store: Pick<Store, "entries">, tile: number): Promise<Digest[]> {
  const leaves: Digest[] = [];
  const prefix = `${key("log/leaf", tile)}/`;
  for await (const [at, bytes] of store.entries({ prefix })) {
    if (Number(at.slice(prefix.length)) !== leaves.length) break;
    for (let from = 0; from < bytes.length; from += digestBytes) {
      leaves.push(bytes.subarray(from, from + digestBytes));
    }
  }
  return leaves;
}

function gap({ level, index }: Subtree): never {
  throw new BeltError("STORE_FAILED", "The log of receipts has a gap.", { at: nodeKey({ level, index }) });
}
