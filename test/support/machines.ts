import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider } from "ethers";
import pino from "pino";
import { createApiClient, type NodeOperations } from "../../nodes/api/index.ts";
import { loadConfig } from "../../nodes/config.ts";
import { createIdentity, type Identity, openIdentity } from "../../nodes/identity.ts";
import {
  type Chain,
  chainAccount,
  type Deployment,
  deploy,
  openLedger,
  startChain,
} from "../../nodes/ledger/index.ts";
import { type RunningNode as NodeHere, startNode } from "../../nodes/node.ts";
import { MemoryStore } from "../../nodes/store/index.ts";
import { freePorts } from "./freePorts.ts";
import { type RunningNode, type ServeOptions, serveNode } from "./servedNode.ts";
import { until } from "./until.ts";

/** What stations in tests import. */
export const library = fileURLToPath(new URL("../../nodes/index.ts", import.meta.url));

/** One member with a folder of its own: configuration, keys and, once it has run, a store. */
export interface Machine {
  readonly name: string;
  readonly folder: string;
  readonly identity: Identity;
  /** The port of its partner face. */
  readonly port: number;
  /** Runs its node as a process (`belt serve`) until the test ends. */
  serve(options?: ServeOptions): Promise<RunningNode>;
  /** Runs its node within this process. */
  run(): Promise<MachineHere>;
  /** The running node's operations. */
  operations(node: { readonly api: string }): NodeOperations;
}

/** A member whose node runs within this process. */
export interface MachineHere {
  readonly node: NodeHere;
  readonly operations: ReturnType<typeof createApiClient>;
  stop(): Promise<void>;
}

/** Members on a chain of their own, each ready to run as a process. */
export interface Machines {
  readonly chain: Chain;
  readonly deployment: Deployment;
  member(name: string): Machine;
  end(): Promise<void>;
}

/** Modules of stations by the members' names: what stands in their files. */
export type Stations = Readonly<
  Record<string, readonly { readonly module: string; readonly settings?: object }[]>
>;

/** Sets up members; each has a number of credits, and may be given limits of its node. */
export async function setUpMachines(
  stations: Stations,
  { credit = 100_000n, limits = {} }: { readonly credit?: bigint; readonly limits?: object } = {},
): Promise<Machines> {
  const folder = await mkdtemp(join(tmpdir(), "belt-machines-"));
  const names = Object.keys(stations);
  const [chain, ports] = await Promise.all([startChain(), freePorts(names.length)]);
  const provider = new JsonRpcProvider(chain.url, undefined, {
    ...{ staticNetwork: true, cacheTimeout: -1, batchStallTime: 0 },
  });
  const deployer = chainAccount(0).connect(provider);
  const identities = new Map<string, Identity>();
  for (const name of names) {
    await mkdir(join(folder, name), { recursive: true });
    const identity = await createIdentity(join(folder, name, "data"), { random: randomBytes });
    identities.set(name, identity);
    await (await deployer.sendTransaction({ to: identity.address, value: 10n ** 18n })).wait();
  }
  const members = [...identities].map(([name, { address }]) => ({
    ...{ address, name, kinds: ["producer", "consumer"] as const },
  }));
  const deployment = await deploy(deployer, { members, credit });
  provider.destroy();
  const machines = new Map<string, Machine>();
  for (const [index, [name, identity]] of [...identities].entries()) {
    const port = ports[index] ?? 0;
    const home = join(folder, name);
    const entries = [];
    for (const [number, { module, settings = {} }] of (stations[name] ?? []).entries()) {
      await writeFile(join(home, `station${number}.ts`), module);
      entries.push({ module: `./station${number}.ts`, settings });
    }
    const url = `http://127.0.0.1:${port}`;
    const ledger = { url: chain.url, directory: deployment.directory };
    const config = { name, ledger, listen: { port }, url, api: { port: 0 }, limits, stations: entries };
    await writeFile(join(home, "belt.config.json"), JSON.stringify(config));
    await publishProfile(identity, url, ledger);
    machines.set(name, {
      ...{ name, folder: home, identity, port },
      serve: (options) => serveNode(home, options),
      run: () => runHere(home),
      operations: ({ api }) =>
        createApiClient({ url: api, token: identity.token, signal: AbortSignal.timeout(60_000) }),
    });
  }
  return {
    chain,
    deployment,
    member(name) {
      const machine = machines.get(name);
      if (machine === undefined) throw new Error(`no member ${name}`);
      return machine;
    },
    async end() {
      await chain.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs the node of a folder with what stands there: configuration, and keys, which may be another machine's by now. */
async function runHere(home: string): Promise<MachineHere> {
  const { config } = await loadConfig({ folder: home, env: {}, flags: {} });
  const identity = await openIdentity(config.data);
  const abort = new AbortController();
  const log = pino({ level: "silent" });
  const node = await startNode({ config, identity, log, signal: abort.signal });
  return {
    node,
    operations: createApiClient({ url: node.apiUrl, token: identity.token }),
    async stop() {
      abort.abort();
      await node.stopped;
    },
  };
}

/** Publishes a profile, as `belt join` does, before the node runs. */
async function publishProfile(
  { account, signing, sealing }: Identity,
  url: string,
  ledger: { readonly url: string; readonly directory: string },
): Promise<void> {
  const opened = await openLedger({
    ...{ ...ledger, store: new MemoryStore(), wallet: account, signal: new AbortController().signal },
  });
  await opened.publishProfile({ url, signingKey: signing.raw, sealingKey: sealing.raw });
  await opened.close();
}

/** Publishes an offer of every station of a running node, and a belt of them; resolves once the belt can be booked. */
export async function publish(
  node: NodeOperations,
  stations: readonly string[],
  belt: Parameters<NodeOperations["publishBelt"]>[0],
): Promise<void> {
  await until(async () => (await node.status()).ready, { what: "the node" });
  for (const station of stations) {
    await node.publishOffer({ station, price: 1, deadlineSeconds: 600, capacity: 1_000, validDays: 30 });
  }
  await until(async () => (await node.checkBelt(belt)).findings.length === 0, { what: "the offers" });
  await node.publishBelt(belt);
  await until(async () => (await node.belts()).some(({ name }) => name === belt.belt), { what: "the belt" });
}
