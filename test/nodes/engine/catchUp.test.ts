import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../nodes/clock.ts";
import { createProgress } from "../../../nodes/engine/progress.ts";
import { defineStation } from "../../../nodes/stations/index.ts";
import {
  checkedStore,
  MemoryStore,
  markRestored,
  restoredOf,
  type Store,
} from "../../../nodes/store/index.ts";
import { fromBase64url, fromHex } from "../../../pipeline/bytes.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import type { JsonObject } from "../../../pipeline/json.ts";
import { leafHash, verifyConsistency } from "../../../pipeline/log/index.ts";
import {
  placeKey,
  type Receipt,
  receiptBytes,
  receiptHash,
  writePlace,
} from "../../../pipeline/receipt/index.ts";
import {
  type CopiesRequest,
  type GivenCopies,
  openCopies,
  openCopiesRequest,
  sealTray,
  signCopies,
  signCopiesRequest,
  writePayloads,
} from "../../../pipeline/tray/index.ts";
import { Consortium, type ConsortiumOptions } from "../../support/consortium.ts";
import { SteppingClock } from "../../support/steppingClock.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";

const number = { type: "number" };
const closed = (properties: Record<string, JsonObject>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** A case with this number never ends. */
const endless = 99;
/** How often north worked on the case with this number, and until when those from `held` on wait. */
let worked: Map<number, number>;
let held: number;
let gate: PromiseWithResolvers<void>;
/** South never ends the cases from this number on. */
let southHeld: number;
/** Answers otherwise each time: two receipts of one case would be two outcomes. */
const double = defineStation<{ n: number }, { twice: number }>({
  name: "double",
  version: "1.0.0",
  input: closed({ n: number }),
  output: closed({ twice: number }),
  async process({ n }) {
    const times = (worked.get(n) ?? 0) + 1;
    worked.set(n, times);
    if (n >= held) await gate.promise;
    if (n === endless) await new Promise(() => {});
    return { twice: 2 * n + times / 1_000 };
  },
});
const add = defineStation<{ n: number }, { more: number }>({
  name: "add",
  version: "1.0.0",
  input: closed({ n: number }),
  output: closed({ more: number }),
  async process({ n }) {
    if (n >= southHeld) await new Promise(() => {});
    return { more: n + 1 };
  },
});
const belt = {
  belt: "doubles",
  case: closed({ n: number }),
  stations: {
    add: { offer: "south/add", needs: { "/n": "double#/twice" } },
    double: { offer: "north/double", needs: { "/n": "case#/n" } },
  },
  result: { "/more": "add#/more" },
};

let consortium: Consortium;
/** The machine's, unless a test turns it. */
let clock: SteppingClock | undefined;
/** What arrives of what partners answer, and whether a tray gets through. */
let answered: NonNullable<ConsortiumOptions["copies"]>;
let network: NonNullable<ConsortiumOptions["network"]>;
beforeEach(() => {
  worked = new Map();
  held = 2;
  southHeld = Number.POSITIVE_INFINITY;
  gate = Promise.withResolvers();
  answered = ({ answer }) => answer;
  network = () => {};
  clock = undefined;
});
afterEach(() => consortium.stop());

function begin(options: Partial<ConsortiumOptions> = {}): void {
  consortium = new Consortium({
    members: { shop: [], north: [double], south: [add] },
    copies: (call) => answered(call),
    network: (call) => network(call),
    clock: {
      now: () => (clock ?? systemClock).now(),
      sleep: (milliseconds, signal) => (clock ?? systemClock).sleep(milliseconds, signal),
    },
    ...options,
  });
}

const north = () => consortium.member("north");
const head = () => consortium.ledger.heads.get(north().address)?.at(-1);
const reported = (sheet: string) => consortium.ledger.sheets.get(sheet)?.reports.size === 2;
const receiptsAtShop = async (station = "double"): Promise<number> =>
  (await consortium.engine("shop").collector.progress(sheet)).get(station)?.size ?? 0;

let sheet: string;
/** Books a sheet of which the first case is through at once, and the others are held. */
async function book(...numbers: readonly number[]): Promise<void> {
  await consortium.start();
  const id = await consortium.publish(belt, "shop");
  sheet = await consortium.book(
    "shop",
    id,
    numbers.map((n) => ({ n })),
  );
  await until(async () => (await receiptsAtShop("add")) === 1, { what: "the first case" });
}

async function copyOf(store: Store): Promise<MemoryStore> {
  const copy = new MemoryStore();
  for await (const [key, value] of store.entries({ prefix: "" }))
    await copy.batch([{ type: "put", key, value }]);
  return copy;
}

/** Puts the store back to what it was, as on another machine: the next copy of it. */
async function restore(backup: Store, as: (store: Store) => Store = (store) => store): Promise<void> {
  consortium.kill("north");
  const store = await copyOf(backup);
  // Each copy is made in a second of its own.
  await markRestored(as(store), { at: 0, now: 1_000 * ++copies });
  north().store = store;
}
let copies = 0;

/** North does its work, reports and anchors it, and loses all of it. */
async function loseWork(): Promise<void> {
  const backup = await copyOf(north().store);
  gate.resolve();
  await until(() => reported(sheet), { what: "the reports" });
  await until(async () => (await keysOf(north().store, { prefix: "outbox/" })).length === 0);
  await restore(backup);
}

const caughtUp = () =>
  until(() => consortium.engine("north").refusal() === undefined, { what: "north has caught up" });
const says = (words: string) =>
  until(() => consortium.engine("north").refusal()?.message.includes(words), { what: words });

const minutes = async (count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute++) await clock?.pass(60_000);
};

