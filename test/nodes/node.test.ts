import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider, type Provider } from "ethers";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiClient } from "../../nodes/api/index.ts";
import { loadConfig } from "../../nodes/config.ts";
import { createIdentity, type Identity } from "../../nodes/identity.ts";
import {
  type Chain,
  chainAccount,
  type Deployment,
  deploy,
  openLedger,
  openLedgerReader,
  startChain,
} from "../../nodes/ledger/index.ts";
import { type RunningNode, startNode } from "../../nodes/node.ts";
import { MemoryStore } from "../../nodes/store/index.ts";
import { owedTo } from "../../pipeline/index/index.ts";
import { until } from "../support/until.ts";

const library = fileURLToPath(new URL("../../nodes/index.ts", import.meta.url));

const doubleModule = `
import { defineStation, Unprocessable } from ${JSON.stringify(library)};
export default defineStation({
  name: "double",
  version: "1.0.0",
  input: { type: "object", properties: { n: { type: "number" } }, required: ["n"], additionalProperties: false },
  output: { type: "object", properties: { twice: { type: "number" } }, required: ["twice"], additionalProperties: false },
  process({ n }) {
    if (n < 0) throw new Unprocessable("There are no negative cases here.");
    return { twice: 2 * n };
  },
});
`;

const belt = {
  belt: "doubles",
  version: "1",
  parent: null,
  title: { en: "Doubles" },
  case: {
    type: "object",
    properties: { n: { type: "number" } },
    required: ["n"],
    additionalProperties: false,
  },
  stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
  result: { "/twice": "double#/twice" },
};

interface Member {
  readonly folder: string;
  readonly identity: Identity;
  readonly abort: AbortController;
  readonly node: RunningNode;
}

let folder: string;
let chain: Chain;
let provider: Provider & { destroy(): void };
let deployment: Deployment;
let shop: Member;
let north: Member;

async function start(
  name: string,
  port: number,
  identity: Identity,
  stations: readonly string[],
): Promise<Member> {
  const home = join(folder, name);
  const file = join(home, "belt.config.json");
  await writeFile(
    file,
    JSON.stringify({
      name,
      ledger: { url: chain.url, directory: deployment.directory },
      listen: { port },
      url: `http://127.0.0.1:${port}`,
      api: { port: 0 },
      stations: stations.map((module) => ({ module })),
    }),
  );
  const { config } = await loadConfig({ file, folder: home, env: {}, flags: {} });
  const abort = new AbortController();
  const log = pino({ level: "silent" });
  return {
    folder: home,
    identity,
    abort,
    node: await startNode({ config, identity, log, signal: abort.signal }),
  };
}

/** Publishes the member's profile, as `belt join` does, before its node runs. */
async function join_(identity: Identity, url: string): Promise<void> {
  const abort = new AbortController();
  const ledger = await openLedger({
    url: chain.url,
    directory: deployment.directory,
    store: new MemoryStore(),
    wallet: identity.account,
    signal: abort.signal,
  });
  await ledger.publishProfile({ url, signingKey: identity.signing.raw, sealingKey: identity.sealing.raw });
  await ledger.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "belt-node-"));
  chain = await startChain();
  provider = new JsonRpcProvider(chain.url, undefined, {
    staticNetwork: true,
    cacheTimeout: -1,
    batchStallTime: 0,
  });
  const deployer = chainAccount(0).connect(provider);
  const identities: Identity[] = [];
  for (const name of ["shop", "north"]) {
    await mkdir(join(folder, name), { recursive: true });
    const identity = await createIdentity(join(folder, name, "data"), { random: randomBytes });
    identities.push(identity);
    await (await deployer.sendTransaction({ to: identity.address, value: 10n ** 18n })).wait();
  }
  const [shopIdentity, northIdentity] = identities;
  if (shopIdentity === undefined || northIdentity === undefined) throw new Error("two members");
  deployment = await deploy(deployer, {
    members: [
      { address: shopIdentity.address, name: "shop", kinds: ["consumer"] },
      { address: northIdentity.address, name: "north", kinds: ["producer"] },
    ],
    credit: 1_000n,
  });
  const module = join(folder, "north", "double.ts");
  await writeFile(module, doubleModule);
  const ports = [17_411, 17_412] as const;
  await Promise.all([
    join_(shopIdentity, `http://127.0.0.1:${ports[0]}`),
    join_(northIdentity, `http://127.0.0.1:${ports[1]}`),
  ]);
  [shop, north] = await Promise.all([
    start("shop", ports[0], shopIdentity, []),
    start("north", ports[1], northIdentity, [module]),
  ]);
});

afterAll(async () => {
  for (const member of [shop, north]) {
    member?.abort.abort();
    await member?.node.stopped;
  }
  provider?.destroy();
  await chain?.stop();
  await rm(folder, { recursive: true, force: true });
});

const api = (member: Member) => createApiClient({ url: member.node.apiUrl, token: member.identity.token });

describe("two nodes on a real chain", () => {
  it("publish an offer and a belt, book a sheet, and bring its cases back", async () => {
    await until(async () => (await api(shop).status()).ready && (await api(north).status()).ready);
    await api(north).publishOffer({
      station: "double",
      price: 5,
      deadlineSeconds: 60,
      capacity: 100,
      validDays: 30,
    });
    await until(async () => (await api(shop).offers({ mine: false })).some(({ name }) => name === "double"));
    expect((await api(shop).checkBelt(belt)).findings).toEqual([]);
    await api(shop).publishBelt(belt);
    const booked = await api(shop).book({ belt: "doubles", cases: [{ n: 21 }, { n: -1 }, { n: 4 }] });
    expect(booked).toMatchObject({ count: 3, cost: "15" });
    const events = await Array.fromAsync(api(shop).watch(booked.sheet, AbortSignal.timeout(20_000)));
    expect(events.map(({ status }) => status).toSorted()).toEqual(["done", "done", "unprocessable"]);
    const cases = await api(shop).cases(booked.sheet);
    expect(cases.map(({ state, result, reason }) => ({ state, result, reason: reason?.text }))).toEqual([
      { state: "done", result: { twice: 42 }, reason: undefined },
      { state: "not done", result: undefined, reason: "There are no negative cases here." },
      { state: "done", result: { twice: 8 }, reason: undefined },
    ]);
    expect((await api(shop).sheet(booked.sheet)).state).toBe("finished");
  });

  it("pay what is done, refund the rest, and book no more than there is credit for", async () => {
    const reader = await openLedgerReader({ url: chain.url, directory: deployment.directory });
    const [shopAccount, northAccount] = [shop, north].map(({ identity }) => identity.address);
    if (shopAccount === undefined || northAccount === undefined) throw new Error("two members");
    const [sheet] = reader.view.sheets.values();
    if (sheet === undefined) throw new Error("the sheet of the first test");
    const settlement = () => reader.view.sheets.get(sheet.id)?.settlements[0];
    await until(() => settlement() !== undefined);
    expect(settlement()).toMatchObject({
      ...{ member: northAccount, settler: shopAccount, paid: 10n, refunded: 5n },
    });
    expect(owedTo(reader.view, northAccount)).toBe(10n);
    expect((await reader.creditOf(shopAccount)).balance).toBe(985n);
    await reader.close();
    const dear = { belt: "doubles", cases: Array.from({ length: 100 }, () => ({ n: 1 })) };
    await api(shop).book(dear);
    await expect(api(shop).book(dear)).rejects.toMatchObject({
      code: "CREDIT_SHORT",
      message: expect.stringMatching(/^The sheet costs 500, and the account has 4(?:85|90)[,.]/),
    });
  });
});
