import { rm } from "node:fs/promises";
import { join } from "node:path";
import { JsonRpcProvider, Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restoreBackup, writeBackupFile } from "../../nodes/backup/index.ts";
import { openReceiptLog } from "../../nodes/engine/receiptLog.ts";
import { openIdentity } from "../../nodes/identity.ts";
import { openLedgerReader, signGrant, signRevocation, statementDomain } from "../../nodes/ledger/index.ts";
import { openNodeStore } from "../../nodes/nodeStore.ts";
import { fromHex } from "../../pipeline/bytes.ts";
import { AddressText, finalAt, HashText, owedTo } from "../../pipeline/index/index.ts";
import { verifyConsistency } from "../../pipeline/log/index.ts";
import { closed, number } from "../support/closed.ts";
import { temporaryFolder } from "../support/folder.ts";
import { library, type MachineHere, type Machines, setUpMachines } from "../support/machines.ts";
import { until } from "../support/until.ts";

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
  case: closed({ owner: text, source: text, purpose: text }),
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
  case: closed({ n: number }),
  stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
  result: { "/twice": "double#/twice" },
};

let machines: Machines;
let shop: MachineHere;
let north: MachineHere;

beforeAll(async () => {
  const settings = { timeoutMs: 1_000, attempts: 2 };
  const modules = [doubleModule, askModule].map((module) => ({ module, settings }));
  machines = await setUpMachines({ shop: [], north: modules }, { credit: 1_000n });
  [shop, north] = await Promise.all([machines.member("shop").run(), machines.member("north").run()]);
});

afterAll(async () => {
  await Promise.all([shop?.stop(), north?.stop()]);
  await machines?.end();
});

const addressOf = (name: string) => machines.member(name).identity.address;
const openReader = () =>
  openLedgerReader({ url: machines.chain.url, directory: machines.deployment.directory });

