import { afterEach, describe, expect, it } from "vitest";
import { defineHumanStation, defineStation } from "../../../nodes/stations/index.ts";
import { checkedStore, type Store, valueIn } from "../../../nodes/store/index.ts";
import { joinWorkers } from "../../../nodes/workers/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import type { JsonObject } from "../../../pipeline/json.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium, type ConsortiumOptions, type SimulatedWorker } from "../../support/consortium.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";

/** How often each case was worked on, and whether work is held up at the moment. */
const worked = new Map<number, number>();
let gate: Promise<void> = Promise.resolve();

/** The workers that wrote receipts of a sheet. */
const writers = new Map<string, Set<string>>();

const double = defineStation<{ n: number }, { twice: number }>({
  name: "double",
  version: "1.0.0",
  input: closed({ n: number }),
  output: closed({ twice: number }),
  async process({ n }) {
    worked.set(n, (worked.get(n) ?? 0) + 1);
    await gate;
    return { twice: 2 * n };
  },
});

/** Waits for a person. */
const ask = defineHumanStation({
  name: "ask",
  version: "1.0.0",
  input: closed({ n: number }),
  output: closed({ twice: number }),
  form: (input) => input,
});

const belt = {
  belt: "doubles",
  case: closed({ n: number }),
  stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
  result: { "/twice": "double#/twice" },
};

const members: ConsortiumOptions["members"] = { shop: [], north: [double] };
const times = { beat: 20, patience: 200 };

let consortium: Consortium;
afterEach(async () => {
  gate = Promise.resolve();
  worked.clear();
  writers.clear();
  await consortium.stop();
});

/** A consortium whose member north has so many workers on one store. */
async function withWorkers(count: number) {
  consortium = new Consortium({ members, workers: { north: count }, times });
  await consortium.start();
  const { workers, store } = consortium.member("north");
  for (const {
    signals,
    workers: { id },
  } of workers) {
    signals.on("committed", ({ receipts }) => {
      for (const { sheet } of receipts) writers.set(sheet, (writers.get(sheet) ?? new Set()).add(id));
    });
  }
  await until(() => workers.every((worker) => worker.workers.others().length === count - 1));
  return { workers, store, belt: await consortium.publish(belt, "shop") };
}

let next = 0;
const cases = (count: number): JsonObject[] => Array.from({ length: count }, () => ({ n: next++ }));

const ended = (sheet: string, count: number): Promise<unknown> =>
  until(async () => {
    const progress = await consortium.engine("shop").collector.progress(sheet);
    return progress.get("double")?.size === count;
  });

const reported = (sheets: readonly string[]): Promise<unknown> =>
  until(() => sheets.every((sheet) => consortium.ledger.sheets.get(sheet)?.reports.size === 1));

async function textAt(store: Store, key: string): Promise<string> {
  return Buffer.from(valueIn(key, (await store.get(key)) ?? Buffer.alloc(0)) ?? []).toString();
}

/** That every case of these sheets has one receipt, each of them is in the log, and all are on the ledger. */
async function expectAllDoneOnce(sheets: readonly string[], count: number): Promise<void> {
  const { store } = consortium.member("north");
  await reported(sheets);
  for (const sheet of sheets) {
    expect(await keysOf(store, { prefix: `receipt/${sheet}/double/` })).toHaveLength(count);
    expect(consortium.ledger.sheets.get(sheet)?.reports.get(0)?.exceptions.size).toBe(0);
  }
  expect(await textAt(store, "log/size")).toBe(String(sheets.length * count));
  const leaves = await Array.fromAsync(
    checkedStore(store).entries({ prefix: "log/leaf/" }),
    ([, value]) => value,
  );
  expect(Buffer.concat(leaves).length).toBe(32 * sheets.length * count);
  const anchored = consortium.ledger.of(consortium.member("north").address).anchored();
  expect(anchored?.size).toBe(sheets.length * count);
}

const holderOf = (workers: readonly SimulatedWorker[], sheet: string): SimulatedWorker | undefined =>
  workers.find(({ engine }) => engine.holdings?.has(sheet));

async function leave(worker: SimulatedWorker | undefined): Promise<void> {
  await worker?.workers.leave();
  worker?.abort.abort();
}

async function beginAnew(worker: SimulatedWorker | undefined): Promise<SimulatedWorker> {
  await leave(worker);
  return consortium.startWorker("north");
}

const fail = (): never => expect.fail();

