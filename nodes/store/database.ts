import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { BeltError } from "../../pipeline/errors.ts";
import type { Bounds } from "./bounds.ts";
import { requireWholeJournal } from "./journal.ts";
import type { Change } from "./store.ts";

/** What the store needs of the Level database underneath. */
export interface Database {
  get(key: string): Promise<Uint8Array | undefined>;
  batch(changes: Change[], options: { readonly sync: true }): Promise<void>;
  iterator(bounds: Bounds): AsyncIterable<[string, Uint8Array]>;
  keys(bounds: Bounds): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Bytes of its journal, all of which are in memory too, before Level sorts them into a file: twice its own measure, since most
 * of what a node keeps is gone again soon, and what is sorted is written several times over. Four such files are merged at a
 * time, mapped into memory: at three times the measure a large store took 25 MB more, and was no faster.
 */
const journalBytes = 8 * 1024 * 1024;

/**
 * Level maps its sorted files of 2 MB into memory, and keeps a thousand of them so unless told otherwise: what it reads
 * of them would be the process's memory, which would grow with the store.
 */
const mostFilesOpen = 32;

/**
 * Opens the database in a folder, once its journal is known to be whole.
 *
 * @throws {BeltError} `STORE_LOCKED`, `STORE_DAMAGED`, `STORE_FAILED`
 */
export async function openDatabase(folder: string): Promise<Database> {
  await requireWholeJournal(folder);
  const level = new ClassicLevel<string, Uint8Array>(folder, {
    ...{ keyEncoding: "utf8", valueEncoding: "view" },
    ...{ writeBufferSize: journalBytes, maxOpenFiles: mostFilesOpen },
  });
  try {
    await level.open();
  } catch (cause) {
    if (codesOf(cause).includes("LEVEL_LOCKED")) {
      throw new BeltError("STORE_LOCKED", "Another process has the node's store open.", {
        at: folder,
        cause,
      });
    }
    throw new BeltError("STORE_FAILED", "The node's store cannot be opened.", { at: folder, cause });
  }
  return {
    // What is looked up mostly is in memory: handing it to a thread and back takes ten times as long as the look itself.
    get: async (key) => level.getSync(key),
    batch: (changes, options) => level.batch(changes, options),
    iterator: (bounds) => level.iterator(bounds),
    keys: (bounds) => level.keys(bounds),
    close: () => level.close(),
  };
}

/** More than a database writes to begin anew: its journal once more. */
const probeBytes = 2 * journalBytes;

/** Whether the disk under a folder takes data: writes some to a file of its own, and removes it. */
export async function takesData(folder: string): Promise<boolean> {
  const path = join(folder, "probe");
  try {
    const file = await open(path, "w");
    try {
      await file.writeFile(Buffer.alloc(probeBytes));
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch {
    return false;
  } finally {
    await rm(path, { force: true }).catch(() => {});
  }
}

/** The library's error in the product's words. */
export function inWords(cause: unknown): BeltError {
  if (cause instanceof BeltError) return cause;
  const codes = codesOf(cause);
  if (codes.includes("LEVEL_DATABASE_NOT_OPEN") || codes.includes("LEVEL_ITERATOR_NOT_OPEN")) {
    return new BeltError("STORE_CLOSED", "The store is closed.", { cause });
  }
  return new BeltError("STORE_FAILED", `The node's store fails: ${wordsOf(cause)}`, { cause });
}

/** What the system said, such as `No space left on device`; the library's own words come before it. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : wordsOf(error.cause);
}

/** The codes of an error and of those that caused it. */
function codesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  return ["code" in error ? error.code : undefined, ...codesOf(error.cause)];
}