describe("a node that was restored from an old backup", () => {
  test("takes its receipts back from its partners, and goes on with its log", async () => {
    begin();
    await book(1, 2, 3, 4);
    // Another sheet, whose cases end at the same moment: what is written together is of two.
    const same = await consortium.publish(belt, "shop");
    const other = await consortium.book("shop", same, [{ n: 6 }, { n: 7 }]);
    await until(() => worked.size === 6, { what: "all are held" });
    const both = loseWork();
    await until(() => reported(other), { what: "the reports of the other sheet" });
    await both;
    const lost = head();
    expect(lost?.size).toBe(6);
    expect((await keysOf(north().store, { prefix: "receipt/" })).length).toBe(1);
    const news: unknown[] = [];
    await consortium.start("north");
    north().signals.on("caughtUp", (each) => news.push(each));
    await caughtUp();
    const { log } = consortium.engine("north");
    expect(log.head()).toEqual(lost);
    expect(await keysOf(north().store, { prefix: "receipt/" })).toHaveLength(6);
    expect(await restoredOf(north().store)).toMatchObject({ checked: true });
    // Trays that the backup has are known to be done, and no case is done twice.
    expect(await keysOf(north().store, { prefix: "inbox/" })).toEqual([]);
    const id = await consortium.publish(belt, "shop");
    sheet = await consortium.book("shop", id, [{ n: 5 }]);
    await until(() => reported(sheet), { what: "the reports of the next sheet" });
    expect(Object.fromEntries(worked)).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1 });
    expect(news).toEqual([{ receipts: 5, forgone: 0 }]);
    await until(() => head()?.size === 7);
    const proof = (await log.proveConsistency(6, 7)).map(fromHex);
    const [older, newer] = [lost, head()].map((each) => fromHex(each?.root ?? ""));
    const sizes = { earlier: 6, size: 7 };
    expect(() => verify({ ...sizes, older, newer, proof })).not.toThrow();
    for (const { troubles } of [consortium.member("shop"), consortium.member("south")])
      expect(troubles).toEqual([]);
  });

  const verify = (parts: {
    readonly earlier: number;
    readonly size: number;
    readonly older: Uint8Array | undefined;
    readonly newer: Uint8Array | undefined;
    readonly proof: readonly Uint8Array[];
  }): void => {
    const { earlier, size, older = new Uint8Array(), newer = new Uint8Array(), proof } = parts;
    verifyConsistency({ size: earlier, root: older }, { size, root: newer }, proof);
  };

  test("asks a partner that is away again, says so meanwhile, and takes nothing", async () => {
    begin();
    await book(1, 2, 3);
    await loseWork();
    consortium.kill("shop");
    await consortium.start("north");
    expect(consortium.engine("north").refusal()).toMatchObject({ code: "LOG_BEHIND", retryable: true });
    await says("lacks those at 1 to 2. Asked: shop (PARTNER_UNREACHABLE");
    expect(consortium.engine("north").log.head().size).toBe(1);
    await consortium.start("shop");
    await caughtUp();
    expect(consortium.engine("north").log.head()).toEqual(head());
  });

  test("goes on wherever it is killed meanwhile", async () => {
    begin();
    await book(1, 2, 3);
    await loseWork();
    const backup = await copyOf(north().store);
    for (let point = 0; ; point++) {
      await restore(backup);
      let batches = 0;
      const store = north().store;
      // The process ends with its n-th write: before it in even rounds, after it in odd ones.
      north().store = new Proxy(store, {
        get(target, property) {
          if (property !== "batch") return Reflect.get(target, property).bind(target);
          return async (changes: Parameters<Store["batch"]>[0]) => {
            const last = batches++ === Math.floor(point / 2);
            if (last && point % 2 === 0) consortium.kill("north");
            if (!last || point % 2 === 1) await target.batch(changes);
            if (last) consortium.kill("north");
          };
        },
      });
      await consortium.start("north");
      const isDead = () => north().abort.signal.aborted;
      const ended = () => isDead() || north().engine?.refusal() === undefined;
      await until(ended, { what: `the end of round ${point}` });
      const died = isDead();
      if (died) {
        consortium.kill("north");
        north().store = store;
        await consortium.start("north");
      }
      await caughtUp();
      expect(consortium.engine("north").log.head()).toEqual(head());
      expect(await keysOf(store, { prefix: "receipt/" })).toHaveLength(3);
      if (!died) break;
    }
    expect(Object.fromEntries(worked)).toEqual({ 1: 1, 2: 1, 3: 1 });
  });

  test("works on nothing again of which a partner has a receipt, though no head has it", async () => {
    begin({ limits: { anchorAfter: 3_600_000 } });
    held = 3;
    await book(1);
    await until(() => head()?.size === 1, { what: "the first head" });
    const id = await consortium.publish(belt, "shop");
    const backup = await copyOf(north().store);
    sheet = await consortium.book("shop", id, [{ n: 2 }, { n: 3 }]);
    await until(async () => (await receiptsAtShop()) === 1, { what: "the case that is not held" });
    expect(head()?.size).toBe(1);
    await restore(backup);
    await consortium.start("north");
    await caughtUp();
    expect(consortium.engine("north").log.head().size).toBe(2);
    expect(worked.get(2)).toBe(1);
  });

  test("leaves a case to its deadline of whose receipt a station alone knows, by its hash", async () => {
    begin({ limits: { anchorAfter: 3_600_000 } });
    await book(1, 2, 3, endless);
    // The next station has ended the one, and is at work on the other.
    southHeld = 6;
    const backup = await copyOf(north().store);
    // The consumer never gets the receipt, the next station does.
    network = ({ from, to }) => {
      if (from === "north" && to === "shop") throw new Error("lost");
    };
    gate.resolve();
    const isBusy = () => consortium.engine("south").load().busy === 1;
    const atSouth = async () =>
      (await keysOf(consortium.member("south").store, { prefix: "receipt/" })).length;
    await until(async () => (await atSouth()) === 2 && isBusy(), { what: "the next station" });
    await restore(backup);
    network = () => {};
    await consortium.start("north");
    await caughtUp();
    await until(() => worked.get(endless) === 2, { what: "the case that nobody knows of" });
    // It stays so at the next start.
    consortium.kill("north");
    await consortium.start("north");
    await until(() => worked.get(endless) === 3);
    expect(Object.fromEntries(worked)).toEqual({ 1: 1, 2: 1, 3: 1, [endless]: 3 });
    expect(await receiptsAtShop()).toBe(1);
    expect(await atSouth()).toBe(2);
    expect(consortium.engine("north").log.head().size).toBe(1);
  });

  test("leaves to their deadline the cases of which a partner is silent, once it has waited for its word", async () => {
    begin({ limits: { anchorAfter: 3_600_000 } });
    await book(1, 2, 3, endless);
    const backup = await copyOf(north().store);
    gate.resolve();
    await until(async () => (await receiptsAtShop()) === 3, { what: "the consumer" });
    await restore(backup);
    consortium.kill("south");
    // From here on nobody looks at the time but north.
    clock = new SteppingClock(Date.now());
    await consortium.start("north");
    await minutes(14);
    expect(consortium.engine("north").refusal()?.message).toMatch(
      /waits for the word .* shop \(has no more\), south \(PARTNER_UNREACHABLE/,
    );
    expect(consortium.engine("north").log.head().size).toBe(1);
    await minutes(3);
    expect(consortium.engine("north").refusal()).toBeUndefined();
    expect(consortium.engine("north").log.head().size).toBe(3);
    expect(Object.fromEntries(worked)).toEqual({ 1: 1, 2: 1, 3: 1, [endless]: 1 });
  });
});

