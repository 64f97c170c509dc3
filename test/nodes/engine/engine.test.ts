import { afterEach, describe, expect, it } from "vitest";
import {
  defineHumanStation,
  defineStation,
  defineTimerStation,
  Unprocessable,
} from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { mostItemBytes } from "../../../pipeline/tray/index.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium, type ConsortiumOptions } from "../../support/consortium.ts";
import { until } from "../../support/until.ts";

/** Doubles; refuses a negative number as a register would refuse an unknown person. */
const double = defineStation<{ n: number }, { twice: number }>({
  name: "double",
  version: "1.0.0",
  input: closed({ n: number }),
  output: closed({ twice: number }),
  process({ n }) {
    if (n < 0) throw new Unprocessable("There are no negative cases here.");
    if (n === 13) throw new Error("The machine is broken for this one.");
    return { twice: 2 * n };
  },
});

const square = defineStation<{ n: number }, { squared: number }>({
  name: "square",
  version: "1.0.0",
  input: closed({ n: number }),
  output: closed({ squared: number }),
  process: ({ n }) => ({ squared: n * n }),
});

const add = defineStation<{ a: number; b?: number }, { sum: number }>({
  name: "add",
  version: "2.1.0",
  input: closed({ a: number, b: number }, ["a"]),
  output: closed({ sum: number }),
  process: ({ a, b = 0 }) => ({ sum: a + b }),
});

/** A fork and a join with a condition: double and square work side by side, add needs both. */
const belt = {
  belt: "sums",
  case: closed({ n: number }),
  stations: {
    double: { offer: "north/double", needs: { "/n": "case#/n" } },
    square: { offer: "south/square", needs: { "/n": "case#/n" }, when: "n < 100" },
    add: { offer: "north/add", needs: { "/a": "double#/twice", "/b": "square#/squared" } },
  },
  result: { "/sum": "add#/sum" },
};

const members: ConsortiumOptions["members"] = { shop: [], north: [double, add], south: [square] };

let consortium: Consortium;
afterEach(async () => {
  await consortium.stop();
});

async function statuses(sheet: string): Promise<Record<string, string[]>> {
  const progress = await consortium.engine("shop").collector.progress(sheet);
  return Object.fromEntries(
    [...progress].map(([station, ended]) => [
      station,
      [...ended].sort(([a], [b]) => a - b).map(([, status]) => status),
    ]),
  );
}

async function sums(sheet: string): Promise<Record<number, unknown>> {
  const found: Record<number, unknown> = {};
  for await (const { receipt, fields } of consortium.engine("shop").cases.outcomes(sheet)) {
    if (receipt.station === "add") found[receipt.case] = fields.get("/sum");
  }
  return found;
}

const finished = (sheet: string, count: number): Promise<unknown> =>
  until(async () => {
    const all = await statuses(sheet);
    return Object.keys(all).length === 3 && Object.values(all).every((each) => each.length === count);
  });

const reportedBy = (sheet: string): Promise<unknown> =>
  until(() => consortium.ledger.sheets.get(sheet)?.reports.size === 3);