describe("two nodes on a real chain", () => {
  it("publish an offer and a belt, book a sheet, and bring its cases back", async () => {
    await until(
      async () => (await shop.operations.status()).ready && (await north.operations.status()).ready,
    );
    await north.operations.publishOffer({
      station: "double",
      price: 5,
      deadlineSeconds: 60,
      capacity: 100,
      validDays: 30,
    });
    await until(async () =>
      (await shop.operations.offers({ mine: false })).some(({ name }) => name === "double"),
    );
    expect((await shop.operations.checkBelt(belt)).findings).toEqual([]);
    await shop.operations.publishBelt(belt);
    const booked = await shop.operations.book({ belt: "doubles", cases: [{ n: 21 }, { n: -1 }, { n: 4 }] });
    expect(booked).toMatchObject({ count: 3, cost: "15" });
    const events = await Array.fromAsync(shop.operations.watch(booked.sheet, AbortSignal.timeout(20_000)));
    expect(events.map(({ status }) => status).toSorted()).toEqual(["done", "done", "unprocessable"]);
    const cases = await shop.operations.cases(booked.sheet);
    expect(cases.map(({ state, result, reason }) => ({ state, result, reason: reason?.text }))).toEqual([
      { state: "done", result: { twice: 42 }, reason: undefined },
      { state: "not done", result: undefined, reason: "There are no negative cases here." },
      { state: "done", result: { twice: 8 }, reason: undefined },
    ]);
    expect((await shop.operations.sheet(booked.sheet)).state).toBe("finished");
  });

  it("pay what is done, refund the rest, and book no more than there is credit for", async () => {
    const reader = await openReader();
    const [shopAccount, northAccount] = [addressOf("shop"), addressOf("north")];
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
    await shop.operations.book(dear);
    await expect(shop.operations.book(dear)).rejects.toMatchObject({
      code: "CREDIT_SHORT",
      message: expect.stringMatching(/^The sheet costs 500, and the account has 4(?:85|90)[,.]/),
    });
  });

  it("book once under a key, however often and at what time they are asked", async () => {
    const order = { belt: "doubles", cases: [{ n: 5 }], key: "order-1" };
    const [one, other] = await Promise.all([shop.operations.book(order), shop.operations.book(order)]);
    expect(one).toMatchObject({ count: 1, cost: "5" });
    expect(other).toEqual(one);
    expect(await shop.operations.book(order)).toEqual(one);
    expect(await shop.operations.book.dryRun(order)).toMatchObject({
      ...{ escrow: "0", transactions: [{ what: "book", already: true }] },
    });
    const another = { ...order, cases: [{ n: 6 }] };
    const conflict = { code: "IDEMPOTENCY_CONFLICT", at: "/key", remedy: expect.stringContaining("key") };
    await expect(shop.operations.book(another)).rejects.toMatchObject(conflict);
    await expect(shop.operations.book.dryRun(another)).rejects.toMatchObject(conflict);
    expect((await shop.operations.book({ ...order, key: "order-2" })).sheet).not.toBe(one.sheet);
  });

  it("offer and book a product by the day, decline it, and keep its calendar in a new version", async () => {
    const room = {
      ...{ offer: "room", version: "1.0.0", product: "accommodation" as const },
      ...{ title: { en: "A room" }, unit: { en: "room" } },
    };
    const terms = { price: 3, deadlineSeconds: 60, units: 1, validDays: 30 };
    const first = await north.operations.publishProduct({ document: room, ...terms });
    expect(first.supersedes).toBeUndefined();
    const second = await north.operations.publishProduct({
      document: { ...room, version: "1.1.0" },
      ...terms,
    });
    expect(second.supersedes).toBe(first.offer);
    const offers = async () =>
      (await shop.operations.offers({ mine: false })).filter(({ name }) => name === "room");
    await until(async () => (await offers()).length === 2);
    expect((await offers()).map(({ version, live }) => [version, live])).toEqual([
      ["1.0.0", false],
      ["1.1.0", true],
    ]);
    expect(await shop.operations.offer(second.offer)).toMatchObject({
      ...{ kind: "product", product: "accommodation", unit: { en: "room" }, price: "3", capacity: 1 },
    });
    await expect(
      shop.operations.publishBelt({
        ...belt,
        version: "room",
        stations: { double: { offer: "north/room", needs: { "/n": "case#/n" } } },
      }),
    ).rejects.toMatchObject({ code: "BELT_OFFER_UNAVAILABLE" });
    const from = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    const stay = { offer: second.offer, from, days: 7, units: 1 };
    expect(await shop.operations.bookProduct.dryRun(stay)).toMatchObject({ escrow: "21" });
    const booked = await shop.operations.bookProduct({ ...stay, key: "order-1" });
    expect(booked).toMatchObject({ cost: "21", from, days: 7, units: 1 });
    // Who heard nothing books again under the same key, and has the same booking.
    expect(await shop.operations.bookProduct({ ...stay, key: "order-1" })).toEqual(booked);
    expect(await shop.operations.bookProduct.dryRun({ ...stay, key: "order-1" })).toMatchObject({
      escrow: "0",
    });
    await expect(shop.operations.bookProduct({ ...stay, days: 6, key: "order-1" })).rejects.toMatchObject({
      ...{ code: "IDEMPOTENCY_CONFLICT", at: "/key" },
    });
    await expect(shop.operations.bookProduct({ ...stay, days: 1 })).rejects.toMatchObject({
      code: "LEDGER_STATE_REFUSED",
    });
    const part = booked.sheet.slice(0, 12);
    await expect(north.operations.deliver({ sheet: part, station: 0, notDone: [] })).rejects.toMatchObject({
      code: "LEDGER_TOO_EARLY",
    });
    await expect(shop.operations.acceptReports({ sheet: part })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const declined = await north.operations.declineStation({ sheet: part, station: 0 });
    expect(declined.sheet).toBe(booked.sheet);
    await until(() =>
      shop.operations.bookProduct({ ...stay, days: 1 }).then(
        () => true,
        () => false,
      ),
    );
    await expect(north.operations.declineStation({ sheet: "0x", station: 0 })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
    await expect(north.operations.cancelSheet({ sheet: part })).rejects.toMatchObject({
      code: "LEDGER_NOT_ENTITLED",
    });
  });

  it("connect, and see it from both sides", async () => {
    const seen = (member: MachineHere, state: string) =>
      until(async () => (await member.operations.connections()).some((each) => each.state === state));
    await expect(shop.operations.requestConnection("nobody")).rejects.toMatchObject({
      ...{ code: "NOT_FOUND", at: "/member" },
    });
    const { partner } = await shop.operations.requestConnection("north");
    expect(partner).toBe(addressOf("north"));
    await seen(north, "requested");
    await north.operations.acceptConnection(addressOf("shop"));
    await seen(shop, "connected");
    const [connection] = await north.operations.connections();
    expect(connection).toMatchObject({ partnerName: "shop", requester: addressOf("shop") });
    await north.operations.endConnection("shop");
    await seen(shop, "ended");
  });

  it("endorse a belt, and learn from its steward which one to book instead", async () => {
    const belts = () => shop.operations.belts();
    const [old] = await belts();
    if (old === undefined) throw new Error("the belt of the first test");
    await expect(shop.operations.endorseBelt(old.belt)).rejects.toMatchObject({
      code: "LEDGER_NOT_ENTITLED",
    });
    await north.operations.endorseBelt(old.belt);
    await until(async () => (await belts())[0]?.endorsements === 1);
    await north.operations.withdrawEndorsement(old.belt);
    const { belt: newer } = await shop.operations.publishBelt({ ...belt, version: "2", parent: old.belt });
    const dry = await shop.operations.deprecateBelt.dryRun({ belt: old.belt, successor: newer });
    expect(dry.transactions).toMatchObject([{ what: "deprecate the belt", already: false }]);
    await shop.operations.deprecateBelt({ belt: newer });
    // A name means what is not deprecated, before it means the newest.
    expect((await shop.operations.belt("doubles")).belt).toBe(old.belt);
    const { belt: newest } = await shop.operations.publishBelt({ ...belt, version: "3", parent: newer });
    await shop.operations.deprecateBelt({ belt: old.belt, successor: newest });
    expect(await belts()).toMatchObject([
      { belt: old.belt, endorsements: 0, deprecated: true, successor: newest, stewardName: "shop" },
      { belt: newer, deprecated: true, successor: null },
      { belt: newest, deprecated: false, successor: null },
    ]);
    const one = { cases: [{ n: 1 }] };
    expect(await shop.operations.book({ belt: "doubles", ...one })).toMatchObject({ belt: newest });
    expect(await shop.operations.book.dryRun({ belt: newest, ...one })).not.toHaveProperty("advice");
    expect(await shop.operations.book({ belt: old.belt, cases: [{ n: 2 }] })).toMatchObject({
      advice: `shop advises against this belt: book ${newest} instead.`,
    });
    await shop.operations.proposeSteward({ belt: newest, member: "north" });
    await until(async () => (await north.operations.belt(newest)).candidate === addressOf("north"));
    await north.operations.acceptSteward(newest);
    expect(await north.operations.belt(newest)).toMatchObject({ stewardName: "north", memberName: "shop" });
  });

  it("grant and relay consents, and see who may use what", async () => {
    const person = new Wallet(`0x${"7".repeat(64)}`);
    const domain = statementDomain(machines.deployment.chainId, machines.deployment.contracts.Consents);
    const hour = Math.floor(Date.now() / 1_000) + 3_600;
    const [source, purpose] = [`0x${"50".repeat(32)}`, `0x${"90".repeat(32)}`] as const;
    const use = {
      ...{ owner: AddressText.parse(person.address), grantee: addressOf("north") },
      ...{ source, purpose },
    };
    const signed = await signGrant(person, domain, { ...use, expiry: hour, nonce: 0, deadline: hour });
    const { consent } = await shop.operations.relayConsent(signed);
    await until(async () => (await north.operations.consents()).length === 1);
    expect(await north.operations.consents()).toMatchObject([
      { consent, owner: use.owner, granteeName: "north", state: "granted", relayer: addressOf("shop") },
    ]);
    await expect(north.operations.relayConsent(signed)).resolves.toMatchObject({ consent });
    await north.operations.publishOffer({
      ...{ station: "ask", price: 0, deadlineSeconds: 60, capacity: 100, validDays: 30 },
    });
    await until(async () =>
      (await shop.operations.offers({ mine: false })).some(({ name }) => name === "ask"),
    );
    await shop.operations.publishBelt(askBelt);
    /** What a station of north is told of these uses: each case stands for one. */
    const told = async (...uses: readonly { owner: string; source: string; purpose: string }[]) => {
      const asked = uses.map(({ owner, source: from, purpose: what }) => ({
        ...{ owner, source: from, purpose: what },
      }));
      const { sheet } = await shop.operations.book({ belt: "asks", cases: asked });
      await until(async () => (await shop.operations.sheet(sheet)).state === "finished");
      return (await shop.operations.cases(sheet)).map(({ result }) => result?.["allowed"]);
    };
    const elsewhere = { ...use, owner: addressOf("shop") };
    expect(await told(use, elsewhere)).toEqual([true, false]);
    const revocation = await signRevocation(person, domain, { ...use, nonce: 0, deadline: hour });
    await north.operations.relayConsent(revocation);
    expect(await north.operations.consents()).toMatchObject([{ state: "revoked", nextNonce: 1 }]);
    expect(await told(use)).toEqual([false]);

    const own = { grantee: "north", source, purpose };
    const past = { ...own, expiry: "2020-01-01T00:00:00Z" };
    await expect(shop.operations.grantConsent(past)).rejects.toMatchObject({
      ...{ code: "INPUT_INVALID", at: "/expiry" },
    });
    const granted = await shop.operations.grantConsent({ ...own, expiry: "2090-01-01T00:00:00Z" });
    expect((await shop.operations.consents()).find((each) => each.consent === granted.consent)).toMatchObject(
      {
        ...{ owner: addressOf("shop"), state: "granted", expiry: "2090-01-01T00:00:00.000Z" },
      },
    );
    await shop.operations.revokeConsent(own);
    const reader = await openReader();
    const uses = [use, { ...use, owner: addressOf("shop") }];
    expect(await reader.mayUse(uses)).toEqual([false, false]);
    await reader.close();
  });

  it("give a backup while they run, from which another machine has their store and keys", async () => {
    const home = await temporaryFolder();
    const file = join(home, "shop.backup");
    const keysOf = join(machines.member("shop").folder, "data");
    const written = await writeBackupFile({ store: shop.operations.backup(), file, keysOf });
    expect(written).toMatchObject({ member: addressOf("shop") });
    await restoreBackup(file, { data: join(home, "data") });
    expect((await openIdentity(join(home, "data"))).address).toBe(addressOf("shop"));
    const store = await openNodeStore({ data: join(home, "data") });
    const sheets = await Array.fromAsync(store.keys({ prefix: "own/" }));
    await store.close();
    expect(sheets.length).toBe((await shop.operations.sheets()).length);
  });

  it("hold a case that hangs its station, and do all the others; it is failed when its operator says so", async () => {
    const booked = await shop.operations.book({ belt: "doubles", cases: [{ n: 1 }, { n: 13 }, { n: 2 }] });
    const held = await until(async () => (await north.operations.quarantine())[0], {
      what: "the quarantine",
    });
    expect(held).toMatchObject({ sheet: booked.sheet, case: 1, code: "STATION_TIMEOUT", attempts: 2 });
    expect(await north.operations.quarantined(held.id)).toEqual({ ...held, input: { n: 13 } });
    await until(async () => (await shop.operations.sheet(booked.sheet)).stations[0]?.done === 2, {
      what: "the others",
    });
    expect((await north.operations.status()).ready).toBe(true);

    await north.operations.rejectQuarantined(held.id, {});
    await Array.fromAsync(shop.operations.watch(booked.sheet, AbortSignal.timeout(30_000)));
    const cases = await shop.operations.cases(booked.sheet);
    expect(cases.map(({ result, reason }) => result ?? reason)).toEqual([
      { twice: 2 },
      { station: "double", status: "failed", text: "The work took longer than 1000 ms." },
      { twice: 4 },
    ]);
  });

  it("go on from an old backup on an empty machine: what was done since comes back, and the log does not fork", async () => {
    const file = join(await temporaryFolder(), "north.old.backup");
    const data = join(machines.member("north").folder, "data");
    await writeBackupFile({ store: north.operations.backup(), file, keysOf: data });
    const reader = await openReader();
    const ended = async (numbers: readonly number[]): Promise<void> => {
      const { sheet } = await shop.operations.book({ belt: "doubles", cases: numbers.map((n) => ({ n })) });
      const reported = async () => {
        await reader.refresh();
        const booked = reader.view.sheets.get(HashText.parse(sheet));
        return booked !== undefined && finalAt(booked, 0) !== undefined;
      };
      await until(reported, { what: "the report" });
      const cases = await shop.operations.cases(sheet);
      expect(cases.map(({ result }) => result)).toEqual(numbers.map((n) => ({ twice: 2 * n })));
    };
    const heads = async () => {
      await reader.refresh();
      return reader.view.heads.get(AddressText.parse(addressOf("north"))) ?? [];
    };
    await ended([5, 6, 7]);
    const lost = (await heads()).at(-1)?.size ?? 0;

    await north.stop();
    await rm(data, { recursive: true });
    await restoreBackup(file, { data });
    north = await machines.member("north").run();
    await until(async () => (await north.operations.status()).ready, { what: "north is ready" });
    await ended([8, 9]);
    await north.stop();

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

  it("book for as long as offers allow, also where the chain's clock is ahead of the machine's", async () => {
    const provider = new JsonRpcProvider(machines.chain.url);
    const ahead = 7_200;
    await provider.send("evm_increaseTime", [ahead]);
    await provider.send("evm_mine", []);
    provider.destroy();
    const order = { belt: "doubles", cases: [{ n: 1 }] };
    expect(await shop.operations.book.dryRun(order)).toMatchObject({ escrow: "5" });
    const { deadline } = await shop.operations.book(order);
    expect(Date.parse(deadline)).toBeGreaterThan(Date.now() + ahead * 1_000);
  });
});
