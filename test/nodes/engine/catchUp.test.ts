import { afterEach, describe, expect, test } from "vitest";
import { createProgress } from "../../../nodes/engine/progress.ts";
import { checkedStore, restoredOf, type Store } from "../../../nodes/store/index.ts";
import { fromHex } from "../../../pipeline/bytes.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { verifyConsistency } from "../../../pipeline/log/index.ts";
import { SteppingClock } from "../../support/steppingClock.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";
import { copyOf, endless, LostMachine } from "./lostMachine.ts";

let lost: LostMachine;
afterEach(() => lost.consortium.stop());

/** Time passes for all members. */
const minutes = async (count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute++) await lost.clock?.pass(60_000);
};

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

describe("a node that was restored from an old backup", () => {
  test("takes its receipts back from its partners, and goes on with its log", async () => {
    lost = new LostMachine();
    await lost.book(1, 2, 3, 4);
    // Another sheet, whose cases end at the same moment: what is written together is of two.
    const other = await lost.bookMore(6, 7);
    await until(() => lost.worked.size === 6, { what: "all are held" });
    const both = lost.loseWork();
    await until(() => lost.reported(other), { what: "the reports of the other sheet" });
    await both;
    const anchored = lost.head();
    expect(anchored?.size).toBe(6);
    expect((await keysOf(lost.north.store, { prefix: "receipt/" })).length).toBe(1);
    const news: unknown[] = [];
    await lost.consortium.start("north");
    lost.north.signals.on("caughtUp", (each) => news.push(each));
    await lost.caughtUp();
    const { log } = lost.consortium.engine("north");
    expect(log.head()).toEqual(anchored);
    expect(await keysOf(lost.north.store, { prefix: "receipt/" })).toHaveLength(6);
    expect(await restoredOf(lost.north.store)).toMatchObject({ checked: true });
    // Trays that the backup has are known to be done, and no case is done twice.
    expect(await keysOf(lost.north.store, { prefix: "inbox/" })).toEqual([]);
    lost.sheet = await lost.bookMore(5);
    await until(() => lost.reported(), { what: "the reports of the next sheet" });
    expect(Object.fromEntries(lost.worked)).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1 });
    expect(news).toEqual([{ receipts: 5, lost: 0, forgone: 0 }]);
    await until(() => lost.head()?.size === 7);
    const proof = (await log.proveConsistency(6, 7)).map(fromHex);
    const [older, newer] = [anchored, lost.head()].map((each) => fromHex(each?.root ?? ""));
    const sizes = { earlier: 6, size: 7 };
    expect(() => verify({ ...sizes, older, newer, proof })).not.toThrow();
    for (const { troubles } of [lost.consortium.member("shop"), lost.consortium.member("south")])
      expect(troubles).toEqual([]);
  });

  test("waits for what the lost machine still has on its way to the ledger", async () => {
    lost = new LostMachine();
    await lost.book(1, 2, 3);
    await lost.loseWork();
    // Its last head and its report are in no block yet.
    const { heads, foreign } = lost.consortium.ledger;
    const { address } = lost.north;
    const all = heads.get(address) ?? [];
    heads.set(address, all.slice(0, 1));
    foreign.set(address, 1);
    await lost.consortium.start("north");
    await lost.says("are on their way (1)");
    heads.set(address, all);
    foreign.delete(address);
    await lost.caughtUp();
    expect(lost.consortium.engine("north").log.head()).toEqual(all.at(-1));
  });

  test("asks a partner that is away again, says so meanwhile, and takes nothing", async () => {
    lost = new LostMachine();
    await lost.book(1, 2, 3);
    await lost.loseWork();
    lost.consortium.kill("shop");
    await lost.consortium.start("north");
    expect(lost.consortium.engine("north").refusal()).toMatchObject({ code: "LOG_BEHIND", retryable: true });
    await lost.says("lacks those at 1 to 2. Asked: shop (PARTNER_UNREACHABLE");
    expect(lost.consortium.engine("north").log.head().size).toBe(1);
    await lost.consortium.start("shop");
    await lost.caughtUp();
    expect(lost.consortium.engine("north").log.head()).toEqual(lost.head());
  });

  test("goes on wherever it is killed meanwhile", async () => {
    lost = new LostMachine();
    await lost.book(1, 2, 3);
    await lost.loseWork();
    const backup = await copyOf(lost.north.store);
    for (let point = 0; ; point++) {
      await lost.restore(backup);
      let batches = 0;
      const store = lost.north.store;
      // The process ends with its n-th write: before it in even rounds, after it in odd ones.
      lost.north.store = new Proxy(store, {
        get(target, property) {
          if (property !== "batch") return Reflect.get(target, property).bind(target);
          return async (changes: Parameters<Store["batch"]>[0]) => {
            const last = batches++ === Math.floor(point / 2);
            if (last && point % 2 === 0) lost.consortium.kill("north");
            if (!last || point % 2 === 1) await target.batch(changes);
            if (last) lost.consortium.kill("north");
          };
        },
      });
      await lost.consortium.start("north");
      const isDead = () => lost.north.abort.signal.aborted;
      const ended = () => isDead() || lost.north.engine?.refusal() === undefined;
      await until(ended, { what: `the end of round ${point}` });
      const died = isDead();
      if (died) {
        lost.consortium.kill("north");
        lost.north.store = store;
        await lost.consortium.start("north");
      }
      await lost.caughtUp();
      expect(lost.consortium.engine("north").log.head()).toEqual(lost.head());
      expect(await keysOf(store, { prefix: "receipt/" })).toHaveLength(3);
      if (!died) break;
    }
    expect(Object.fromEntries(lost.worked)).toEqual({ 1: 1, 2: 1, 3: 1 });
  });

  test("works on nothing again of which a partner has a receipt, though no head has it", async () => {
    lost = new LostMachine({ limits: { anchorAfter: 3_600_000 } });
    lost.held = 3;
    await lost.book(1);
    await until(() => lost.head()?.size === 1, { what: "the first head" });
    const backup = await copyOf(lost.north.store);
    lost.sheet = await lost.bookMore(2, 3);
    await until(async () => (await lost.receiptsAtShop()) === 1, { what: "the case that is not held" });
    expect(lost.head()?.size).toBe(1);
    await lost.restore(backup);
    await lost.consortium.start("north");
    await lost.caughtUp();
    expect(lost.consortium.engine("north").log.head().size).toBe(2);
    expect(lost.worked.get(2)).toBe(1);
  });

  test("leaves a case to its deadline of whose receipt a station alone knows, by its hash", async () => {
    lost = new LostMachine({ limits: { anchorAfter: 3_600_000 } });
    await lost.book(1, 2, 3, endless);
    // The next station has ended the one, and is at work on the other.
    lost.southHeld = 6;
    const backup = await copyOf(lost.north.store);
    // The consumer never gets the receipt, the next station does.
    lost.network = ({ from, to }) => {
      if (from === "north" && to === "shop") throw new Error("lost");
    };
    lost.gate.resolve();
    const isBusy = () => lost.consortium.engine("south").load().busy === 1;
    const atSouth = async () =>
      (await keysOf(lost.consortium.member("south").store, { prefix: "receipt/" })).length;
    await until(async () => (await atSouth()) === 2 && isBusy(), { what: "the next station" });
    await lost.restore(backup);
    lost.network = () => {};
    await lost.consortium.start("north");
    await lost.caughtUp();
    await until(() => lost.worked.get(endless) === 2, { what: "the case that nobody knows of" });
    // It stays so at the next start.
    lost.consortium.kill("north");
    await lost.consortium.start("north");
    await until(() => lost.worked.get(endless) === 3);
    expect(Object.fromEntries(lost.worked)).toEqual({ 1: 1, 2: 1, 3: 1, [endless]: 3 });
    expect(await lost.receiptsAtShop()).toBe(1);
    expect(await atSouth()).toBe(2);
    expect(lost.consortium.engine("north").log.head().size).toBe(1);
  });

  test("leaves to their deadline the cases of which a partner is silent, once it has waited for its word", async () => {
    lost = new LostMachine({ limits: { anchorAfter: 3_600_000 } });
    await lost.book(1, 2, 3, endless);
    const backup = await copyOf(lost.north.store);
    lost.gate.resolve();
    await until(async () => (await lost.receiptsAtShop()) === 3, { what: "the consumer" });
    await lost.restore(backup);
    lost.consortium.kill("south");
    // From here on nobody looks at the time but north.
    lost.clock = new SteppingClock(Date.now());
    await lost.consortium.start("north");
    await minutes(14);
    expect(lost.consortium.engine("north").refusal()?.message).toMatch(
      /waits for the word .* shop \(has no more\), south \(PARTNER_UNREACHABLE/,
    );
    expect(lost.consortium.engine("north").log.head().size).toBe(1);
    await minutes(3);
    expect(lost.consortium.engine("north").refusal()).toBeUndefined();
    expect(lost.consortium.engine("north").log.head().size).toBe(3);
    expect(Object.fromEntries(lost.worked)).toEqual({ 1: 1, 2: 1, 3: 1, [endless]: 1 });
  });
});

