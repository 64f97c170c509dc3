import type { BeltError } from "../../pipeline/errors.ts";

/** One change of a store. Keys are printable ASCII, segments joined by "/", numbers padded so that they sort. */
export type Change =
  | { readonly type: "put"; readonly key: string; readonly value: Uint8Array }
  | { readonly type: "del"; readonly key: string };

/** The values that must stand under these keys for a batch to be applied; undefined where there must be none. */
export type Expectation = ReadonlyMap<string, Uint8Array | undefined>;

export interface Range {
  readonly prefix: string;
  /** Only keys that sort after this one. */
  readonly after?: string;
  readonly limit?: number;
}

/** What stores that outlast their process have in common. */
export interface StoreOptions {
  /** Is told how many milliseconds each write took until it was on the disk. */
  readonly synced?: ((milliseconds: number) => void) | undefined;
  /**
   * Whether the bytes that are put are handed over: nobody changes them any more, and the store keeps no copy. So it is
   * below `checkedStore`, which makes a record of every value.
   */
  readonly handedOver?: boolean;
  /** Milliseconds between two attempts to write again after a failure: the first pause, and the longest. */
  readonly rest?: { readonly least: number; readonly most: number };
}

/**
 * What a node keeps: ordered keys with bytes. Every implementation passes test/support/storeCompliance.ts. Bytes are
 * the store's own copy on the way in, and the caller's on the way out.
 *
 * Everything but `close` throws BeltError `STORE_CLOSED` once the store is closed, and `STORE_FAILED` when the
 * disk fails, `STORE_DAMAGED` where a record is not as it was written.
 */
export interface Store {
  get(key: string): Promise<Uint8Array | undefined>;
  /**
   * Applies all changes or none; when it resolves they survive a crash of the process and the machine, and when it
   * rejects there is nothing of them. As long as a failing disk does not say which it is, it does neither.
   *
   * @throws {BeltError} `STORE_CONFLICT` with the key, when something else stands there than is expected; whoever else
   *   has the store open cannot change it between this look and the changes
   */
  batch(changes: readonly Change[], expected?: Expectation): Promise<void>;
  /** The entries under a prefix in the order of their keys, as they were when this was called. */
  entries(range: Range): AsyncIterable<readonly [key: string, value: Uint8Array]>;
  keys(range: Range): AsyncIterable<string>;
  /** Why nothing can be written at the moment, such as a full disk; undefined while it can. It is tried again by itself. */
  trouble(): BeltError | undefined;
  close(): Promise<void>;
}
