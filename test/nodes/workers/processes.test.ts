import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider } from "ethers";
import pino from "pino";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createApiClient } from "../../../nodes/api/index.ts";
import { loadConfig } from "../../../nodes/config.ts";
import { createIdentity, type Identity } from "../../../nodes/identity.ts";
import {
  type Chain,
  chainAccount,
  type Deployment,
  deploy,
  openLedger,
  openLedgerReader,
  startChain,
} from "../../../nodes/ledger/index.ts";
import { startNode } from "../../../nodes/node.ts";
import { checkedStore, MemoryStore, openPostgresStore } from "../../../nodes/store/index.ts";
import { readBeats, textOf } from "../../../nodes/workers/records.ts";
import { headOf } from "../../../pipeline/index/index.ts";
import { start } from "../../support/command.ts";
import { freePorts } from "../../support/freePorts.ts";
import { withPostgres } from "../../support/postgres.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { until } from "../../support/until.ts";

const library = fileURLToPath(new URL("../../../nodes/index.ts", import.meta.url));

/** Half of the cases are held up until there is a file, so that whoever works on them is killed in the middle of it. */
const module = `
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { defineStation } from ${JSON.stringify(library)};
const n = { type: "number" };
export default defineStation({
  name: "double",
  version: "1.0.0",
  input: { type: "object", properties: { n }, required: ["n"], additionalProperties: false },
  output: { type: "object", properties: { twice: n }, required: ["twice"], additionalProperties: false },
  async process({ n }) {
    const go = new URL("go", import.meta.url);
    while (n % 2 === 1 && !existsSync(go)) await setTimeout(20);
    return { twice: 2 * n };
  },
});
`;

const belt = {
  ...{ belt: "doubles", version: "1", parent: null, title: { en: "Doubles" } },
  case: {
    type: "object",
    properties: { n: { type: "number" } },
    required: ["n"],
    additionalProperties: false,
  },
  stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
  result: { "/twice": "double#/twice" },
};

const postgres = withPostgres();
let folder: string;
let chain: Chain;
let deployment: Deployment;
let shop: Identity;
let north: Identity;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "belt-workers-"));
  chain = await startChain();
  const provider = new JsonRpcProvider(chain.url, undefined, {
    ...{ staticNetwork: true, cacheTimeout: -1, batchStallTime: 0 },
  });
  const deployer = chainAccount(0).connect(provider);
  const identities: Identity[] = [];
  for (const name of ["shop", "north"]) {
    await mkdir(join(folder, name), { recursive: true });
    const identity = await createIdentity(join(folder, name, "data"), { random: randomBytes });
    identities.push(identity);
    await (await deployer.sendTransaction({ to: identity.address, value: 10n ** 18n })).wait();
  }
  const [one, other] = identities;
  if (one === undefined || other === undefined) throw new Error("two members");
  [shop, north] = [one, other];
  deployment = await deploy(deployer, {
    members: [
      { address: shop.address, name: "shop", kinds: ["consumer"] },
      { address: north.address, name: "north", kinds: ["producer"] },
    ],
    credit: 1_000n,
  });
  provider.destroy();
  await writeFile(join(folder, "north", "double.ts"), module);
});

afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function publishProfile(identity: Identity, url: string): Promise<void> {
  const { directory } = deployment;
  const ledger = await openLedger({
    ...{ url: chain.url, directory, store: new MemoryStore(), wallet: identity.account },
  });
  await ledger.publishProfile({ url, signingKey: identity.signing.raw, sealingKey: identity.sealing.raw });
  await ledger.close();
}

/** The consumer's node, within this process. */
async function startShop(port: number) {
  const ledger = { url: chain.url, directory: deployment.directory };
  const content = { name: "shop", ledger, listen: { port }, api: { port: 0 } };
  const home = join(folder, "shop");
  await writeFile(join(home, "belt.config.json"), JSON.stringify(content));
  const { config } = await loadConfig({ folder: home, env: {}, flags: {} });
  const abort = new AbortController();
  const log = pino({ level: "silent" });
  const node = await startNode({ config, identity: shop, log, signal: abort.signal });
  onTestFinished(async () => {
    abort.abort();
    await node.stopped;
  });
  return createApiClient({ url: node.apiUrl, token: shop.token });
}

