import { open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { BeltError } from "../../pipeline/errors.ts";

/** Writes a new file that only its owner can read, and brings it to the disk. Fails where one is already. */
export async function writePrivate(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads a file of secrets, after a look at who else could.
 *
 * @throws {BeltError} `KEYS_MISSING`, `KEYS_EXPOSED`, `FILE_UNREADABLE`
 */
export async function readPrivate(file: string): Promise<Buffer> {
  try {
    // Windows keeps rights in another way; there the folder's own protection must do.
    if (process.platform !== "win32") await refuseExposed([dirname(file), file]);
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof BeltError) throw cause;
    const absent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw absent
      ? new BeltError("KEYS_MISSING", "There are no keys here.", { at: file, cause })
      : new BeltError("FILE_UNREADABLE", "The keys cannot be read.", { at: file, cause });
  }
}

async function refuseExposed(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      const rights = (mode & 0o777).toString(8).padStart(3, "0");
      throw new BeltError("KEYS_EXPOSED", `Other users of this machine may open the keys (mode ${rights}).`, {
        at: path,
      });
    }
  }
}

/** Brings a folder's own entries to the disk, so that a new file in it survives a crash of the machine. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