describe("a belt with a fork, a condition and a join", () => {
  it("brings every case to its one end, and the ledger hears of the exceptions alone", async () => {
    consortium = new Consortium({ members });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 3 }, { n: -1 }, { n: 13 }, { n: 200 }]);
    await finished(sheet, 4);
    expect(await statuses(sheet)).toEqual({
      double: ["done", "unprocessable", "failed", "done"],
      square: ["done", "done", "done", "skipped"],
      add: ["done", "blocked", "blocked", "done"],
    });
    expect(await sums(sheet)).toEqual({ 0: 15, 3: 400, 1: undefined, 2: undefined });
    await reportedBy(sheet);
    const reports = consortium.ledger.sheets.get(sheet)?.reports;
    expect([...(reports?.get(0)?.exceptions ?? [])]).toEqual([
      [1, "blocked"],
      [2, "blocked"],
    ]);
    expect([...(reports?.get(1)?.exceptions ?? [])]).toEqual([
      [1, "unprocessable"],
      [2, "failed"],
    ]);
    expect([...(reports?.get(2)?.exceptions ?? [])]).toEqual([[3, "skipped"]]);
    for (const { troubles } of consortium.members.values()) expect(troubles).toEqual([]);
  });

  it("anchors a head that covers every receipt, and leaves nothing in inboxes and outboxes", async () => {
    consortium = new Consortium({ members });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book(
      "shop",
      id,
      Array.from({ length: 300 }, (_, n) => ({ n })),
    );
    await finished(sheet, 300);
    await reportedBy(sheet);
    const head = (name: string) => consortium.ledger.heads.get(consortium.member(name).address)?.at(-1);
    expect(head("north")).toEqual(consortium.engine("north").log.head());
    expect(head("north")?.size).toBe(600);
    expect(head("south")?.size).toBe(300);
    await until(() => [...consortium.members.values()].every(({ engine }) => engine?.load().unsent === 0));
    for (const { store } of consortium.members.values()) {
      for (const prefix of ["inbox/", "outbox/", "wait/", "refused/"]) {
        expect(await Array.fromAsync(store.keys({ prefix }))).toEqual([]);
      }
    }
  });

  it("tells the consumer why, and nobody else; and shows no station a field that its edge does not name", async () => {
    const trays: { to: string; tray: Uint8Array }[] = [];
    consortium = new Consortium({ members, network: ({ to, tray }) => void trays.push({ to, tray }) });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: -5 }]);
    await finished(sheet, 1);
    const reasons: Record<string, string | undefined> = {};
    for await (const { receipt, reason } of consortium.engine("shop").cases.outcomes(sheet)) {
      reasons[receipt.station] = reason;
    }
    expect(reasons).toEqual({
      double: "There are no negative cases here.",
      add: "Nothing came from double.",
    });
    const opened = await Promise.all(trays.map(({ to, tray }) => consortium.open(to, tray)));
    expect(opened.map(({ edge }) => edge).toSorted()).toEqual([
      "add>result",
      "case>double",
      "case>square",
      "double>add",
      "double>result",
      "square>add",
      "square>result",
    ]);
    for (const { edge, items } of opened) {
      const [item] = items;
      expect(item?.reason !== undefined).toBe(edge === "double>result" || edge === "add>result");
      const fields = item?.disclosed.map(([name]) => name);
      const named = { "case>double": ["/n"], "case>square": ["/n"], "square>add": ["/squared"] }[edge];
      expect(fields).toEqual(named ?? []);
    }
  });
});

describe("a sheet that is booked", () => {
  it("leaves once, whatever news of the ledger comes meanwhile", async () => {
    const trays: { to: string; tray: Uint8Array }[] = [];
    consortium = new Consortium({ members, network: ({ to, tray }) => void trays.push({ to, tray }) });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const sheets: string[] = [];
    for (let n = 0; n < 20; n++) sheets.push(await consortium.book("shop", id, [{ n }]));
    for (const sheet of sheets) await finished(sheet, 1);
    const opened = await Promise.all(trays.map(({ to, tray }) => consortium.open(to, tray)));
    const ofCases = opened.filter(({ edge }) => edge.startsWith("case>"));
    expect(ofCases.filter(({ tray }) => tray > 0)).toEqual([]);
    expect(ofCases.length).toBeGreaterThanOrEqual(40);
  });
});

