import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider } from "ethers";
import pino from "pino";
import { createApiClient, type NodeOperations } from "../../nodes/api/index.ts";
import { loadConfig } from "../../nodes/config.ts";
import { createIdentity, type Identity } from "../../nodes/identity.ts";
import {
  type Chain,
  chainAccount,
  type Deployment,
  deploy,
  type LedgerReader,
  openLedger,
  openLedgerReader,
  startChain,
} from "../../nodes/ledger/index.ts";
import { startNode } from "../../nodes/node.ts";
import { MemoryStore } from "../../nodes/store/index.ts";
import { owedTo, stationStatus } from "../../pipeline/index/index.ts";
import { freePorts } from "../support/freePorts.ts";
import { audit, hashOf, receiptsOfConsumer } from "../support/receiptAudit.ts";
import { until } from "../support/until.ts";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const programs = {
  points: file("points.ts"),
  withParent: file("../../nodes/network/withParent.ts"),
  belt: file("../../bin/belt.js"),
};

const needs = (source: string) => ({ "/n": `${source}#/n` });
const belt = {
  belt: "there-and-back",
  version: "1",
  parent: null,
  title: { en: "There and back" },
  case: {
    type: "object",
    properties: { n: { type: "number" } },
    required: ["n"],
    additionalProperties: false,
  },
  stations: {
    first: { offer: "north/nap", needs: needs("case") },
    second: { offer: "south/nap", needs: needs("first") },
    third: { offer: "north/nap", needs: needs("second") },
  },
  result: { "/n": "third#/n" },
};

/** Where a node is to be killed: when it comes by this boundary for so many times. */
export interface KillPoint {
  readonly point: string;
  readonly nth: number;
}

export interface RestOptions {
  /** Whether what the member is owed has to be withdrawn as well, which takes half a minute. */
  readonly withdrawn?: boolean;
  readonly signal?: AbortSignal;
}

interface Member {
  readonly name: string;
  readonly folder: string;
  readonly config: string;
  readonly identity: Identity;
}

type NodeProcess = ChildProcessByStdio<Writable, Readable, null>;

/**
 * A real chain, a partner, and one member whose node is a process of its own: it books the cases of a belt of which it
 * is the first and the third station, so that it comes by all boundaries that there are.
 */
export class KillBench {
  readonly apiUrl: string;
  readonly operations: NodeOperations;
  readonly reader: LedgerReader;
  readonly north: Member;
  readonly #close: () => Promise<void>;
  #node: NodeProcess | undefined;
  #booked = 0;

  private constructor(parts: {
    readonly north: Member;
    readonly apiUrl: string;
    readonly operations: NodeOperations;
    readonly reader: LedgerReader;
    readonly close: () => Promise<void>;
  }) {
    this.north = parts.north;
    this.apiUrl = parts.apiUrl;
    this.operations = parts.operations;
    this.reader = parts.reader;
    this.#close = parts.close;
  }

  static async open(): Promise<KillBench> {
    const folder = await mkdtemp(join(tmpdir(), "belt-kill-"));
    const chain = await startChain();
    const [northPort = 0, southPort = 0, apiPort = 0] = await freePorts(3);
    const north = await memberOf("north", folder);
    const south = await memberOf("south", folder);
    const deployment = await deployFor(chain, [north, south]);
    await configure(north, { chain, deployment, port: northPort, api: apiPort });
    await configure(south, { chain, deployment, port: southPort, api: 0 });
    const stopping = new AbortController();
    const { config } = await loadConfig({ file: south.config, folder: south.folder, env: {}, flags: {} });
    const { identity } = south;
    const log = pino({ level: "silent" });
    const partner = await startNode({ config, identity, log, signal: stopping.signal });
    const reader = await openLedgerReader({ url: chain.url, directory: deployment.directory });
    const apiUrl = `http://127.0.0.1:${apiPort}`;
    const operations = createApiClient({ url: apiUrl, token: north.identity.token });
    const close = async (): Promise<void> => {
      stopping.abort();
      await partner.stopped;
      await reader.close();
      await chain.stop();
      await rm(folder, { recursive: true, force: true });
    };
    const bench = new KillBench({ north, apiUrl, operations, reader, close });
    await bench.start();
    const terms = { station: "nap", price: 1, deadlineSeconds: 60, capacity: 100, validDays: 30 };
    await createApiClient({ url: partner.apiUrl, token: identity.token }).publishOffer(terms);
    await operations.publishOffer(terms);
    await until(async () => (await operations.offers({ mine: false })).length === 2);
    await operations.publishBelt(belt);
    return bench;
  }

  get pid(): number {
    return this.#node?.pid ?? 0;
  }

  /** Starts the node, to be killed at a point, or to write the points that it passes into a file. */
  async start(options: { readonly kill?: KillPoint; readonly passed?: string } = {}): Promise<void> {
    const { kill, passed } = options;
    const node = spawn(
      process.execPath,
      [
        ...["--import", programs.withParent, "--import", programs.points],
        ...[programs.belt, "serve", "--config", this.north.config, "--log-level", "fatal"],
      ],
      {
        stdio: ["pipe", "pipe", "inherit"],
        env: {
          ...process.env,
          ...(kill && { KILL_AT: kill.point, KILL_NTH: String(kill.nth) }),
          ...(passed !== undefined && { KILL_PASSED: passed }),
        },
      },
    );
    this.#node = node;
    node.stdin.on("error", () => undefined);
    // It says so when it is up; one that is killed before says nothing.
    await Promise.race([once(createInterface(node.stdout), "line"), once(node, "close")]);
  }