describe("a log of which nobody has receipts that were anchored", () => {
  /** North ends two sheets, anchors and reports them; of the first one nobody hears of its last cases. */
  async function loseReceipts(): Promise<void> {
    lost = new LostMachine({ limits: { anchorAfter: 60_000, withdrawAfter: 60_000 } });
    await lost.book(1, 2, 3);
    const other = await lost.bookMore(6, 7);
    await until(() => lost.worked.size === 5, { what: "all are held" });
    const backup = await copyOf(lost.north.store);
    lost.network = ({ from, to, tray }) => {
      if (from === "north" && lost.consortium.open(to, tray).sheet === lost.sheet)
        throw new BeltError("SHEET_UNKNOWN", "It is lost.");
    };
    lost.gate.resolve();
    const reports = () => lost.consortium.ledger.sheets.get(lost.sheet)?.reports.size;
    await until(() => reports() === 1 && lost.reported(other), { what: "the reports" });
    const atShop = lost.consortium.engine("shop").collector;
    await until(async () => (await atShop.progress(other)).get("double")?.size === 2, {
      what: "the receipts",
    });
    expect(lost.head()?.size).toBe(5);
    await lost.restore(backup);
    lost.network = () => {};
    lost.clock = new SteppingClock(Date.now());
  }
  const log = () => lost.consortium.engine("north").log;
  const refusal = () => lost.consortium.engine("north").refusal();

  test("goes on at its anchored head, once all have said for a while that they have no more", async () => {
    await loseReceipts();
    const anchored = lost.head();
    const news: unknown[] = [];
    await lost.consortium.start("north");
    lost.north.signals.on("caughtUp", (each) => news.push(each));
    await minutes(14);
    expect(refusal()?.message).toMatch(/lacks those at .*shop \(has no more\).*is given up/);
    await minutes(3);
    expect(refusal()).toBeUndefined();
    expect(log().head()).toEqual(anchored);
    expect(news).toEqual([{ receipts: 2, lost: 2, forgone: 0 }]);
    expect(await keysOf(lost.north.store, { prefix: "receipt/" })).toHaveLength(3);
    // What is done from now on stands behind it, and everybody can check that it does; also after a restart.
    lost.consortium.kill("north");
    await lost.consortium.start("north");
    lost.sheet = await lost.bookMore(5);
    await until(async () => {
      await lost.clock?.pass(1_000);
      return lost.reported() && lost.head()?.size === 6;
    });
    const proof = (await log().proveConsistency(5, 6)).map(fromHex);
    const [older, newer] = [anchored, lost.head()].map((each) => fromHex(each?.root ?? ""));
    expect(() => verify({ earlier: 5, size: 6, older, newer, proof })).not.toThrow();
    expect(Object.fromEntries(lost.worked)).toEqual({ 1: 1, 2: 1, 3: 1, 5: 1, 6: 1, 7: 1 });
  });

  test("waits a day for a partner that does not answer", async () => {
    await loseReceipts();
    lost.consortium.kill("south");
    await lost.consortium.start("north");
    await minutes(1);
    lost.clock?.set(23 * 3_600_000);
    await minutes(1);
    expect(refusal()).toMatchObject({ code: "LOG_BEHIND" });
    await minutes(62);
    expect(refusal()).toBeUndefined();
    expect(log().head()).toEqual(lost.head());
  });

  test.each<[string, (hashes: readonly string[]) => readonly string[] | undefined]>([
    ["none", () => undefined],
    [
      "another log's",
      ([first = "", ...rest]) => [`${first.slice(0, -1)}${first.endsWith("0") ? 1 : 0}`, ...rest],
    ],
    ["one that is cut off", (hashes) => hashes.slice(1)],
  ])("is not gone on with by a frontier that is %s", async (_what, other) => {
    await loseReceipts();
    const { address } = lost.north;
    const changed = other(lost.consortium.ledger.frontiers.get(address) ?? []);
    if (changed === undefined) lost.consortium.ledger.frontiers.delete(address);
    else lost.consortium.ledger.frontiers.set(address, changed);
    await lost.consortium.start("north");
    await minutes(1);
    lost.clock?.set(20 * 60_000);
    await minutes(2);
    expect(refusal()).toMatchObject({ code: "LOG_BEHIND" });
    expect(log().head().size).toBe(1);
  });
});