describe.each([1, 2, 3])("%i workers of one member", (count) => {
  it("share its sheets: each is one's, and every case ends once", async () => {
    const { workers, store, belt } = await withWorkers(count);
    expect(workers.filter((worker) => worker.workers.share.leads)).toHaveLength(1);
    // All of them are finished at the same moment, so that all workers want to append to the log.
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const booked = Array.from({ length: 12 }, () => consortium.book("shop", belt, cases(5)));
    const sheets = await Promise.all(booked);
    await until(() => worked.size === 60);
    held.resolve();
    await Promise.all(sheets.map((sheet) => ended(sheet, 5)));
    await expectAllDoneOnce(sheets, 5);
    for (const times of worked.values()) expect(times).toBe(1);
    expect([...writers.values()].map(({ size }) => size)).toEqual(sheets.map(() => 1));
    const busy = new Set([...writers.values()].flatMap((ids) => [...ids]));
    expect(busy.size).toBe(count);
    // What is through is let go of, so that claims are as many as sheets under way.
    await until(async () => (await keysOf(store, { prefix: "claim/sheet/" })).length === 0);
    expect(workers.some((worker) => worker.over)).toBe(false);
  });
});

/** So many sheets that each of two workers has some of them, wherever chance puts each. */
const many = 20;

describe("a worker that only slept", () => {
  it("writes nothing any more of what was taken over, and begins anew", async () => {
    const { workers, store, belt } = await withWorkers(2);
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const sheets = await Promise.all(
      Array.from({ length: many }, () => consortium.book("shop", belt, cases(3))),
    );
    await until(() => worked.size === 3 * many);
    const [lead, sleeper] = workers;
    const left = sheets.filter((sheet) => sleeper?.engine.holdings?.has(sheet));
    expect(left.length).toBeGreaterThan(0);
    // Its writes wait, its beats among them, and go on when others have its sheets.
    const woken = sleeper?.hold() ?? expect.fail();
    await until(() => left.every((sheet) => lead?.engine.holdings?.has(sheet)));
    held.resolve();
    await Promise.all(sheets.map((sheet) => ended(sheet, 3)));
    const before = await keysOf(store, { prefix: "receipt/" });
    woken();
    await until(() => sleeper?.over);
    expect(sleeper?.over).toBe("The other workers took this one for dead.");
    expect(await keysOf(store, { prefix: "receipt/" })).toEqual(before);
    await expectAllDoneOnce(sheets, 3);
    for (const sheet of left) expect([...(writers.get(sheet) ?? [])]).toEqual([lead?.workers.id]);
  });
});

describe("a worker that is killed", () => {
  it("leaves people's work to another one, who can be asked for it", async () => {
    consortium = new Consortium({ members: { shop: [], north: [ask] }, workers: { north: 2 }, times });
    await consortium.start();
    const { workers } = consortium.member("north");
    const [lead, other] = [...workers];
    await until(() => workers.every((worker) => worker.workers.others().length === 1));
    const asks = {
      ...belt,
      belt: "asks",
      stations: { ask: { offer: "north/ask", needs: { "/n": "case#/n" } } },
    };
    const id = await consortium.publish({ ...asks, result: { "/twice": "ask#/twice" } }, "shop");
    const sheets: string[] = [];
    for (let number = 0; number < many; number++) sheets.push(await consortium.book("shop", id, cases(1)));
    const tasksOf = (worker: SimulatedWorker | undefined) => worker?.engine.waits.tasks() ?? [];
    await until(() => tasksOf(lead).length + tasksOf(other).length === many);
    const since = new Map(tasksOf(other).map((task) => [task.id, task.since]));
    other?.abort.abort();
    await until(() => tasksOf(lead).length === many);
    for (const task of tasksOf(lead)) {
      if (since.has(task.id)) expect(task.since).toBe(since.get(task.id));
      await lead?.engine.waits.complete(task.id, { twice: 1 });
    }
    await until(async () => {
      const all = await Promise.all(
        sheets.map((sheet) => consortium.engine("shop").collector.progress(sheet)),
      );
      return all.every((progress) => progress.get("ask")?.get(0) === "done");
    });
    expect(since.size).toBeGreaterThan(0);
  });

  it("leaves its sheets to another one, which ends them once", async () => {
    const { workers, belt } = await withWorkers(3);
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const sheets = await Promise.all(
      Array.from({ length: 9 }, () => consortium.book("shop", belt, cases(4))),
    );
    await until(() => worked.size === 36);
    const victim = workers.find((worker) => {
      const own = sheets.filter((sheet) => worker.engine.holdings?.has(sheet));
      return !worker.workers.share.leads && own.length > 0;
    });
    const left = sheets.filter((sheet) => victim?.engine.holdings?.has(sheet));
    victim?.abort.abort();
    await until(() => left.every((sheet) => holderOf(workers, sheet) !== undefined));
    held.resolve();
    await Promise.all(sheets.map((sheet) => ended(sheet, 4)));
    await expectAllDoneOnce(sheets, 4);
    expect(left.length).toBeGreaterThan(0);
  });

  it("and led leaves the lead to another one, which begins anew and reports what is through", async () => {
    const { workers, belt } = await withWorkers(2);
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const sheets = await Promise.all(
      Array.from({ length: 6 }, () => consortium.book("shop", belt, cases(4))),
    );
    await until(() => worked.size === 24);
    const [lead, other] = workers;
    expect(lead?.workers.share.leads).toBe(true);
    lead?.abort.abort();
    await until(() => other?.over);
    const anew = await beginAnew(other);
    expect(anew.workers.share.leads).toBe(true);
    held.resolve();
    await Promise.all(sheets.map((sheet) => ended(sheet, 4)));
    await expectAllDoneOnce(sheets, 4);
  });
});