describe("several workers on one restored store", () => {
  test("wait until the one that leads has put it right, and do nothing twice", async () => {
    begin({ workers: { north: 2 }, times: { beat: 20, patience: 200 } });
    await book(1, 2, 3);
    const backup = await copyOf(north().store);
    // A backup has none of what says who works on the store.
    for (const prefix of ["worker/", "beat/", "claim/"]) {
      const gone = await keysOf(backup, { prefix });
      await backup.batch(gone.map((key) => ({ type: "del", key })));
    }
    gate.resolve();
    await until(() => reported(sheet), { what: "the reports" });
    await restore(backup, checkedStore);
    let silent = true;
    answered = ({ answer }) => {
      if (silent) throw new BeltError("PARTNER_UNREACHABLE", "Nobody is there.");
      return answer;
    };
    await consortium.start("north");
    const { workers } = north();
    const behind = () => workers.filter(({ engine }) => engine.refusal()?.code === "LOG_BEHIND").length;
    expect(behind()).toBe(2);
    expect(Object.fromEntries(worked)).toEqual({ 1: 1, 2: 1, 3: 1 });
    silent = false;
    await until(() => behind() === 0, { what: "both go on" });
    expect(Object.fromEntries(worked)).toEqual({ 1: 1, 2: 1, 3: 1 });
    const id = await consortium.publish(belt, "shop");
    sheet = await consortium.book("shop", id, [{ n: 4 }]);
    await until(() => reported(sheet), { what: "the reports of the next sheet" });
    await until(() => head()?.size === 4);
    expect(worked.get(4)).toBe(1);
  });
});