describe("several workers on one restored store", () => {
  test("wait until the one that leads has put it right, and do nothing twice", async () => {
    lost = new LostMachine({ workers: { north: 2 }, times: { beat: 20, patience: 200 } });
    await lost.book(1, 2, 3);
    const backup = await copyOf(lost.north.store);
    // A backup has none of what says who works on the store.
    for (const prefix of ["worker/", "beat/", "claim/"]) {
      const gone = await keysOf(backup, { prefix });
      await backup.batch(gone.map((key) => ({ type: "del", key })));
    }
    lost.gate.resolve();
    await until(() => lost.reported(), { what: "the reports" });
    await lost.restore(backup, checkedStore);
    let silent = true;
    lost.answered = ({ answer }) => {
      if (silent) throw new BeltError("PARTNER_UNREACHABLE", "Nobody is there.");
      return answer;
    };
    await lost.consortium.start("north");
    const { workers } = lost.north;
    const behind = () => workers.filter(({ engine }) => engine.refusal()?.code === "LOG_BEHIND").length;
    expect(behind()).toBe(2);
    expect(Object.fromEntries(lost.worked)).toEqual({ 1: 1, 2: 1, 3: 1 });
    silent = false;
    await until(() => behind() === 0, { what: "both go on" });
    expect(Object.fromEntries(lost.worked)).toEqual({ 1: 1, 2: 1, 3: 1 });
    lost.sheet = await lost.bookMore(4);
    await until(() => lost.reported(), { what: "the reports of the next sheet" });
    await until(() => lost.head()?.size === 4);
    expect(lost.worked.get(4)).toBe(1);
  });
});

describe("a sheet whose belt nobody gives to a restored node", () => {
  test("is left to its deadline", async () => {
    lost = new LostMachine({ limits: { anchorAfter: 3_600_000 } });
    await lost.consortium.start();
    const backup = await copyOf(lost.north.store);
    await lost.book(1, endless);
    await lost.restore(backup);
    lost.consortium.kill("shop");
    lost.consortium.kill("south");
    lost.clock = new SteppingClock(Date.now());
    await lost.consortium.start("north");
    await minutes(14);
    expect(lost.consortium.engine("north").refusal()?.message).toContain("DOCUMENT_UNAVAILABLE");
    await minutes(3);
    expect(lost.consortium.engine("north").refusal()).toBeUndefined();
    const ended = await createProgress(lost.north.store).open(lost.sheet, "double");
    expect([ended.has(0), ended.has(1), ended.size()]).toEqual([true, true, 0]);
  });
});