describe("bad input", () => {
  it.each([
    { what: "does not fit", unfit: { n: "two" }, at: "/cases/1/n" },
    { what: "is too large", unfit: { n: 2, long: "x".repeat(mostItemBytes) }, at: "/cases/1" },
  ])("books nothing when one case $what, and names its place", async ({ unfit, at }) => {
    consortium = new Consortium({ members });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const booking = consortium.book("shop", id, [{ n: 1 }, unfit]);
    await expect(booking).rejects.toMatchObject({ code: "CASE_INVALID", at });
    expect(consortium.ledger.sheets.size).toBe(0);
    expect(await Array.fromAsync(consortium.member("shop").store.keys({ prefix: "case" }))).toEqual([]);
  });

  it.each(["LEDGER_VALUE_REFUSED", "LEDGER_TOO_EARLY"] as const)(
    "keeps nothing of a booking that the ledger refuses: %s",
    async (code) => {
      consortium = new Consortium({ members });
      await consortium.start();
      const id = await consortium.publish(belt, "shop");
      consortium.ledger.refusal = new BeltError(code, "The ledger refuses to book.");
      await expect(consortium.book("shop", id, [{ n: 1 }])).rejects.toMatchObject({ code });
      const { store } = consortium.member("shop");
      for (const prefix of ["case", "own"]) expect(await Array.fromAsync(store.keys({ prefix }))).toEqual([]);
    },
  );

  it("keeps a booking through an outage of the ledger and books when it is back", async () => {
    consortium = new Consortium({ members });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    consortium.ledger.outage = new BeltError("PARTNER_UNREACHABLE", "The network is down.");
    await expect(consortium.book("shop", id, [{ n: 1 }])).rejects.toMatchObject({
      code: "PARTNER_UNREACHABLE",
    });
    consortium.ledger.outage = undefined;
    consortium.engine("shop").ledgerChanged({ takenBack: false, booked: [], closed: [], moved: [] });
    await until(() => consortium.ledger.sheets.size === 1);
    const [sheet = ""] = consortium.ledger.sheets.keys();
    await finished(sheet, 1);
    expect(await sums(sheet)).toEqual({ 0: 3 });
  });
});

describe("nodes that come and go", () => {
  it("ends every case exactly once when a station's node dies again and again", async () => {
    let calls = 0;
    consortium = new Consortium({
      members,
      // Every seventh call finds the receiver dying just after it: what was acknowledged must have been kept.
      network: ({ to }) => {
        calls++;
        if (calls % 7 === 0 && to !== "shop") setImmediate(() => restart(to));
      },
    });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const cases = Array.from({ length: 600 }, (_, n) => ({ n: n % 90 }));
    const sheet = await consortium.book("shop", id, cases);
    await finished(sheet, 600);
    await reportedBy(sheet);
    const found = await sums(sheet);
    for (const [i, { n }] of cases.entries()) {
      if (n !== 13) expect(found[i]).toBe(2 * n + n * n);
    }
    for (const name of ["north", "south"]) {
      const keys = await Array.fromAsync(consortium.member(name).store.keys({ prefix: "receipt/" }));
      expect(keys.length).toBe(name === "north" ? 1200 : 600);
      expect(consortium.engine(name).log.head().size).toBe(keys.length);
    }
  });

  async function restart(name: string): Promise<void> {
    // While it starts it is down, and cannot die again.
    if (consortium.member(name).engine === undefined) return;
    consortium.kill(name);
    await consortium.start(name);
  }

  it("delivers when a partner is back", async () => {
    consortium = new Consortium({ members });
    await consortium.start("shop", "north");
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 4 }]);
    await until(async () => (await statuses(sheet))["double"]?.[0] === "done");
    await consortium.start("south");
    await finished(sheet, 1);
    expect(await sums(sheet)).toEqual({ 0: 24 });
  });

  it("forgets a sheet that expired, and refuses its trays from then on", async () => {
    consortium = new Consortium({ members });
    await consortium.start("shop", "north");
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 4 }]);
    await until(async () => (await statuses(sheet))["double"]?.[0] === "done");
    consortium.ledger.expire(sheet);
    await until(() => consortium.engine("shop").load().unsent === 0);
    await consortium.start("south");
    expect(consortium.engine("south").load()).toMatchObject({ busy: 0, unsent: 0 });
  });
});