describe("a worker that is unable", () => {
  it("goes on as long as it is the only one, and leaves its sheets to the next one that comes", async () => {
    const { workers, belt } = await withWorkers(1);
    const [unable] = [...workers];
    unable?.workers.giveWay("It does not follow the ledger.");
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const sheet = await consortium.book("shop", belt, cases(3));
    await until(() => worked.size === 3);
    const other = await consortium.startWorker("north");
    await until(() => unable?.over);
    expect(unable?.over).toBe("It does not follow the ledger.");
    await leave(unable);
    // It leads from now on, which is to begin anew as well.
    await until(() => other.over);
    const lead = await beginAnew(other);
    await until(() => lead.engine.holdings?.has(sheet));
    held.resolve();
    await ended(sheet, 3);
  });

  it("joins again without leading, until it can serve and nobody leads", async () => {
    consortium = new Consortium({ members, workers: { north: 0 }, times });
    await consortium.start();
    const follower = await consortium.startWorker("north", "follower");
    expect(follower.workers.share.leads).toBe(false);
    await until(() => follower.over);
    expect(follower.over).toBe("Nobody leads any more; this worker does.");
  });

  it("is given nothing before it serves", async () => {
    const { workers, store } = await withWorkers(1);
    const abort = new AbortController();
    const late = await joinWorkers({
      ...{ store: checkedStore(store), signal: abort.signal, times, over: () => expect.fail() },
      log: { info: () => {}, warn: () => {} },
    });
    late.giveWay("It does not follow the ledger.");
    await late.serve({ url: "http://late", api: "http://late" }, { takeOver: fail, sweep: fail });
    await until(() => late.others().length === 1);
    for (let sheet = 0; sheet < many; sheet++) {
      expect(await late.placeOf(`sheet${sheet}`)).toEqual({
        url: expect.any(String),
        api: expect.any(String),
      });
      expect(await workers[0]?.workers.placeOf(`sheet${sheet}`)).toBeUndefined();
    }
    expect(workers[0]?.workers.others()).toEqual([]);
    await late.leave();
    abort.abort();
  });
});

describe("a tray that the worker which has its sheet refuses", () => {
  it("is refused alike by the one that passes it on", async () => {
    const { workers, belt: id } = await withWorkers(2);
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const sheet = await consortium.book("shop", id, cases(1));
    await until(() => worked.size === 1);
    const item = { case: 0, disclosed: [], withheld: [] };
    const tray = consortium.seal("shop", "north", { sheet, edge: "case>double", tray: 0, items: [item] });
    expect(workers).toHaveLength(2);
    for (const worker of workers)
      await expect(worker.take(tray, { passedOn: false })).rejects.toMatchObject({ code: "TRAY_CONFLICT" });
    held.resolve();
    await ended(sheet, 1);
  });
});

describe("a worker that leads, and has a station on its own member's sheet", () => {
  it("sends off what the consumer has to send, though it takes the sheet up meanwhile", async () => {
    let away = true;
    consortium = new Consortium({
      members: { north: [double], south: [double] },
      workers: { north: 1 },
      times,
      network({ to }) {
        if (away && to === "south") throw new BeltError("SHEET_UNKNOWN", "Not yet.");
      },
    });
    await consortium.start();
    const needs = { "/n": "case#/n" };
    const id = await consortium.publish(
      {
        ...{ belt: "both", case: belt.case },
        stations: { here: { offer: "north/double", needs }, there: { offer: "south/double", needs } },
        result: { "/here": "here#/twice", "/there": "there#/twice" },
      },
      "south",
    );
    const { engine } = consortium.member("north").workers[0] ?? expect.fail();
    await engine.documents.put((await consortium.engine("south").documents.get(id)) ?? expect.fail());
    const deadline = Math.floor(Date.now() / 1_000) + 3_600;
    const { sheet } = await engine.consumer.book({ belt: id, cases: cases(1), deadline, maxCost: 0n });
    const ended = async (station: string) =>
      (await engine.collector.progress(sheet)).get(station)?.size === 1;
    await until(() => ended("here"), { what: "the own station" });
    away = false;
    await until(() => ended("there"), { what: "the other station" });
  });
});
