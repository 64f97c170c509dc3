import { fromHex, toHex } from "../../pipeline/bytes.ts";
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
import type { Change, Store } from "../store/index.ts";
import { keepNodes, keepSubtrees, nodeIn } from "./logNodes.ts";
import type { Ledger, LogHead } from "./ports.ts";
import { Recent } from "./recent.ts";

/** The member's append-only log of its receipts (RFC 9162), kept as the hashes of its complete subtrees. */
export interface ReceiptLog {
  head(): LogHead;
  /** The hashes of the head's complete subtrees, left to right. */
  frontier(): readonly string[];
  /** Reads what other workers of the member have appended; does nothing where there are none. */
  refresh(): Promise<void>;
  /** Why nothing may be appended: the log is not what its own anchored head is the beginning of. */
  obstacle(): BeltError | undefined;
  /**
   * Sees that the log begins with its own anchored head.
   *
   * @throws {BeltError} `LOG_BEHIND` when it is shorter, `LOG_FORKED` when it has other receipts
   */
  check(): Promise<void>;
  /**
   * The changes that append these leaf hashes, and what takes effect once they are written.
   *
   * @throws {BeltError} `LOG_BEHIND`, `LOG_FORKED`: everybody could show the contradiction to the head on the ledger
   */
  prepare(leaves: readonly Uint8Array[]): Appended;
  /**
   * Like `prepare`, for receipts that the log had before, and lost: that it is behind does not stand in their way.
   * `head` is the log with them.
   */
  regain(leaves: readonly Uint8Array[]): Appended & { readonly head: LogHead };
  /**
   * The changes that go on at an anchored head of which receipts are lost for good: all that it takes is its frontier.
   * Entries between here and there can be proved by no head after that any more.
   *
   * @returns undefined when this frontier is not the head's
   */
  skipTo(head: LogHead, frontier: readonly string[]): Appended | undefined;
  /** The proof that entry `index` is in the log of `size` entries, as 0x hashes. */
  prove(index: number, size: number): Promise<string[]>;
  /** The proof that the log of `size` entries begins with the one of `earlier`. */
  proveConsistency(earlier: number, size: number): Promise<string[]>;
}

/** The changes that make the log longer, and what takes effect once they are written. */
export interface Appended {
  readonly changes: readonly Change[];
  commit(): void;
}

const sizeKey = "log/size";

/**
 * Opens the log as the store has it.
 *
 * @param anchored gives the log as it was last anchored
 * @param shared whether other processes append to it as well
 */
export async function openReceiptLog(
  store: Store,
  anchored: Ledger["anchored"],
  shared = false,
): Promise<ReceiptLog> {
  const lookup = (subtree: Subtree): Promise<Uint8Array> => nodeIn(store, subtree);
  const storedSize = async (): Promise<number> => {
    const stored = await store.get(sizeKey);
    return stored === undefined ? 0 : Number(Buffer.from(stored).toString("latin1"));
  };
  const frontierAt = async (size: number): Promise<Frontier> =>
    frontierOf(size, await Promise.all(subtreesOf({ start: 0, end: size }).map(lookup)));
  let frontier = await frontierAt(await storedSize());
  let checked: (LogHead & { readonly holds: boolean }) | undefined;
  /** The sizes of the last heads that were asked for, by their roots: what is anchored is one of them most often. */
  const asked = new Recent<number>(16);
  /** The anchored head for which the log was read again, where others append to it. */
  let looked: string | undefined;

  async function refresh(): Promise<void> {
    if (!shared) return;
    const size = await storedSize();
    if (size <= frontier.size) return;
    const found = await frontierAt(size);
    // It may have grown by this process meanwhile.
    if (size > frontier.size) frontier = found;
  }

  /** Whether a head beyond this log may be what another worker appended, of which this one has not read yet. */
  function mayBeBehind({ root }: LogHead): boolean {
    if (!shared || looked === root) return false;
    void refresh().then(
      () => {
        looked = root;
      },
      () => {},
    );
    return true;
  }

  function obstacle(): BeltError | undefined {
    const head = anchored();
    if (head === undefined) return undefined;
    if (head.size > frontier.size) {
      if (mayBeBehind(head)) return undefined;
      const sentence = `This node's log has ${frontier.size} receipts, and ${head.size} are anchored: its store is an older copy.`;
      return new BeltError("LOG_BEHIND", sentence, { retryAfter: 60 });
    }
    if (checked?.root !== head.root || checked.holds) return undefined;
    const sentence = `This node's log has other receipts than the ${head.size} that are anchored: a copy of its store worked by itself.`;
    return new BeltError("LOG_FORKED", sentence, { retryAfter: 60 });
  }

  function appended(nodes: readonly Change[], next: Frontier): Appended {
    const size = Buffer.from(String(next.size), "latin1");
    return {
      changes: [...nodes, { type: "put", key: sizeKey, value: size }],
      commit: () => {
        frontier = next;
      },
    };
  }

  function grow(leaves: readonly Uint8Array[]): Appended & { readonly head: LogHead } {
    const grown = append(frontier, leaves);
    const head = { size: grown.frontier.size, root: toHex(grown.frontier.root) };
    return { head, ...appended(keepNodes(grown.nodes), grown.frontier) };
  }

  function skipTo({ size, root }: LogHead, hashes: readonly string[]): Appended | undefined {
    const subtrees = subtreesOf({ start: 0, end: size });
    if (hashes.length !== subtrees.length) return undefined;
    const next = frontierOf(size, hashes.map(fromHex));
    if (toHex(next.root) !== root) return undefined;
    return appended(keepSubtrees(subtrees, next.hashes), next);
  }

  return {
    head() {
      const { size } = frontier;
      const root = toHex(frontier.root);
      asked.set(root, size);
      return { size, root };
    },
    frontier: () => frontier.hashes.map(toHex),
    refresh,
    obstacle,
    async check() {
      await refresh();
      const head = anchored();
      if (head !== undefined && head.size <= frontier.size && head.root !== checked?.root) {
        const holds =
          asked.get(head.root) === head.size || toHex((await frontierAt(head.size)).root) === head.root;
        checked = { ...head, holds };
      }
      const problem = obstacle();
      if (problem !== undefined) throw problem;
    },
    prepare(leaves) {
      const problem = obstacle();
      if (problem !== undefined) throw problem;
      return grow(leaves);
    },
    regain: grow,
    skipTo,
    prove: async (index, upTo) => (await hashRanges(inclusionRanges(index, upTo), lookup)).map(toHex),
    proveConsistency: async (earlier, upTo) =>
      (await hashRanges(consistencyRanges(earlier, upTo), lookup)).map(toHex),
  };
}