  /** Books a sheet of three cases. The node may die over it; whether the booking stands is then for the ledger to say. */
  async book(): Promise<void> {
    const cases = Array.from({ length: 3 }, () => ({ n: 10 * this.#booked++ }));
    await this.operations.book({ belt: belt.belt, cases }).catch(() => undefined);
  }

  /** Waits for the node's end; whether it was killed before everything that it had to do was done. */
  async killed(options: RestOptions = {}): Promise<boolean> {
    const node = this.#node;
    const over = new AbortController();
    const dead = async () => node?.signalCode === "SIGKILL";
    const rested = async () => {
      await this.rests({ ...options, signal: over.signal });
      // What comes after that is the receipts of the last transactions.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return true;
    };
    const first = await Promise.race([
      until(dead, { what: "the node's end", limit: 60_000, signal: over.signal }).catch(() => false),
      rested().catch(() => false),
    ]);
    over.abort();
    return first !== false && (await dead());
  }

  /** Waits until every sheet that this member booked has ended, and every station of it is owed its price. */
  async rests({ withdrawn = false, signal }: RestOptions = {}): Promise<void> {
    const { address } = this.north.identity;
    await until(
      async () => {
        const sheets = await this.operations.sheets();
        const onLedger = [...this.reader.view.sheets.values()];
        return (
          sheets.length > 0 &&
          (!withdrawn || owedTo(this.reader.view, address) === 0n) &&
          sheets.every(
            ({ state, sheet }) => state === "finished" && onLedger.some(({ id }) => id === sheet),
          ) &&
          onLedger.every(({ settlements }) =>
            [0, 1, 2].every((station) => settlements[station] !== undefined),
          )
        );
      },
      { what: "the end of all sheets", limit: 60_000, every: 50, ...(signal && { signal }) },
    );
  }

  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const node = this.#node;
    this.#node = undefined;
    if (node === undefined || node.exitCode !== null || node.signalCode !== null) return;
    const closed = once(node, "close");
    node.kill(signal);
    await closed;
  }

  /** What is wrong with what has become of all cases so far; nothing when all is well. */
  async wrong(): Promise<string[]> {
    const wrong: string[] = [];
    for (const { sheet, count } of await this.operations.sheets()) {
      const booked = [...this.reader.view.sheets.values()].find(({ id }) => id === sheet);
      for (const { case: number, state, result } of await this.operations.cases(sheet)) {
        const n = Number(result?.["n"]);
        if (state !== "done" || n % 10 !== 3) wrong.push(`case ${number} of ${sheet} is ${state}: ${n}`);
        for (const station of [0, 1, 2]) {
          const status = booked && stationStatus(booked, station, number);
          if (status !== "done")
            wrong.push(`case ${number} at ${station} of ${sheet} is ${status} on the ledger`);
        }
      }
      if (count !== 3) wrong.push(`sheet ${sheet} has ${count} cases`);
    }
    return wrong;
  }

  /** Stops everything; gives what is wrong with the receipts of both members, held against each other and the ledger. */
  async close(): Promise<string[]> {
    const wrong: string[] = [];
    const node = this.north;
    await this.stop();
    const place = ({ identity, folder }: Member) => ({
      address: identity.address,
      folder: join(folder, "data"),
    });
    const own = await audit(place(node), this.reader.view);
    const told = await receiptsOfConsumer(place(node));
    await this.#close();
    const hashes = own.receipts.map(hashOf).toSorted();
    if (own.leaves.toSorted().join() !== hashes.join()) wrong.push("the log's entries are not the receipts");
    if (own.head.root !== own.onLedger.root) wrong.push("the log is not the one whose head is anchored");
    const places = new Set(told.map(({ sheet, station, case: number }) => `${sheet}/${station}/${number}`));
    if (places.size !== told.length) wrong.push("a case has two outcomes");
    const ofNorth = told.filter(({ station }) => station !== "second").map(hashOf);
    if (ofNorth.toSorted().join() !== hashes.join())
      wrong.push("the outcomes are not the stations' receipts");
    return wrong;
  }
}

async function memberOf(name: string, folder: string): Promise<Member> {
  const home = join(folder, name);
  await mkdir(home);
  const identity = await createIdentity(join(home, "data"), { random: randomBytes });
  return { name, folder: home, config: join(home, "belt.config.json"), identity };
}

async function deployFor(chain: Chain, members: readonly Member[]): Promise<Deployment> {
  const provider = new JsonRpcProvider(chain.url, undefined, { staticNetwork: true, cacheTimeout: -1 });
  try {
    const deployer = chainAccount(0).connect(provider);
    for (const { identity } of members) {
      await (await deployer.sendTransaction({ to: identity.address, value: 10n ** 18n })).wait();
    }
    return await deploy(deployer, {
      members: members.map(({ name, identity }) => ({
        ...{ address: identity.address, name, kinds: ["consumer", "producer"] },
      })),
      credit: 1_000_000n,
    });
  } finally {
    provider.destroy();
  }
}

/** Writes a member's configuration, and publishes its profile as `belt join` does. */
async function configure(
  { name, config, identity }: Member,
  { chain, deployment, port, api }: { chain: Chain; deployment: Deployment; port: number; api: number },
): Promise<void> {
  const { directory } = deployment;
  const url = `http://127.0.0.1:${port}`;
  const stations = [{ module: file("nap.ts") }];
  const text = {
    name,
    ledger: { url: chain.url, directory },
    listen: { port },
    url,
    api: { port: api },
    stations,
  };
  await writeFile(config, JSON.stringify(text));
  const { signal } = new AbortController();
  const store = new MemoryStore();
  const ledger = await openLedger({ url: chain.url, directory, store, wallet: identity.account, signal });
  await ledger.publishProfile({ url, signingKey: identity.signing.raw, sealingKey: identity.sealing.raw });
  await ledger.close();
}
