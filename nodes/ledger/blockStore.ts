import { z } from "zod";
import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { applyBlock, createIndex, HashText, type LedgerIndex } from "../../pipeline/index/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import { LedgerIdentity } from "./identity.ts";
import type { ReadBlock } from "./readRange.ts";

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
  /** Keeps the blocks that were read, oldest first. */
  append(blocks: readonly ReadBlock[]): Promise<void>;
  /** Forgets the blocks above a number. */
  truncate(number: number): Promise<void>;
}

/**
 * Opens what a store has of the ledger.
 *
 * @param store - nothing is kept without one
 * @param onDamaged - is told why what was kept could not be used
 */
export async function openBlockStore(
  store: Store | undefined,
  onDamaged: (error: unknown) => void,
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
  /** What a failed write left undone; the next one makes up for it. */
  let unwritten: ReadBlock[] = [];
  let stale: number | undefined;

  const deletions = async (from: number): Promise<Change[]> => {
    const changes: Change[] = [];
    if (!store) return changes;
    for await (const each of store.keys({ prefix: blocksPrefix, after: from < 0 ? "" : blockKey(from) })) {
      changes.push({ type: "del", key: each });
    }
    return changes;
  };

  const write = async (cursor: readonly Change[]) => {
    const old = stale === undefined ? [] : await deletions(stale);
    await store?.batch([...old, ...unwritten.map((block) => put(blockKey(block.number), block)), ...cursor]);
    unwritten = [];
    stale = undefined;
  };

  const replay = async (): Promise<LedgerIndex> => {
    const index = createIndex();
    if (!store || !identity) return index;
    // Before the blocks: another worker of the member may write meanwhile, and the place that it then came to would stand
    // above blocks that were not read.
    const cursor = await read(Block, cursorKey);
    for await (const [, bytes] of store.entries({ prefix: blocksPrefix })) {
      applyBlock(index, BlockWithEvents.parse(parse(bytes)));
    }
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
      const { number, hash, parentHash, at } = last;
      await write([put(cursorKey, { number, hash, parentHash, at })]);
      written = number;
    },

    async truncate(number) {
      stale = Math.min(stale ?? number, number);
      unwritten = unwritten.filter((block) => block.number <= number);
      await write([{ type: "del", key: cursorKey }]);
      written = Math.min(written, number);
    },
  };
}

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