describe("a sheet whose belt nobody gives to a restored node", () => {
  test("is left to its deadline", async () => {
    begin({ limits: { anchorAfter: 3_600_000 } });
    await consortium.start();
    const backup = await copyOf(north().store);
    await book(1, endless);
    await restore(backup);
    consortium.kill("shop");
    consortium.kill("south");
    clock = new SteppingClock(Date.now());
    await consortium.start("north");
    await minutes(14);
    expect(consortium.engine("north").refusal()?.message).toContain("DOCUMENT_UNAVAILABLE");
    await minutes(3);
    expect(consortium.engine("north").refusal()).toBeUndefined();
    const ended = await createProgress(north().store).open(sheet, "double");
    expect([ended.has(0), ended.has(1), ended.size()]).toEqual([true, true, 0]);
  });
});

describe("a partner that lies about what it has", () => {
  type Lie = (given: GivenCopies, parts: { readonly receipts: readonly Receipt[] }) => GivenCopies;

  /** Has the shop answer something else, signed as its answers are. */
  function shopAnswers(lie: Lie): void {
    answered = ({ to, request, answer }) => {
      if (to !== "shop") return answer;
      const { keys, kids, address } = consortium.member("shop");
      const signers = (kid: string) => consortium.ledger.of(address).signer(kid)?.key;
      const asked = openCopiesRequest(Buffer.from(request), signers);
      const given = openCopies(answer, { ...asked, text: request }, signers);
      const receipts = given.copies.flatMap((copy) => copy.receipts);
      return signCopies(lie(given, { receipts }), Buffer.from(request), {
        kid: kids.signing,
        key: keys.signing,
      });
    };
  }

  const withReceipts =
    (change: (receipts: readonly Receipt[]) => readonly Receipt[]): Lie =>
    (given) => ({
      ...given,
      copies: given.copies.map((copy) => ({ ...copy, receipts: change(copy.receipts) })),
    });

  let page: GivenCopies["copies"] | undefined;
  const lacks = "lacks those at 1 to 2";
  test.each<[string, Lie, string, string]>([
    [
      "forged ones",
      withReceipts((receipts) => receipts.map((receipt) => ({ ...receipt, finished: receipt.finished + 1 }))),
      lacks,
      "did not write so",
    ],
    ["another order", withReceipts((receipts) => receipts.toReversed()), lacks, "did not write so"],
    [
      "those of another case",
      withReceipts((receipts) => receipts.map((receipt) => ({ ...receipt, case: receipt.case + 1 }))),
      lacks,
      "did not write so",
    ],
    ["too few", (given) => ({ ...given, copies: given.copies.slice(0, 1) }), lacks, "has no more"],
    ["none on a tray", withReceipts((receipts) => receipts.slice(1)), lacks, ""],
    [
      "the same page for ever",
      (given) => {
        page ??= given.copies.slice(0, 1);
        return { ...given, copies: page, more: true };
      },
      lacks,
      "PARTNER_REFUSED",
    ],
  ])("by %s changes nothing, and is named", async (_what, lie, words, why) => {
    begin();
    await book(1, 2, 3);
    await loseWork();
    shopAnswers(lie);
    await consortium.start("north");
    await says(words);
    expect(consortium.engine("north").refusal()?.message).toContain(why);
    expect(consortium.engine("north").log.head().size).toBe(1);
    expect(await keysOf(north().store, { prefix: "receipt/" })).toHaveLength(1);
  });

  test("by the signature of another changes nothing", async () => {
    begin();
    await book(1, 2, 3);
    await loseWork();
    const { keys, kids, address } = consortium.member("south");
    answered = ({ to, request, answer }) => {
      const signers = (kid: string) => consortium.ledger.of(address).signer(kid)?.key;
      if (to !== "shop") return answer;
      const asked = openCopiesRequest(Buffer.from(request), signers);
      const given = openCopies(answer, { ...asked, text: request }, signers);
      return signCopies(given, Buffer.from(request), { kid: kids.signing, key: keys.signing });
    };
    await consortium.start("north");
    await says("shop (PARTNER_REFUSED");
    expect(consortium.engine("north").log.head().size).toBe(1);
  });

  test("and has more the next time is asked again", async () => {
    begin();
    await book(1, 2, 3);
    await loseWork();
    shopAnswers((given) => ({ ...given, copies: given.copies.slice(0, 1) }));
    await consortium.start("north");
    await says("has no more");
    answered = ({ answer }) => answer;
    await caughtUp();
    expect(consortium.engine("north").log.head()).toEqual(head());
  });

  test("with receipts that this node wrote, and that are not those that it anchored", async () => {
    begin();
    await book(1, 2, 3);
    await loseWork();
    const key = placeKey(north().keys.secret);
    shopAnswers((given, { receipts }) => {
      const others = receipts.map((receipt) => ({ ...receipt, finished: receipt.finished + 1 }));
      const leaves = others.map((receipt) => leafHash(receiptBytes(receipt)));
      const place = writePlace(key, { copy: 0, first: 0 }, leaves);
      return { ...given, copies: [{ tray: 0, place, receipts: others }] };
    });
    await consortium.start("north");
    await says("What partners gave back is not the log of 3 that is anchored");
    expect(consortium.engine("north").log.head().size).toBe(1);
    expect(await keysOf(north().store, { prefix: "receipt/" })).toHaveLength(1);
  });
});