describe("cases that wait", () => {
  const opinion = defineHumanStation({
    name: "opinion",
    version: "1.0.0",
    input: closed({ n: number }),
    output: closed({ likes: { type: "boolean" } }),
  });
  const pause = defineTimerStation<{ n: number }, { waited: boolean }>({
    name: "pause",
    version: "1.0.0",
    input: closed({ n: number }),
    output: closed({ waited: { type: "boolean" } }),
    until: (_input, { startedAt }) => startedAt + 200,
    after: () => ({ waited: true }),
  });
  const patient = {
    belt: "patient",
    case: closed({ n: number }),
    stations: {
      opinion: { offer: "desk/opinion", needs: { "/n": "case#/n" } },
      pause: { offer: "desk/pause", needs: { "/n": "case#/n" } },
    },
    result: { "/likes": "opinion#/likes", "/waited": "pause#/waited" },
  };

  it("waits for a person and a time, through a restart", async () => {
    consortium = new Consortium({ members: { shop: [], desk: [opinion, pause] } });
    await consortium.start();
    const id = await consortium.publish(patient, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 7 }]);
    await until(() => consortium.engine("desk").waits.tasks().length === 1);
    consortium.kill("desk");
    const died = Date.now();
    await until(() => Date.now() > died);
    await consortium.start("desk");
    const task = await until(() => consortium.engine("desk").waits.tasks()[0]);
    expect(task).toMatchObject({ station: "opinion", form: { n: 7 }, case: 0, sheet });
    await expect(consortium.engine("desk").waits.complete(task.id, { likes: "yes" })).rejects.toMatchObject({
      code: "INPUT_INVALID",
      at: "/likes",
    });
    await consortium.engine("desk").waits.complete(task.id, { likes: true });
    await until(async () => {
      const all = await statuses(sheet);
      return all["opinion"]?.[0] === "done" && all["pause"]?.[0] === "done";
    });
    for await (const { receipt } of consortium.engine("shop").cases.outcomes(sheet)) {
      expect(receipt.received, "when the case first arrived").toBeLessThanOrEqual(died);
    }
    await expect(consortium.engine("desk").waits.complete(task.id, { likes: true })).rejects.toMatchObject({
      code: "TASK_UNKNOWN",
    });
    expect(await Array.fromAsync(consortium.member("desk").store.keys({ prefix: "wait/" }))).toEqual([]);
  });
});

describe("a ledger that is another one", () => {
  const opinion = defineHumanStation({
    name: "opinion",
    version: "1.0.0",
    input: closed({ n: number }),
    output: closed({ likes: { type: "boolean" } }),
  });

  it("is told nothing, and what is due is reported once it is the right one again", async () => {
    consortium = new Consortium({ members: { shop: [], desk: [opinion] } });
    await consortium.start();
    const id = await consortium.publish(
      {
        belt: "opinions",
        case: closed({ n: number }),
        stations: { opinion: { offer: "desk/opinion", needs: { "/n": "case#/n" } } },
        result: { "/likes": "opinion#/likes" },
      },
      "shop",
    );
    const sheet = await consortium.book("shop", id, [{ n: 7 }]);
    const task = await until(() => consortium.engine("desk").waits.tasks()[0]);
    consortium.ledger.replaced = "The ledger is another one.";
    await consortium.engine("desk").waits.complete(task.id, { likes: true });
    // Nothing spins meanwhile: this comes to its end.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(consortium.ledger.sheets.get(sheet)?.reports.size).toBe(0);
    consortium.ledger.replaced = undefined;
    await until(() => consortium.ledger.sheets.get(sheet)?.reports.size === 1);
  });
});

describe("deadlines", () => {
  it("closes a sheet on the ledger when a station has not reported in time", async () => {
    consortium = new Consortium({ members });
    await consortium.start("shop", "north");
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 4 }], {
      deadline: Math.floor(Date.now() / 1000) - 1,
    });
    consortium.kill("shop");
    await consortium.start("shop");
    await until(() => consortium.ledger.sheets.get(sheet)?.expired);
  });
});
