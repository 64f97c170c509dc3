import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BeltError } from "../../pipeline/errors.ts";
import { createIdentity, type Identity, openIdentity } from "../identity.ts";
import { Deployment } from "../ledger/index.ts";
import { parseJson, parseWith } from "../parse.ts";

/** The folder of a local network: what it keeps from one start to the next. */
export interface DataFolder {
  readonly path: string;
  /** Where the contracts were when this folder was last used. */
  readonly deployment: Deployment | undefined;
  /** A member's own folder: its configuration, keys, store, sources' databases and logs. */
  memberFolder(name: string): string;
  /** A member's keys; they are made when there are none, and kept. */
  identity(name: string): Promise<Identity>;
  keepDeployment(deployment: Deployment): Promise<void>;
  /** Puts a member's store out of the way of a new ledger; gives its new place, or nothing if there was none. */
  setStoreAside(name: string): Promise<string | undefined>;
  /** Lets another network use the folder. */
  release(): Promise<void>;
}

/**
 * Opens the folder, and makes it where there is none. One network at a time has it.
 *
 * @throws {BeltError} `DATA_IN_USE` with the process that has it, `FILE_UNREADABLE`
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  const lock = join(path, "network.pid");
  const deploymentFile = join(path, "deployment.json");
  await makeFolder(path);
  await takeLock(lock);
  const release = () => rm(lock, { force: true });
  try {
    return {
      ...membersIn(path),
      path,
      deployment: await readDeployment(deploymentFile),
      keepDeployment,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }

  async function keepDeployment(deployment: Deployment): Promise<void> {
    await writeFile(deploymentFile, `${JSON.stringify(deployment, null, 2)}\n`);
  }
}

/** The members' folders in the folder of a network. */
function membersIn(path: string): Pick<DataFolder, "memberFolder" | "identity" | "setStoreAside"> {
  const memberFolder = (name: string): string => join(path, name);
  return {
    memberFolder,
    async identity(name) {
      const folder = memberFolder(name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const kept = await exists(join(folder, "keys"));
      return kept ? openIdentity(folder) : createIdentity(folder, { random: randomBytes });
    },
    async setStoreAside(name) {
      const store = join(memberFolder(name), "store");
      if (!(await exists(store))) return undefined;
      for (let number = 1; ; number++) {
        const aside = `${store}.of-earlier-ledger-${number}`;
        if (await exists(aside)) continue;
        await rename(store, aside);
        return aside;
      }
    },
  };
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new BeltError("FILE_UNREADABLE", "The data folder cannot be made.", { at: path, cause });
  }
}

/** Takes the folder by a file that names this process; the file appears with its content. */
async function takeLock(file: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  try {
    await writeFile(draft, String(process.pid));
    while (!(await linked(draft, file))) {
      const owner = Number(await readFile(file, "utf8").catch(() => ""));
      if (owner > 0 && isRunning(owner)) {
        throw new BeltError("DATA_IN_USE", `Process ${owner} uses this data folder for a local network.`, {
          at: file,
        });
      }
      // Left behind by a network that was killed.
      await rm(file, { force: true });
    }
  } catch (cause) {
    if (cause instanceof BeltError) throw cause;
    throw new BeltError("FILE_UNREADABLE", "The data folder cannot be written.", { at: file, cause });
  } finally {
    await rm(draft, { force: true });
  }
}

/** Gives a file a second name, unless there is a file of that name. */
async function linked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may be another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function readDeployment(file: string): Promise<Deployment | undefined> {
  if (!(await exists(file))) return undefined;
  return parseWith(Deployment, parseJson(await readFile(file, "utf8"), file), { at: `${file}#` });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
