import { writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BeltError, catalogue } from "../../pipeline/errors.ts";
import { createApiClient, type NodeOperations, Readiness } from "../api/index.ts";
import { configFileName, type StationEntry } from "../config.ts";
import type { Identity } from "../identity.ts";
import type { Deployment } from "../ledger/index.ts";
import { type Child, endedEarly } from "./child.ts";
import type { Children } from "./children.ts";
import { networkHost } from "./ports.ts";

/** Where a member of the local network is. */
export interface MemberPlace {
  readonly name: string;
  /** Its own folder: configuration, keys, store, databases and logs. */
  readonly folder: string;
  /** The partner face's port, and the operator API's. */
  readonly ports: readonly [number, number];
}

/** A member of the local network, and the process of its node. */
export interface MemberNode {
  readonly name: string;
  readonly address: Identity["address"];
  readonly folder: string;
  /** The node's configuration file. */
  readonly config: string;
  readonly log: string;
  /** Where partners reach the node. */
  readonly url: string;
  /** Where its operator does, with this token. */
  readonly apiUrl: string;
  readonly token: string;
  /** The node's operations, over its API. */
  readonly operations: NodeOperations;
  /** The number of the node's process; undefined while it does not run. */
  readonly pid: number | undefined;
  /**
   * Starts the node's process and waits until it is ready.
   *
   * @throws {BeltError} `PROCESS_ENDED`, `NODE_NOT_READY`
   */
  start(): Promise<void>;
  /** Ends the process in good order, or at once (SIGKILL); resolves when it is gone. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** How long a node may take until it is ready, in milliseconds. */
const patience = 60_000;

const built = extname(import.meta.filename) === ".js";
const belt = fileURLToPath(new URL(built ? "../../../bin/belt.js" : "../../bin/belt.js", import.meta.url));

export const urlOf = (port: number): string => `http://${networkHost}:${port}`;

/** A member's node that does not run yet. */
export function createMemberNode(
  { name, folder, ports: [port, apiPort] }: MemberPlace,
  { address, token }: Identity,
  children: Children,
  signal: AbortSignal,
): MemberNode {
  const config = join(folder, configFileName);
  const log = join(folder, "node.log");
  const apiUrl = urlOf(apiPort);
  let child: Child | undefined;
  return {
    name,
    address,
    folder,
    config,
    log,
    url: urlOf(port),
    apiUrl,
    token,
    operations: createApiClient({ url: apiUrl, token, signal }),
    get pid() {
      return child?.pid;
    },
    async start() {
      const started = await children.start({
        name: `the node of ${name}`,
        file: belt,
        args: ["serve", "--config", config],
        log,
      });
      child = started;
      void started.ended.then(() => {
        if (child === started) child = undefined;
      });
      await ready(started, name, apiUrl, signal);
    },
    stop: async () => child?.stop(),
    kill: async () => child?.kill(),
  };
}

/** Writes a node's configuration file. */
export async function writeConfig(
  { name, folder, ports: [port, apiPort] }: MemberPlace,
  stations: readonly StationEntry[],
  ledger: { readonly url: string; readonly deployment: Deployment },
): Promise<void> {
  const { directory, chainId } = ledger.deployment;
  const config = {
    name,
    data: ".",
    ledger: { url: ledger.url, directory, chainId },
    listen: { host: networkHost, port },
    api: { host: networkHost, port: apiPort },
    stations,
  };
  await writeFile(join(folder, configFileName), `${JSON.stringify(config, null, 2)}\n`);
}

/** Waits until a node says of itself that it is ready. */
async function ready(child: Child, name: string, apiUrl: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + patience;
  const gone = child.ended.then(() => true);
  let reasons: readonly string[] | undefined;
  while (performance.now() < end && reasons?.some(willStay) !== true) {
    reasons = await reasonsOf(apiUrl, signal);
    if (reasons?.length === 0) return;
    if (await Promise.race([gone, pause(25, false, { signal })])) throw await endedEarly(child);
  }
  const why = reasons?.join(" ") ?? `It has not answered for ${patience / 1000} seconds.`;
  throw new BeltError("NODE_NOT_READY", `The node of ${name} is not ready: ${why}`, {
    at: child.program.log,
  });
}

/** Whether a reason begins with the code of an error that waiting does not cure. */
function willStay(reason: string): boolean {
  const [code = ""] = reason.split(":");
  const problem = Object.entries(catalogue).find(([name]) => name === code)?.[1];
  return problem?.retryable === false;
}

/** Why a node is not ready; nothing when it is, undefined while it does not answer. */
async function reasonsOf(apiUrl: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
  try {
    const answer = await fetch(new URL("/readyz", apiUrl), { signal });
    const { ready, reasons } = Readiness.parse(await answer.json());
    return ready ? [] : reasons;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