/** One of north's workers, a process of its own. */
async function startWorker(url: string, store: string) {
  const running = start(["serve", "--listen-port", "0", "--api-port", "0", "--log-level", "warn"], {
    folder: join(folder, "north"),
    env: { BELT_URL: url, BELT_STORE: store },
  });
  const ended = running.ended.then(({ stderr }) => expect.fail(`The worker ended: ${stderr}`));
  ended.catch(() => {});
  const ready = until(() => running.stdout().split("\n")[1] !== undefined && running.stdout());
  const line = await Promise.race([ready, ended]);
  const faces: { readonly url: string; readonly api: string } = JSON.parse(line);
  return { ...running, ...faces, client: createApiClient({ url: faces.api, token: north.token }) };
}

test("a worker that is killed in the middle of its work leaves all of it to the other, and nothing is done twice", async () => {
  const store = await postgres.place();
  const [shopPort = 0] = await freePorts(1);
  const proxy = await TcpProxy.to(0);
  onTestFinished(() => proxy.close());
  const url = `http://127.0.0.1:${proxy.port}`;
  await Promise.all([publishProfile(shop, `http://127.0.0.1:${shopPort}`), publishProfile(north, url)]);
  const ledger = { url: chain.url, directory: deployment.directory };
  // All cases that are held up are in hand at the same time.
  const limits = { concurrency: 512 };
  const content = { name: "north", ledger, limits, stations: [{ module: "./double.ts" }] };
  await writeFile(join(folder, "north", "belt.config.json"), JSON.stringify(content));
  const [consumer, ...workers] = await Promise.all([
    startShop(shopPort),
    startWorker(url, store),
    startWorker(url, store),
  ]);
  const kept = checkedStore(await openPostgresStore(store));
  onTestFinished(() => kept.close());
  const leads = textOf((await kept.get("claim/lead")) ?? Buffer.alloc(0));
  const at = await until(async () => (await readBeats(kept)).get(leads)?.at);
  const lead = workers.find((worker) => worker.url === at.url) ?? expect.fail();
  const other = workers.find((worker) => worker !== lead) ?? expect.fail();
  proxy.target = Number(new URL(other.url).port);

  // What writes on the ledger is the lead's to do, and any worker can be asked for it.
  const terms = { price: 1, deadlineSeconds: 120, capacity: 1_000, validDays: 30 };
  await until(() => other.client.publishOffer({ station: "double", ...terms }));
  await until(async () => (await consumer.offers({ mine: false })).some(({ name }) => name === "double"));
  await consumer.publishBelt(belt);
  const cases = Array.from({ length: 8 }, (_, n) => ({ n }));
  const sheets: string[] = [];
  for (let number = 0; number < 6; number++) {
    const numbered = cases.map(({ n }) => ({ n: n + 100 * number }));
    sheets.push((await consumer.book({ belt: "doubles", cases: numbered, deadlineSeconds: 600 })).sheet);
  }
  const ended = async (): Promise<number> =>
    (await Promise.all(sheets.map((sheet) => consumer.cases(sheet))))
      .flat()
      .filter(({ state }) => state === "done").length;
  await until(async () => (await ended()) === 24, { what: "the end of the cases that are not held up" });
  lead.child.kill("SIGKILL");
  await lead.ended;
  await writeFile(join(folder, "north", "go"), "");

  await until(async () => (await ended()) === 48, { what: "the end of all cases" });
  const reader = await openLedgerReader(ledger);
  onTestFinished(() => reader.close());
  await until(() => [...reader.view.sheets.values()].every(({ reports }) => reports[0] !== undefined));
  for (const sheet of reader.view.sheets.values()) expect(sheet.count).toBe(8);
  expect(await keysOf(kept, { prefix: "receipt/" })).toHaveLength(48);
  expect(Buffer.from((await kept.get("log/size")) ?? []).toString()).toBe("48");
  await until(() => headOf(reader.view, north.address)?.size === 48);
  await until(async () => (await other.client.status()).ready);
});
