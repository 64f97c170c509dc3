import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider, type Provider, Wallet } from "ethers";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiClient } from "../../nodes/api/index.ts";
import { restoreBackup, writeBackupFile } from "../../nodes/backup/index.ts";
import { loadConfig } from "../../nodes/config.ts";
import { openReceiptLog } from "../../nodes/engine/receiptLog.ts";
import { createIdentity, type Identity, openIdentity } from "../../nodes/identity.ts";
import {
  type Chain,
  chainAccount,
  type Deployment,
  deploy,
  openLedger,
  openLedgerReader,
  signGrant,
  signRevocation,
  startChain,
  statementDomain,
} from "../../nodes/ledger/index.ts";
import { type RunningNode, startNode } from "../../nodes/node.ts";
import { openNodeStore } from "../../nodes/nodeStore.ts";
import { MemoryStore } from "../../nodes/store/index.ts";
import { fromHex } from "../../pipeline/bytes.ts";
import { AddressText, finalAt, HashText, owedTo } from "../../pipeline/index/index.ts";
import { verifyConsistency } from "../../pipeline/log/index.ts";
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
    if (n === 13) for (;;);
    return { twice: 2 * n };
  },
});
`;

/** A station that asks the ledger before it uses anybody's data. */
const askModule = `
import { defineStation } from ${JSON.stringify(library)};
const text = { type: "string" };
export default defineStation({
  name: "ask",
  version: "1.0.0",
  input: { type: "object", properties: { owner: text, source: text, purpose: text }, additionalProperties: false },
  output: { type: "object", properties: { allowed: { type: "boolean" } }, additionalProperties: false },
  process: async (use, { mayUse }) => ({ allowed: await mayUse(use) }),
});
`;

const text = { type: "string" };
const askBelt = {
  belt: "asks",
  version: "1",
  parent: null,
  title: { en: "Asks" },
  case: {
    type: "object",
    properties: { owner: text, source: text, purpose: text },
    required: ["owner", "source", "purpose"],
    additionalProperties: false,
  },
  stations: {
    ask: {
      offer: "north/ask",
      needs: { "/owner": "case#/owner", "/source": "case#/source", "/purpose": "case#/purpose" },
    },
  },
  result: { "/allowed": "ask#/allowed" },
};

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
      stations: stations.map((module) => ({ module, settings: { timeoutMs: 1_000, attempts: 2 } })),
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
  const asking = join(folder, "north", "ask.ts");
  await writeFile(asking, askModule);
  const ports = [17_411, 17_412] as const;
  await Promise.all([
    join_(shopIdentity, `http://127.0.0.1:${ports[0]}`),
    join_(northIdentity, `http://127.0.0.1:${ports[1]}`),
  ]);
  [shop, north] = await Promise.all([
    start("shop", ports[0], shopIdentity, []),
    start("north", ports[1], northIdentity, [module, asking]),
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

  it("offer and book a product by the day, decline it, and keep its calendar in a new version", async () => {
    const room = {
      ...{ offer: "room", version: "1.0.0", product: "accommodation" as const },
      ...{ title: { en: "A room" }, unit: { en: "room" } },
    };
    const terms = { price: 3, deadlineSeconds: 60, units: 1, validDays: 30 };
    const first = await api(north).publishProduct({ document: room, ...terms });
    expect(first.supersedes).toBeUndefined();
    const second = await api(north).publishProduct({ document: { ...room, version: "1.1.0" }, ...terms });
    expect(second.supersedes).toBe(first.offer);
    const offers = async () =>
      (await api(shop).offers({ mine: false })).filter(({ name }) => name === "room");
    await until(async () => (await offers()).length === 2);
    expect((await offers()).map(({ version, live }) => [version, live])).toEqual([
      ["1.0.0", false],
      ["1.1.0", true],
    ]);
    expect(await api(shop).offer(second.offer)).toMatchObject({
      ...{ kind: "product", product: "accommodation", unit: { en: "room" }, price: "3", capacity: 1 },
    });
    await expect(
      api(shop).publishBelt({
        ...belt,
        version: "room",
        stations: { double: { offer: "north/room", needs: { "/n": "case#/n" } } },
      }),
    ).rejects.toMatchObject({ code: "BELT_OFFER_UNAVAILABLE" });
    const from = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    const stay = { offer: second.offer, from, days: 7, units: 1 };
    expect(await api(shop).bookProduct.dryRun(stay)).toMatchObject({ escrow: "21" });
    const booked = await api(shop).bookProduct({ ...stay, key: "order-1" });
    expect(booked).toMatchObject({ cost: "21", from, days: 7, units: 1 });
    // Who heard nothing books again under the same key, and has the same booking.
    expect(await api(shop).bookProduct({ ...stay, key: "order-1" })).toEqual(booked);
    expect(await api(shop).bookProduct.dryRun({ ...stay, key: "order-1" })).toMatchObject({ escrow: "0" });
    await expect(api(shop).bookProduct({ ...stay, days: 6, key: "order-1" })).rejects.toMatchObject({
      ...{ code: "IDEMPOTENCY_CONFLICT", at: "/key" },
    });
    await expect(api(shop).bookProduct({ ...stay, days: 1 })).rejects.toMatchObject({
      code: "LEDGER_STATE_REFUSED",
    });
    const part = booked.sheet.slice(0, 12);
    await expect(api(north).deliver({ sheet: part, station: 0, notDone: [] })).rejects.toMatchObject({
      code: "LEDGER_TOO_EARLY",
    });
    await expect(api(shop).acceptReports({ sheet: part })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const declined = await api(north).declineStation({ sheet: part, station: 0 });
    expect(declined.sheet).toBe(booked.sheet);
    await until(() =>
      api(shop)
        .bookProduct({ ...stay, days: 1 })
        .then(
          () => true,
          () => false,
        ),
    );
    await expect(api(north).declineStation({ sheet: "0x", station: 0 })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
    await expect(api(north).cancelSheet({ sheet: part })).rejects.toMatchObject({
      code: "LEDGER_NOT_ENTITLED",
    });
  });

  it("connect, and see it from both sides", async () => {
    const seen = (member: Member, state: string) =>
      until(async () => (await api(member).connections()).some((each) => each.state === state));
    await expect(api(shop).requestConnection("nobody")).rejects.toMatchObject({
      ...{ code: "NOT_FOUND", at: "/member" },
    });
    const { partner } = await api(shop).requestConnection("north");
    expect(partner).toBe(north.identity.address);
    await seen(north, "requested");
    await api(north).acceptConnection(shop.identity.address);
    await seen(shop, "connected");
    const [connection] = await api(north).connections();
    expect(connection).toMatchObject({ partnerName: "shop", requester: shop.identity.address });
    await api(north).endConnection("shop");
    await seen(shop, "ended");
  });

  it("endorse a belt, and learn from its steward which one to book instead", async () => {
    const belts = () => api(shop).belts();
    const [old] = await belts();
    if (old === undefined) throw new Error("the belt of the first test");
    await expect(api(shop).endorseBelt(old.belt)).rejects.toMatchObject({ code: "LEDGER_NOT_ENTITLED" });
    await api(north).endorseBelt(old.belt);
    await until(async () => (await belts())[0]?.endorsements === 1);
    await api(north).withdrawEndorsement(old.belt);
    const { belt: newer } = await api(shop).publishBelt({ ...belt, version: "2", parent: old.belt });
    const dry = await api(shop).deprecateBelt.dryRun({ belt: old.belt, successor: newer });
    expect(dry.transactions).toMatchObject([{ what: "deprecate the belt", already: false }]);
    await api(shop).deprecateBelt({ belt: newer });
    // A name means what is not deprecated, before it means the newest.
    expect((await api(shop).belt("doubles")).belt).toBe(old.belt);
    const { belt: newest } = await api(shop).publishBelt({ ...belt, version: "3", parent: newer });
    await api(shop).deprecateBelt({ belt: old.belt, successor: newest });
    expect(await belts()).toMatchObject([
      { belt: old.belt, endorsements: 0, deprecated: true, successor: newest, stewardName: "shop" },
      { belt: newer, deprecated: true, successor: null },
      { belt: newest, deprecated: false, successor: null },
    ]);
    const one = { cases: [{ n: 1 }] };
    expect(await api(shop).book({ belt: "doubles", ...one })).toMatchObject({ belt: newest });
    expect(await api(shop).book.dryRun({ belt: newest, ...one })).not.toHaveProperty("advice");
    expect(await api(shop).book({ belt: old.belt, cases: [{ n: 2 }] })).toMatchObject({
      advice: `shop advises against this belt: book ${newest} instead.`,
    });
    await api(shop).proposeSteward({ belt: newest, member: "north" });
    await until(async () => (await api(north).belt(newest)).candidate === north.identity.address);
    await api(north).acceptSteward(newest);
    expect(await api(north).belt(newest)).toMatchObject({ stewardName: "north", memberName: "shop" });
  });

  it("grant and relay consents, and see who may use what", async () => {
    const person = new Wallet(`0x${"7".repeat(64)}`);
    const domain = statementDomain(deployment.chainId, deployment.contracts.Consents);
    const hour = Math.floor(Date.now() / 1_000) + 3_600;
    const [source, purpose] = [`0x${"50".repeat(32)}`, `0x${"90".repeat(32)}`] as const;
    const use = {
      ...{ owner: AddressText.parse(person.address), grantee: north.identity.address },
      ...{ source, purpose },
    };
    const signed = await signGrant(person, domain, { ...use, expiry: hour, nonce: 0, deadline: hour });
    const { consent } = await api(shop).relayConsent(signed);
    await until(async () => (await api(north).consents()).length === 1);
    expect(await api(north).consents()).toMatchObject([
      { consent, owner: use.owner, granteeName: "north", state: "granted", relayer: shop.identity.address },
    ]);
    await expect(api(north).relayConsent(signed)).resolves.toMatchObject({ consent });
    await api(north).publishOffer({
      ...{ station: "ask", price: 0, deadlineSeconds: 60, capacity: 100, validDays: 30 },
    });
    await until(async () => (await api(shop).offers({ mine: false })).some(({ name }) => name === "ask"));
    await api(shop).publishBelt(askBelt);
    /** What a station of north is told of these uses: each case stands for one. */
    const told = async (...uses: readonly { owner: string; source: string; purpose: string }[]) => {
      const asked = uses.map(({ owner, source: from, purpose: what }) => ({
        ...{ owner, source: from, purpose: what },
      }));
      const { sheet } = await api(shop).book({ belt: "asks", cases: asked });
      await until(async () => (await api(shop).sheet(sheet)).state === "finished");
      return (await api(shop).cases(sheet)).map(({ result }) => result?.["allowed"]);
    };
    const elsewhere = { ...use, owner: shop.identity.address };
    expect(await told(use, elsewhere)).toEqual([true, false]);
    const revocation = await signRevocation(person, domain, { ...use, nonce: 0, deadline: hour });
    await api(north).relayConsent(revocation);
    expect(await api(north).consents()).toMatchObject([{ state: "revoked", nextNonce: 1 }]);
    expect(await told(use)).toEqual([false]);

    const own = { grantee: "north", source, purpose };
    const past = { ...own, expiry: "2020-01-01T00:00:00Z" };
    await expect(api(shop).grantConsent(past)).rejects.toMatchObject({
      ...{ code: "INPUT_INVALID", at: "/expiry" },
    });
    const granted = await api(shop).grantConsent({ ...own, expiry: "2090-01-01T00:00:00Z" });
    expect((await api(shop).consents()).find((each) => each.consent === granted.consent)).toMatchObject({
      ...{ owner: shop.identity.address, state: "granted", expiry: "2090-01-01T00:00:00.000Z" },
    });
    await api(shop).revokeConsent(own);
    const reader = await openLedgerReader({ url: chain.url, directory: deployment.directory });
    const uses = [use, { ...use, owner: shop.identity.address }];
    expect(await reader.mayUse(uses)).toEqual([false, false]);
    await reader.close();
  });

  it("give a backup while they run, from which another machine has their store and keys", async () => {
    const home = join(folder, "restored");
    await mkdir(home, { recursive: true });
    const file = join(home, "shop.backup");
    const keysOf = join(shop.folder, "data");
    const written = await writeBackupFile({ store: api(shop).backup(), file, keysOf });
    expect(written).toMatchObject({ member: shop.identity.address });
    await restoreBackup(file, { data: join(home, "data") });
    expect((await openIdentity(join(home, "data"))).address).toBe(shop.identity.address);
    const store = await openNodeStore({ data: join(home, "data") });
    const sheets = await Array.fromAsync(store.keys({ prefix: "own/" }));
    await store.close();
    expect(sheets.length).toBe((await api(shop).sheets()).length);
  });

  it("hold a case that hangs its station, and do all the others; it is failed when its operator says so", async () => {
    const booked = await api(shop).book({ belt: "doubles", cases: [{ n: 1 }, { n: 13 }, { n: 2 }] });
    const held = await until(async () => (await api(north).quarantine())[0], { what: "the quarantine" });
    expect(held).toMatchObject({ sheet: booked.sheet, case: 1, code: "STATION_TIMEOUT", attempts: 2 });
    expect(await api(north).quarantined(held.id)).toEqual({ ...held, input: { n: 13 } });
    await until(async () => (await api(shop).sheet(booked.sheet)).stations[0]?.done === 2, {
      what: "the others",
    });
    expect((await api(north).status()).ready).toBe(true);

    await api(north).rejectQuarantined(held.id, {});
    await Array.fromAsync(api(shop).watch(booked.sheet, AbortSignal.timeout(30_000)));
    const cases = await api(shop).cases(booked.sheet);
    expect(cases.map(({ result, reason }) => result ?? reason)).toEqual([
      { twice: 2 },
      { station: "double", status: "failed", text: "The work took longer than 1000 ms." },
      { twice: 4 },
    ]);
  });

  it("go on from an old backup on an empty machine: what was done since comes back, and the log does not fork", async () => {
    const file = join(folder, "north.old.backup");
    const data = join(north.folder, "data");
    await writeBackupFile({ store: api(north).backup(), file, keysOf: data });
    const reader = await openLedgerReader({ url: chain.url, directory: deployment.directory });
    const ended = async (numbers: readonly number[]): Promise<void> => {
      const { sheet } = await api(shop).book({ belt: "doubles", cases: numbers.map((n) => ({ n })) });
      const reported = async () => {
        await reader.refresh();
        const booked = reader.view.sheets.get(HashText.parse(sheet));
        return booked !== undefined && finalAt(booked, 0) !== undefined;
      };
      await until(reported, { what: "the report" });
      const cases = await api(shop).cases(sheet);
      expect(cases.map(({ result }) => result)).toEqual(numbers.map((n) => ({ twice: 2 * n })));
    };
    const heads = async () => {
      await reader.refresh();
      return reader.view.heads.get(AddressText.parse(north.identity.address)) ?? [];
    };
    await ended([5, 6, 7]);
    const lost = (await heads()).at(-1)?.size ?? 0;

    north.abort.abort();
    await north.node.stopped;
    await rm(data, { recursive: true });
    await restoreBackup(file, { data });
    const modules = ["double.ts", "ask.ts"].map((name) => join(north.folder, name));
    north = await start("north", 17_412, await openIdentity(data), modules);
    await until(async () => (await api(north).status()).ready, { what: "north is ready" });
    await ended([8, 9]);
    north.abort.abort();
    await north.node.stopped;

    const store = await openNodeStore({ data });
    const log = await openReceiptLog(store, () => undefined);
    const anchored = await heads();
    const last = anchored.at(-1);
    expect(last?.size).toBe(lost + 2);
    expect(log.head()).toMatchObject({ size: last?.size, root: last?.root });
    // As an auditor sees it: each head is the beginning of the next one, those before the loss too.
    for (const [place, later] of anchored.entries()) {
      const earlier = anchored[place - 1];
      if (earlier === undefined) continue;
      const proof = (await log.proveConsistency(earlier.size, later.size)).map(fromHex);
      const [one, other] = [earlier, later].map(({ size, root }) => ({ size, root: fromHex(root) }));
      if (one !== undefined && other !== undefined) verifyConsistency(one, other, proof);
    }
    await store.close();
    await reader.close();
  });
});
