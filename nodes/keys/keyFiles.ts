import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readPrivate, syncFolder, writePrivate } from "./privateFile.ts";

/** The files that a node's keys are in. */
const names = ["identity.json", "api-token"] as const;

/**
 * The files of a node's keys as they are: where they are under a passphrase they stay so.
 *
 * @throws {BeltError} `KEYS_MISSING`, `KEYS_EXPOSED`, `FILE_UNREADABLE`
 */
export function readKeyFiles(folder: string): Promise<(readonly [name: string, bytes: Uint8Array])[]> {
  return Promise.all(
    names.map(async (name) => [name, await readPrivate(join(folder, "keys", name))] as const),
  );
}

/** Writes the files of keys that are not there: the folder appears with all of them. Other names are left out. */
export async function writeKeyFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const draft = join(folder, "keys.draft");
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  for (const name of names) {
    const bytes = files.get(name);
    if (bytes !== undefined) await writePrivate(join(draft, name), bytes);
  }
  await syncFolder(draft);
  await rename(draft, join(folder, "keys"));
  await syncFolder(folder);
}