describe("the place of receipts", () => {
  test("is for the consumer alone: on a tray to a station it is refused", async () => {
    begin();
    let genuine: Uint8Array | undefined;
    network = ({ to, tray }) => {
      if (to === "north") genuine ??= tray;
    };
    await book(1);
    const { items, edge } = consortium.open("north", genuine ?? new Uint8Array());
    const name = { sheet, edge, tray: 1_000 };
    const { keys, kids } = consortium.member("shop");
    const { seal } = consortium.ledger.of(north().address).partner(north().address) ?? {};
    if (seal === undefined) throw new Error("north has a profile");
    const seals = (placeOf?: () => string) =>
      writePayloads(name, items, placeOf).map((payload) =>
        sealTray(
          name,
          payload,
          { signer: { kid: kids.signing, key: keys.signing }, to: { ...seal, member: north().address } },
          randomBytes,
        ),
      );
    const [placed = new Uint8Array(), ...more] = seals(() => "AAAA");
    expect(more).toEqual([]);
    await expect(consortium.engine("north").accept(placed)).rejects.toMatchObject({ code: "TRAY_INVALID" });
    const [plain = new Uint8Array()] = seals();
    await expect(consortium.engine("north").accept(plain)).resolves.toEqual(expect.any(String));
  });
});

describe("a partner that is asked for copies", () => {
  const asks = async (as: string, request: Partial<CopiesRequest> = {}) => {
    const { keys, kids } = consortium.member(as);
    const whole = { to: consortium.member("shop").address, sheet, station: "double", after: -1, ...request };
    const text = signCopiesRequest(whole, { kid: kids.signing, key: keys.signing });
    const answer = await consortium.engine("shop").copies(Buffer.from(text));
    const signers = () =>
      consortium.ledger.of(north().address).signer(consortium.member("shop").kids.signing)?.key;
    return { text, answer, given: openCopies(answer, { ...whole, text }, signers) };
  };

  test("gives each member its own receipts, and nobody another's", async () => {
    begin();
    await book(1);
    const { given } = await asks("north");
    const receipts = given.copies.flatMap((copy) => copy.receipts);
    expect(receipts).toMatchObject([{ sheet, station: "double", case: 0, status: "done" }]);
    expect(given.known.map(([, hash]) => hash)).toEqual(
      receipts.map((receipt) => Buffer.from(receiptHash(receipt)).toString("base64url")),
    );
    const refused = { code: "COPIES_REFUSED", retryable: false };
    await expect(asks("south")).rejects.toMatchObject(refused);
    await expect(asks("shop")).rejects.toMatchObject(refused);
    await expect(asks("north", { station: "add" })).rejects.toMatchObject(refused);
    await expect(asks("north", { station: "nowhere" })).rejects.toMatchObject(refused);
    await expect(asks("north", { to: consortium.member("south").address })).rejects.toMatchObject(refused);
    await expect(asks("north", { sheet: `0x${"5e".repeat(32)}` })).rejects.toMatchObject({
      code: "SHEET_UNKNOWN",
    });
  });

  test("refuses what is not signed by a member, and answers just what it was asked", async () => {
    begin();
    await book(1);
    const { text, answer } = await asks("north");
    const give = consortium.engine("shop").copies;
    const [head = "", payload = "", signature = ""] = text.split(".");
    const forged = Buffer.from(fromBase64url(signature));
    forged.writeUInt8(forged.readUInt8(3) ^ 1, 3);
    const refused = { code: "COPIES_REFUSED" };
    for (const bad of [
      `${head}.${payload}.${forged.toString("base64url")}`,
      `${head}.${payload}`,
      "",
      "x".repeat(5_000),
    ]) {
      await expect(give(Buffer.from(bad))).rejects.toMatchObject(refused);
    }
    const signers = (kid: string) => consortium.ledger.of(north().address).signer(kid)?.key;
    const other = { sheet, station: "double", text: `${text}x` };
    expect(() => openCopies(answer, other, signers)).toThrow(
      expect.objectContaining({ code: "PARTNER_REFUSED" }),
    );
    expect(() => openCopies(answer, { ...other, text }, () => undefined)).toThrow(
      expect.objectContaining({ code: "PARTNER_REFUSED" }),
    );
    expect(openCopies(answer, { ...other, text }, signers).more).toBe(false);
  });
});
