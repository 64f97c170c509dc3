import { toHex } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import {
  append,
  consistencyRanges,
  type Frontier,
  frontierOf,
  hashRanges,
  inclusionRanges,
  type Subtree,
  subtreesOf,
} from "../../pipeline/log/index.ts";
import { type Change, key, type Store } from "../store/index.ts";

/** A head of the log: what is anchored. */
export interface Head {
  readonly size: number;
  readonly root: string;
}

/** The member's append-only log of its receipts (RFC 9162), kept as the hashes of its complete subtrees. */
export interface ReceiptLog {
  head(): Head;
  /** How many receipts the anchored log has that this one has not: those since an older copy of the store. */
  behind(): number;
  /**
   * The changes that append these leaf hashes, and what takes effect once they are written.
   *
   * @throws {BeltError} `LOG_BEHIND`: what would be appended is in another place of the anchored log
   */
  prepare(leaves: readonly Uint8Array[]): { readonly changes: readonly Change[]; commit(): void };
  /** The proof that entry `index` is in the log of `size` entries, as 0x hashes. */
  prove(index: number, size: number): Promise<string[]>;
  /** The proof that the log of `size` entries begins with the one of `earlier`. */
  proveConsistency(earlier: number, size: number): Promise<string[]>;
}

const nodeKey = ({ level, index }: Subtree): string => key("log/node", level, index);
const sizeKey = "log/size";

/**
 * Opens the log as the store has it.
 *
 * @param anchored gives the size of the log as it was last anchored
 */
export async function openReceiptLog(store: Store, anchored: () => number): Promise<ReceiptLog> {
  const lookup = async (subtree: Subtree): Promise<Uint8Array> => {
    const hash = await store.get(nodeKey(subtree));
    if (hash === undefined) {
      throw new BeltError("STORE_FAILED", "The log of receipts has a gap.", { at: nodeKey(subtree) });
    }
    return hash;
  };
  const stored = await store.get(sizeKey);
  const size = stored === undefined ? 0 : Number(Buffer.from(stored).toString("latin1"));
  let frontier: Frontier = frontierOf(
    size,
    await Promise.all(subtreesOf({ start: 0, end: size }).map(lookup)),
  );
  return {
    head: () => ({ size: frontier.size, root: toHex(frontier.root) }),
    behind: () => Math.max(0, anchored() - frontier.size),
    prepare(leaves) {
      if (anchored() > frontier.size) throw isBehind(anchored(), frontier.size);
      const grown = append(frontier, leaves);
      const changes = grown.nodes.map(
        (node): Change => ({ type: "put", key: nodeKey(node), value: node.hash }),
      );
      changes.push({ type: "put", key: sizeKey, value: Buffer.from(String(grown.frontier.size), "latin1") });
      return {
        changes,
        commit: () => {
          frontier = grown.frontier;
        },
      };
    },
    prove: async (index, upTo) => (await hashRanges(inclusionRanges(index, upTo), lookup)).map(toHex),
    proveConsistency: async (earlier, upTo) =>
      (await hashRanges(consistencyRanges(earlier, upTo), lookup)).map(toHex),
  };
}

/** Why nothing can be appended: everybody could show the contradiction to the head that is on the ledger. */
export const isBehind = (anchored: number, size: number): BeltError =>
  new BeltError(
    "LOG_BEHIND",
    `This node's log has ${size} receipts, and ${anchored} are anchored: its store is an older copy.`,
    { retryAfter: 60 },
  );
