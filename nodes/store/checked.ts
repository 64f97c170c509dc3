import { crc32 } from "node:zlib";
import { BeltError } from "../../pipeline/errors.ts";
import { versionKey } from "./schema.ts";
import type { Change, Store } from "./store.ts";

const checksumBytes = 4;

/** The checksum of a record: of its key as well, so that no value can stand for another's. */
const checksumOf = (key: string, value: Uint8Array): number => crc32(value, crc32(key));

/** A value with the checksum before it. */
export function withChecksum(key: string, value: Uint8Array): Uint8Array {
  const record = Buffer.allocUnsafe(checksumBytes + value.length);
  record.writeUInt32BE(checksumOf(key, value));
  record.set(value, checksumBytes);
  return record;
}

/** The value in a record that is whole; undefined where it is not. */
export function valueIn(key: string, record: Uint8Array): Uint8Array | undefined {
  if (record.length < checksumBytes) return undefined;
  const value = record.subarray(checksumBytes);
  const stored = Buffer.from(record.buffer, record.byteOffset, checksumBytes).readUInt32BE();
  return stored === checksumOf(key, value) ? value : undefined;
}

/** A store whose records carry checksums: what was changed since it was written is never given out. */
export interface CheckedStore extends Store {
  /** The keys of records that were found damaged, the first ones. */
  damaged(): readonly string[];
}

/** Damaged records that are remembered by name. */
const mostNamed = 100;

/**
 * Puts a checksum before every value but that of the schema's version. Reading a record that was changed since it was
 * written throws BeltError `STORE_DAMAGED`, with its key; deleting it, or writing it anew, is possible.
 */
export function checkedStore(store: Store): CheckedStore {
  const damaged = new Set<string>();

  function read(key: string, record: Uint8Array): Uint8Array {
    const value = key === versionKey ? record : valueIn(key, record);
    if (value !== undefined) return value;
    if (damaged.size < mostNamed) damaged.add(key);
    throw new BeltError("STORE_DAMAGED", "A record of the store was changed since it was written.", {
      at: key,
    });
  }

  const written = (change: Change): Change =>
    change.type === "put" && change.key !== versionKey
      ? { ...change, value: withChecksum(change.key, change.value) }
      : change;

  const recordOf = (key: string, value: Uint8Array | undefined): Uint8Array | undefined =>
    value === undefined || key === versionKey ? value : withChecksum(key, value);

  return {
    async get(key) {
      const record = await store.get(key);
      return record && read(key, record);
    },
    async batch(changes, expected) {
      const records = expected && new Map([...expected].map(([key, value]) => [key, recordOf(key, value)]));
      await store.batch(changes.map(written), records);
      for (const { key } of changes) damaged.delete(key);
    },
    entries(range) {
      const entries = store.entries(range);
      return (async function* () {
        for await (const [key, record] of entries) yield [key, read(key, record)] as const;
      })();
    },
    keys: (range) => store.keys(range),
    trouble: () => store.trouble(),
    close: () => store.close(),
    damaged: () => [...damaged],
  };
}
