import { z } from "zod";
import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { applyBlock, createIndex, HashText, type LedgerIndex } from "../../pipeline/index/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import { LedgerIdentity } from "./identity.ts";
import type { ReadBlock } from "./readRange.ts";
import { pause } from "./waiting.ts";

const Block = z.strictObject({
  number: z.int().nonnegative(),
  hash: HashText,
  parentHash: HashText,
  at: z.int().nonnegative(),
});
/** Events are parsed where they are applied. */
const BlockWithEvents = Block.extend({ events: z.array(z.unknown()) });

const identityKey = "ledger/identity";
const cursorKey = "ledger/cursor";
const blocksPrefix = "ledger/blocks/";
const blockKey = (number: number) => `${blocksPrefix}${key(number)}`;

/** Milliseconds for which blocks are gathered: nobody waits for them, and each write holds up all others of the node. */
const gathering = 250;

/** So many blocks are written at once. */
const mostGathered = 1_000;

/** Without events, the place is written down only every so many blocks: the next start reads on from there. */
const cursorEvery = 1_000;

/** What was read of the ledger: the blocks with events, and up to where. Deleting it costs a new reading, no more. */
export interface BlockStore {
  /** The ledger that it is of; undefined when nothing was read yet. */
  readonly identity: LedgerIdentity | undefined;
  /** Gives the index of what was kept; an empty one when it cannot be read, which then is deleted. */
  load(): Promise<LedgerIndex>;
  /** Starts anew with a ledger. */
  begin(identity: LedgerIdentity): Promise<void>;
  /** Keeps the blocks that were read, oldest first, before long: what is lost with the process is read again. */
  append(blocks: readonly ReadBlock[]): Promise<void>;
  /** Forgets the blocks above a number. */
  truncate(number: number): Promise<void>;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

/**
 * Opens what a store has of the ledger.
 *
 * @param store - nothing is kept without one
 * @param onDamaged - is told why what was kept could not be used
 * @param signal - ends gathering
 */
export async function openBlockStore(
  store: Store | undefined,
  { onDamaged, signal }: { onDamaged(error: unknown): void; readonly signal: AbortSignal },
): Promise<BlockStore> {
  const read = async <Schema extends z.ZodType>(schema: Schema, at: string) => {
    const bytes = await store?.get(at);
    return bytes && schema.parse(parse(bytes));
  };
  let identity: LedgerIdentity | undefined;
  try {
    identity = await read(LedgerIdentity, identityKey);
  } catch (error) {
    onDamaged(error);
  }
  let written = -1;
  /** What is to be written: the blocks, and the last one that was read. What fails is left to the next write. */
  let unwritten: ReadBlock[] = [];
  let cursor: ReadBlock | undefined;
  let stale: number | undefined;
  let writing: Promise<void> = Promise.resolve();
  let gathers = false;

  const deletions = async (from: number): Promise<Change[]> => {
    const changes: Change[] = [];
    if (!store) return changes;
    for await (const each of store.keys({ prefix: blocksPrefix, after: from < 0 ? "" : blockKey(from) })) {
      changes.push({ type: "del", key: each });
    }
    return changes;
  };

  const write = async () => {
    const [blocks, last, above] = [unwritten, cursor, stale];
    if (last === undefined && above === undefined) return;
    const old = above === undefined ? [] : await deletions(above);
    const place: Change =
      last === undefined ? { type: "del", key: cursorKey } : put(cursorKey, placeOf(last));
    await store?.batch([...old, ...blocks.map((block) => put(blockKey(block.number), block)), place]);
    unwritten = unwritten.slice(blocks.length);
    if (cursor === last) cursor = undefined;
    stale = undefined;
  };

  /** Does something once nothing is being written, and writes what there is then. */
  const flush = (before = () => {}): Promise<void> => {
    writing = writing
      .catch(() => {})
      .then(before)
      .then(write);
    return writing;
  };

  const gather = async () => {
    if (gathers) return;
    gathers = true;
    await pause(gathering, signal);
    gathers = false;
    // The store says itself when it fails.
    if (!signal.aborted) await flush().catch(() => {});
  };

  const replay = async (): Promise<LedgerIndex> => {
    const index = createIndex();
    if (!store || !identity) return index;
    for await (const [, bytes] of store.entries({ prefix: blocksPrefix })) {
      applyBlock(index, BlockWithEvents.parse(parse(bytes)));
    }
    const cursor = await read(Block, cursorKey);
    if (cursor && cursor.number > (index.view.head?.number ?? -1))
      applyBlock(index, { ...cursor, events: [] });
    written = index.view.head?.number ?? -1;
    return index;
  };

  return {
    get identity() {
      return identity;
    },

    async load() {
      try {
        return await replay();
      } catch (error) {
        onDamaged(error);
        await store?.batch([...(await deletions(-1)), { type: "del", key: cursorKey }]);
        return createIndex();
      }
    },

    async begin(found) {
      await store?.batch([
        ...(await deletions(-1)),
        { type: "del", key: cursorKey },
        put(identityKey, found),
      ]);
      identity = found;
    },

    async append(blocks) {
      const last = blocks.at(-1);
      if (!last) return;
      unwritten.push(...blocks.filter((block) => block.events.length > 0));
      if (unwritten.length === 0 && stale === undefined && last.number < written + cursorEvery) return;
      cursor = last;
      written = last.number;
      if (unwritten.length < mostGathered) void gather();
      else await flush();
    },

    async truncate(number) {
      await flush(() => {
        stale = Math.min(stale ?? number, number);
        unwritten = unwritten.filter((block) => block.number <= number);
        cursor = undefined;
        written = Math.min(written, number);
      });
    },

    close: () => flush().catch(() => {}),
  };
}

const placeOf = ({ number, hash, parentHash, at }: ReadBlock) => ({ number, hash, parentHash, at });

function put(at: string, value: object): Change {
  return { type: "put", key: at, value: utf8(JSON.stringify(value, inText)) };
}

/** JSON has no large numbers: they are written as text, and the event's schema reads them again. */
function inText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (cause) {
    throw new BeltError("JSON_INVALID", "What was kept of the ledger is no JSON.", { cause });
  }
}
