import { access, constants, mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { BeltError } from "../../../pipeline/errors.ts";
import { createApiClient, type NodeStatus } from "../../api/index.ts";
import type { Config } from "../../config.ts";
import { describeIdentity, type Identity, openIdentity } from "../../identity.ts";
import { readToken } from "../../keys/index.ts";
import { listen } from "../../listen.ts";
import { apiUrlOf } from "../connect.ts";
import type { Examination } from "./examination.ts";

/** What is known of this member's keys: all of them, or, under a passphrase that was not given, the address. */
export interface Keys {
  readonly address: string;
  readonly identity: Identity | undefined;
}

export function checkNodeVersion(examination: Examination): Promise<undefined> {
  const { node } = process.versions;
  // An older one never comes so far: the command itself refuses it.
  return examination.check("node", async () => ({ value: undefined, sentence: `This is Node ${node}.` }));
}

/** That the keys are there, whole, and nobody else's to read. */
export function checkKeys(
  examination: Examination,
  { data }: Config,
  passphrase: string | undefined,
): Promise<Keys | undefined> {
  return examination.check<Keys>("keys", async () => {
    const { address, encrypted } = await describeIdentity(data);
    if (encrypted && passphrase === undefined) {
      await readToken(data);
      return {
        value: { address, identity: undefined },
        sentence: `The keys of ${address} are there, under a passphrase; they were not opened.`,
        advice: "Give the passphrase (--passphrase-file) to have them checked as well.",
      };
    }
    const identity = await openIdentity(data, { passphrase });
    return {
      value: { address, identity },
      sentence: `The keys of ${address} open, and only their owner can read them.`,
    };
  });
}

/** Less free space than this, in bytes, will not last. */
const littleSpace = 1024 ** 3;

/** That the data folder can be written, and has room. */
export function checkData(examination: Examination, { data }: Config): Promise<undefined> {
  return examination.check("data folder", async () => {
    const probe = join(data, `.doctor-${process.pid}`);
    try {
      await mkdir(data, { recursive: true, mode: 0o700 });
      await writeFile(probe, "x", { flush: true });
      await access(probe, constants.W_OK);
    } catch (cause) {
      throw new BeltError("FILE_UNREADABLE", "The data folder cannot be written.", { at: data, cause });
    } finally {
      await rm(probe, { force: true });
    }
    const { bavail, bsize } = await statfs(data);
    const free = bavail * bsize;
    const sentence = `${data} can be written; ${(free / 1024 ** 3).toFixed(1)} GiB are free.`;
    return {
      value: undefined,
      sentence,
      advice: free < littleSpace ? "Make room: a full disk stops the node." : undefined,
    };
  });
}

/** That the database of the node's store answers, if there is one. */
export async function checkStore(examination: Examination, { store }: Config): Promise<void> {
  if (store === undefined) return;
  await examination.check("store", async () => {
    const { placeOf, reachPostgres } = await import("../../store/index.ts");
    await reachPostgres(store);
    return { value: undefined, sentence: `The database at ${placeOf(store)} answers.` };
  });
}

/**
 * That the two ports are free, or taken by this very node.
 *
 * @returns the running node's status; undefined when it does not run
 */
export async function checkPorts(
  examination: Examination,
  config: Config,
  keys: Keys | undefined,
): Promise<NodeStatus | undefined> {
  const running = await runningNode(config, keys?.address);
  if (running !== undefined) {
    await examination.check("ports", async () => ({
      value: undefined,
      sentence: `The node runs: its API at ${apiUrlOf(config)}, its partner face on port ${config.listen.port}.`,
      advice: running.ready ? undefined : `It is not ready: ${running.reasons.join(" ")}`,
    }));
    return running;
  }
  for (const [name, place] of [
    ["partner port", config.listen],
    ["API port", config.api],
  ] as const) {
    await examination.check(name, async () => {
      const { close } = await listen(createServer(), place);
      await close();
      return { value: undefined, sentence: `Port ${place.port} on ${place.host} is free.` };
    });
  }
  return undefined;
}

async function runningNode(config: Config, address: string | undefined): Promise<NodeStatus | undefined> {
  try {
    const token = await readToken(config.data);
    const client = createApiClient({ url: apiUrlOf(config), token, signal: AbortSignal.timeout(5_000) });
    const status = await client.status();
    return status.member === address ? status : undefined;
  } catch {
    // Whatever answers there is not this node; what holds the port is found out next.
    return undefined;
  }
}

/** That partners reach this node under the URL that its profile names. */
export async function checkFace(
  examination: Examination,
  { url }: Config,
  { running, keys }: { readonly running: NodeStatus | undefined; readonly keys: Keys | undefined },
): Promise<void> {
  const name = "partner face";
  if (running === undefined) {
    examination.skip(name, "The node does not run: belt serve starts it.");
    return;
  }
  await examination.check(name, async () => {
    const member = await memberAt(url);
    if (member === keys?.address)
      return { value: undefined, sentence: `Partners reach this node at ${url}.` };
    throw new BeltError(
      "PARTNER_UNREACHABLE",
      `Under this node's public URL another one answers (${member}).`,
      { at: url },
    );
  });
}

async function memberAt(url: string): Promise<string> {
  try {
    const answer = await fetch(`${url}/v1/about`, { signal: AbortSignal.timeout(5_000), redirect: "error" });
    return z.object({ member: z.string() }).parse(await answer.json()).member;
  } catch (cause) {
    const words =
      "Nothing answers under this node's public URL: is the port open, and the URL the right one?";
    throw new BeltError("PARTNER_UNREACHABLE", words, { at: url, cause });
  }
}
