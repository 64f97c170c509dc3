import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the network keeps what it has. */
export interface Data {
  readonly folder: string;
  /** Whether it goes when the network stops. */
  readonly temporary: boolean;
  /**
   * Removes the folder if it is temporary; unless something went wrong and there are logs that may say what.
   *
   * @returns the folder, if it was left there for its logs
   */
  leave(wentWrong: boolean): Promise<string | undefined>;
}

/** @param named - the folder that is to be kept; a temporary one when absent */
export async function dataOf(named: string | undefined): Promise<Data> {
  if (named !== undefined) return { folder: named, temporary: false, leave: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), "belt-up-"));
  return {
    folder,
    temporary: true,
    async leave(wentWrong) {
      if (wentWrong && (await hasLogs(folder))) return folder;
      await rm(folder, { recursive: true, force: true });
      return undefined;
    },
  };
}

async function hasLogs(folder: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true });
  const logs = names.filter((name) => name.endsWith(".log"));
  const sizes = await Promise.all(logs.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.some((size) => size > 0);
}
