import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { BeltError } from "../../pipeline/errors.ts";
import { describeIdentity } from "../identity.ts";
import { readKeyFiles } from "../keys/index.ts";
import { type BackupHeader, type BackupRecord, readBackup, writeBackup } from "./format.ts";

export interface WrittenBackup extends BackupHeader {
  readonly entries: number;
  readonly bytes: number;
}

export interface BackupFileParts {
  /** A backup of the store, as the node gives it. */
  readonly store: AsyncIterable<Uint8Array>;
  readonly file: string;
  /** The data folder of which the keys go with it; without them when undefined. */
  readonly keysOf: string | undefined;
}

/**
 * Writes a backup to a new file that only its owner can read, and reads it back from the disk.
 *
 * @throws {BeltError} `FILE_UNREADABLE`, `BACKUP_DAMAGED`, `BACKUP_FOREIGN`, and what reading the keys throws
 */
export async function writeBackupFile({ store, file, keysOf }: BackupFileParts): Promise<WrittenBackup> {
  const keys = keysOf === undefined ? [] : await readKeyFiles(keysOf);
  const { header, records } = await readBackup(store, "the node's answer");
  if (keysOf !== undefined) await requireMember(keysOf, header.member, keysOf);
  const handle = await open(file, "wx", 0o600).catch((cause: unknown) => {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const problem = exists ? "There is a file of this name already." : "The file cannot be written.";
    throw new BeltError("FILE_UNREADABLE", problem, { at: file, cause });
  });
  try {
    try {
      for await (const piece of writeBackup(header, withKeys(keys, records))) await handle.write(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await checkBackup(file);
  } catch (error) {
    await rm(file, { force: true });
    if (error instanceof BeltError) throw error;
    throw new BeltError("FILE_UNREADABLE", "The file cannot be written.", { at: file, cause: error });
  }
}

/** @throws {BeltError} `BACKUP_FOREIGN` when the keys in a data folder are another member's, and what reading them throws */
export async function requireMember(data: string, member: string, at: string): Promise<void> {
  const { address } = await describeIdentity(data);
  if (address === member) return;
  throw new BeltError("BACKUP_FOREIGN", `The store is of member ${member}, the keys are of ${address}.`, {
    at,
  });
}

async function* withKeys(
  keys: readonly (readonly [name: string, bytes: Uint8Array])[],
  records: AsyncIterable<BackupRecord>,
): AsyncIterable<BackupRecord> {
  for (const [name, value] of keys) yield { kind: "key", name, value };
  yield* records;
}

/** Opens the backup in a file. @throws {BeltError} `FILE_UNREADABLE`, and like `readBackup` */
export function readBackupFile(file: string) {
  return readBackup(piecesOf(file), file);
}

async function* piecesOf(file: string): AsyncIterable<Uint8Array> {
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) yield piece;
  } catch (cause) {
    throw new BeltError("FILE_UNREADABLE", "The backup cannot be read.", { at: file, cause });
  }
}

/**
 * Reads a backup to its end, without using it.
 *
 * @throws {BeltError} `FILE_UNREADABLE`, `BACKUP_DAMAGED`, `BACKUP_UNKNOWN`
 */
export async function checkBackup(file: string): Promise<WrittenBackup> {
  const { header, records } = await readBackupFile(file);
  let [entries, bytes] = [0, 0];
  for await (const { kind, name, value } of records) {
    if (kind === "entry") entries++;
    bytes += name.length + value.length;
  }
  return { ...header, entries, bytes };
}
