import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { BeltError } from "../../pipeline/errors.ts";
import { syncFolder, writeKeyFiles } from "../keys/index.ts";
import { type StorePlace, storeFolder } from "../nodeStore.ts";
import {
  beginRestoring,
  type Change,
  checkedStore,
  markRestored,
  openLevelStore,
  openPostgresStore,
  placeOf,
  requireRestored,
  type Store,
} from "../store/index.ts";
import { checkBackup, readBackupFile, requireMember, type WrittenBackup } from "./file.ts";
import type { OpenedBackup } from "./format.ts";

/** One batch of what is restored: entries, and bytes. */
const portion = { entries: 1_024, bytes: 8 * 1024 * 1024 };

/**
 * Restores a node's store, and its keys where they are in the backup and not there already. The whole backup is checked
 * before anything is written; the store appears complete or not at all.
 *
 * @throws {BeltError} `FILE_UNREADABLE`, `BACKUP_DAMAGED`, `BACKUP_UNKNOWN`, `BACKUP_FOREIGN` where the keys are another
 *   member's, `STORE_EXISTS`, `KEYS_MISSING`
 */
export async function restoreBackup(file: string, { data, store }: StorePlace): Promise<WrittenBackup> {
  const backup = await checkBackup(file);
  await (store === undefined ? intoFolder(data, file, backup) : intoDatabase(store, { data, file, backup }));
  return backup;
}

async function intoFolder(data: string, file: string, backup: WrittenBackup): Promise<void> {
  const final = storeFolder(data);
  if (await exists(final)) throw new BeltError("STORE_EXISTS", "There is a store already.", { at: final });
  await mkdir(data, { recursive: true, mode: 0o700 });
  const draft = join(data, "store.draft");
  await rm(draft, { recursive: true, force: true });
  try {
    const opened = await readBackupFile(file);
    const keys = await fill(await openLevelStore(draft, { handedOver: true }), opened);
    await settleKeys(data, keys, { member: backup.member, file });
    await rename(draft, final);
    await syncFolder(data);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** What is in the database before the end is used by nobody, and is gone when it is begun again. */
async function intoDatabase(
  url: string,
  { data, file, backup }: { readonly data: string; readonly file: string; readonly backup: WrittenBackup },
): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const store = await openPostgresStore(url, { handedOver: true });
  try {
    await makeEmpty(store, placeOf(url));
    await store.batch([beginRestoring]);
  } catch (error) {
    await store.close();
    throw error;
  }
  const keys = await fill(store, await readBackupFile(file));
  await settleKeys(data, keys, { member: backup.member, file });
}

/** @throws {BeltError} `STORE_EXISTS` when there is more than an earlier restore has left that was broken off */
async function makeEmpty(store: Store, at: string): Promise<void> {
  const broken = await requireRestored(store, at).then(
    () => false,
    () => true,
  );
  for (;;) {
    const keys = await Array.fromAsync(store.keys({ prefix: "", limit: portion.entries }));
    if (keys.length === 0) return;
    if (!broken) throw new BeltError("STORE_EXISTS", "There is a store already.", { at });
    const last = keys.length < portion.entries;
    // What says that it was broken off goes with the last of it.
    const gone = last ? keys : keys.filter((key) => key !== beginRestoring.key);
    await store.batch(gone.map((key) => ({ type: "del", key })));
  }
}

/** Fills a new store; gives the files of the keys that are in the backup. */
async function fill(below: Store, { header, records }: OpenedBackup): Promise<Map<string, Uint8Array>> {
  const keys = new Map<string, Uint8Array>();
  const store = checkedStore(below);
  try {
    let batch: Change[] = [];
    let bytes = 0;
    for await (const { kind, name, value } of records) {
      if (kind === "key") {
        keys.set(name, value);
        continue;
      }
      batch.push({ type: "put", key: name, value });
      bytes += value.length;
      if (batch.length < portion.entries && bytes < portion.bytes) continue;
      await store.batch(batch);
      batch = [];
      bytes = 0;
    }
    await store.batch(batch);
    await markRestored(store, { at: header.at, now: Date.now() });
  } finally {
    await store.close();
  }
  return keys;
}

/** Keys that are there already stay as they are. */
async function settleKeys(
  data: string,
  keys: ReadonlyMap<string, Uint8Array>,
  { member, file }: { readonly member: string; readonly file: string },
): Promise<void> {
  if (keys.size > 0 && !(await exists(join(data, "keys")))) await writeKeyFiles(data, keys);
  await requireMember(data, member, file);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
