import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EngineEvents } from "../../../nodes/engine/index.ts";
import { defineStation } from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { Consortium, type ConsortiumOptions } from "../../support/consortium.ts";
import { SteppingClock } from "../../support/steppingClock.ts";
import { until } from "../../support/until.ts";

const record = (name: string) => ({
  type: "object",
  properties: { [name]: { type: "number" } },
  required: [name],
  additionalProperties: false,
});

const fail = (n: number): void => {
  if (n < 0) throw new Error("The machine is broken for this one.");
};
const half = defineStation<{ n: number }, { half: number }>({
  ...{ name: "half", version: "1.0.0", input: record("n"), output: record("half") },
  process({ n }) {
    fail(n);
    return { half: n / 2 };
  },
});
const next = defineStation<{ n: number }, { next: number }>({
  ...{ name: "next", version: "1.0.0", input: record("n"), output: record("next") },
  process: ({ n }) => ({ next: n + 1 }),
});

/** Station 0 is the north's, station 1 the south's; neither needs the other. */
const belt = {
  belt: "numbers",
  case: record("n"),
  stations: {
    half: { offer: "north/half", needs: { "/n": "case#/n" } },
    next: { offer: "south/next", needs: { "/n": "case#/n" } },
  },
  result: { "/half": "half#/half", "/next": "next#/next" },
};
const members: ConsortiumOptions["members"] = { shop: [], north: [half], south: [next] };
const cases = [{ n: 1 }, { n: -1 }, { n: 3 }];

let consortium: Consortium;
beforeEach(() => {
  consortium = new Consortium({ members });
});
afterEach(async () => {
  await consortium.stop();
});

const addressOf = (name: string) => consortium.member(name).address;

async function book(): Promise<string> {
  await consortium.start();
  return consortium.book("shop", await consortium.publish(belt, "shop"), cases);
}

/** Who settled which station. */
const settlers = (sheet: string) => Object.fromEntries(consortium.ledger.sheets.get(sheet)?.settlers ?? []);

function withdrawn(): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const { member, amount } of consortium.ledger.withdrawals) {
    sums[member] = (sums[member] ?? 0n) + amount;
  }
  return sums;
}

/** What the consumer's node tells of reports that do not agree with its receipts. */
function disagreements(): EngineEvents["disagreed"][] {
  const told: EngineEvents["disagreed"][] = [];
  consortium.member("shop").signals.on("disagreed", (news) => told.push(news));
  return told;
}

const allWithdrawn = () =>
  until(() => Object.values(withdrawn()).reduce((sum, amount) => sum + amount, 0n) === 6n);

describe("payments", () => {
  it("are made as soon as the reports agree with the receipts, and reach everybody to whom they are owed", async () => {
    const sheet = await book();
    await allWithdrawn();
    expect(settlers(sheet)).toEqual({ 0: addressOf("shop"), 1: addressOf("shop") });
    expect(withdrawn()).toEqual({
      [addressOf("north")]: 2n,
      [addressOf("south")]: 3n,
      [addressOf("shop")]: 1n,
    });
  });

  it("are made for all stations of a sheet by one acceptance", async () => {
    await book();
    await allWithdrawn();
    expect(consortium.ledger.acceptances).toEqual([[0, 1]]);
  });

  it("are made of the other stations at once when the ledger refuses one of them", async () => {
    const clock = new SteppingClock(Date.now());
    consortium = new Consortium({ members, clock });
    const { acceptances, unacceptable, sheets } = consortium.ledger;
    unacceptable.set(0, "The ledger refuses it.");
    await consortium.start();
    const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
    while (sheets.get(sheet)?.reports.size !== 2) await clock.pass(500);
    await clock.pass(1);
    expect(acceptances).toEqual([[1]]);
    const told = consortium.member("shop").troubles.find(({ what }) => what.includes(sheet));
    expect(told).toMatchObject({
      what: expect.stringContaining("station 0"),
      problem: { code: "LEDGER_STATE_REFUSED" },
    });
    // It is tried again like everything that fails, and alone.
    unacceptable.clear();
    await clock.pass(6_000);
    expect(acceptances).toEqual([[1], [0]]);
  });

  it.each([
    { what: "accept", claims: false },
    { what: "dispute", claims: true },
  ])(
    "are tried less and less often, and that is told once, where the ledger refuses to $what",
    async ({ claims }) => {
      const clock = new SteppingClock(Date.now());
      consortium = new Consortium({ members, clock, limits: { anchorAfter: 60_000 } });
      const { ledger } = consortium;
      ledger.acceptanceWindow = 86_400;
      if (claims) ledger.lie = (report) => ({ ...report, exceptions: new Map() });
      ledger.unacceptable.set(0, "The ledger refuses it.");
      await consortium.start();
      const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
      while (ledger.sheets.get(sheet)?.reports.size !== 2) await clock.pass(500);
      const hear = (takenBack: boolean) =>
        consortium.engine("shop").ledgerChanged({ takenBack, booked: [], closed: [], moved: [sheet] });
      const told = () => consortium.member("shop").troubles.filter(({ what }) => what.includes(sheet));
      // There is news twice a second.
      for (let news = 0; news < 120; news++) {
        await clock.pass(500);
        hear(false);
      }
      expect(ledger.acceptances).toEqual([[1]]);
      expect(ledger.refusals.length).toBeGreaterThan(3);
      expect(ledger.refusals.length).toBeLessThan(10);
      expect(told()).toMatchObject([{ problem: { message: "The ledger refuses it." } }]);

      ledger.unacceptable.set(0, "The ledger refuses it for another reason.");
      await clock.pass(600_000);
      const before = ledger.refusals.length;
      await clock.pass(3_600_000);
      expect(ledger.refusals.length - before).toBeGreaterThanOrEqual(12);
      expect(ledger.refusals.length - before).toBeLessThanOrEqual(25);
      expect(told()).toMatchObject([
        { problem: { message: "The ledger refuses it." } },
        { problem: { message: "The ledger refuses it for another reason." } },
      ]);

      // What it was refused for may be among what was taken back.
      ledger.unacceptable.clear();
      hear(true);
      await clock.pass(1);
      expect(ledger.acceptances).toEqual([[1], [0]]);
    },
  );

  it("are not tried one by one while the ledger is away", async () => {
    const clock = new SteppingClock(Date.now());
    consortium = new Consortium({ members, clock });
    await consortium.start();
    const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
    consortium.ledger.lie = (report) => {
      if (consortium.ledger.sheets.get(sheet)?.reports.size === 1)
        consortium.ledger.outage = new BeltError("LEDGER_UNREACHABLE", "Not now.");
      return report;
    };
    while (consortium.ledger.sheets.get(sheet)?.reports.size !== 2) await clock.pass(500);
    await clock.pass(1);
    const { troubles } = consortium.member("shop");
    expect(troubles.filter(({ what }) => what.includes(sheet))).toHaveLength(1);
    consortium.ledger.outage = undefined;
    await clock.pass(6_000);
    expect(consortium.ledger.acceptances).toEqual([[0, 1]]);
  });

  it("do not wait for a station that takes long for more than ten seconds", async () => {
    const clock = new SteppingClock(Date.now());
    consortium = new Consortium({ members, clock });
    let late = true;
    consortium.ledger.lie = (report) => {
      if (late && report.station === 1) throw new BeltError("LEDGER_UNREACHABLE", "Not yet.");
      return report;
    };
    await consortium.start();
    const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
    const { acceptances, sheets } = consortium.ledger;
    while (sheets.get(sheet)?.reports.size !== 1) await clock.pass(500);
    await clock.pass(9_000);
    expect(acceptances).toEqual([]);
    await clock.pass(2_000);
    expect(acceptances).toEqual([[0]]);
    late = false;
    while (acceptances.length < 2) await clock.pass(2_000);
    expect(acceptances).toEqual([[0], [1]]);
  });

  describe("of cases that the report claims and the receipts deny", () => {
    const claimEverything = () => {
      consortium.ledger.lie = (report) => ({ ...report, exceptions: new Map() });
    };

    it("wait for a decision: they are disputed with the receipts, the others paid, and it is told once", async () => {
      claimEverything();
      await consortium.start();
      const told = disagreements();
      const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
      await until(() => Object.keys(settlers(sheet)).length === 2);
      consortium.engine("shop").ledgerChanged({ takenBack: false, booked: [], closed: [], moved: [sheet] });
      await until(() => Object.values(withdrawn()).reduce((sum, amount) => sum + amount, 0n) === 5n);
      const [dispute, ...others] = consortium.ledger.sheets.get(sheet)?.disputes.values() ?? [];
      const { evidence = "" } = dispute ?? {};
      expect([dispute, others]).toEqual([{ sheet, station: 0, cases: [1], evidence }, []]);
      expect(told).toMatchObject([{ sheet, station: "half", cases: [1], what: "disputed", evidence }]);
      expect(settlers(sheet)).toEqual({ 0: addressOf("shop"), 1: addressOf("shop") });
      // What was done and is not in dispute.
      expect(withdrawn()).toEqual({ [addressOf("north")]: 2n, [addressOf("south")]: 3n });
      const bytes = (await consortium.engine("shop").documents.get(evidence)) ?? expect.fail();
      const shown: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
      expect(shown).toMatchObject({ evidence: "receipts", receipts: [{ sheet, case: 1, status: "failed" }] });
    });

    it("stay with the station when nobody decides: its node ends the dispute", async () => {
      claimEverything();
      const sheet = await book();
      await until(() => settlers(sheet)[0] !== undefined);
      expect(consortium.ledger.sheets.get(sheet)?.disputes.size).toBe(1);
      // The window is over since the reports were made, then the time to decide.
      for (const window of [-10, -31 * 86_400]) {
        let asked = 0;
        Object.defineProperty(consortium.ledger, "acceptanceWindow", {
          configurable: true,
          get() {
            asked++;
            return window;
          },
        });
        consortium
          .engine("north")
          .ledgerChanged({ takenBack: false, booked: [], closed: [], moved: [sheet] });
        await until(() => asked > 0);
      }
      await until(() => consortium.ledger.sheets.get(sheet)?.disputes.size === 0);
      await until(() => withdrawn()[addressOf("north")] === 3n);
      expect(consortium.member("north").troubles).toEqual([]);
    });

    it("are not disputed after the window, which is told", async () => {
      await consortium.start();
      const told = disagreements();
      let receipts = 0;
      consortium.member("shop").signals.on("outcome", ({ receipt }) => {
        if (receipt.station === "half") receipts++;
      });
      consortium.ledger.lie = (report) => {
        if (report.station !== 0) return report;
        if (receipts < cases.length) throw new BeltError("LEDGER_UNREACHABLE", "Not yet.");
        // Nobody is there to settle it.
        consortium.ledger.acceptanceWindow = -10;
        consortium.kill("north");
        return { ...report, exceptions: new Map() };
      };
      const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
      await until(() => told.length > 0);
      expect(told).toMatchObject([{ what: "too late", station: "half", cases: [1] }]);
      expect([settlers(sheet)[0], consortium.ledger.sheets.get(sheet)?.disputes.size]).toEqual([
        undefined,
        0,
      ]);
    });

    it("are paid after the window, which the station sees to", async () => {
      claimEverything();
      consortium.ledger.acceptanceWindow = -10;
      const sheet = await book();
      await until(() => settlers(sheet)[0] !== undefined && settlers(sheet)[1] !== undefined);
      expect(settlers(sheet)[0]).toBe(addressOf("north"));
    });
  });

  it("of cases that the report does not claim go back, though the receipts say that they are done", async () => {
    consortium.ledger.lie = (report) => ({ ...report, exceptions: new Map([[2, "failed"]]) });
    await consortium.start();
    const told = disagreements();
    const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), [
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    await allWithdrawn();
    expect(told).toMatchObject([
      { what: "unclaimed", cases: [2] },
      { what: "unclaimed", cases: [2] },
    ]);
    expect(settlers(sheet)).toEqual({ 0: addressOf("shop"), 1: addressOf("shop") });
    expect(withdrawn()[addressOf("shop")]).toBe(2n);
  });

  it("wait for the receipts; that these are missing is told in the second half of the window", async () => {
    consortium = new Consortium({
      members,
      network({ from, to }) {
        if (from === "north" && to === "shop") throw new BeltError("PARTNER_UNREACHABLE", "Cut off.");
      },
    });
    await consortium.start();
    const told = disagreements();
    const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
    await until(() => settlers(sheet)[1] !== undefined);
    await until(() => consortium.ledger.sheets.get(sheet)?.reports.size === 2);
    consortium.engine("shop").ledgerChanged({ takenBack: false, booked: [], closed: [], moved: [sheet] });
    expect(told).toEqual([]);
    // The middle of the window is over, and its end is not.
    const { at = 0 } = consortium.ledger.sheets.get(sheet)?.reported.get(0) ?? {};
    consortium.ledger.acceptanceWindow = 1;
    await until(() => Date.now() > (at + 0.5) * 1_000);
    consortium.engine("shop").ledgerChanged({ takenBack: false, booked: [], closed: [], moved: [sheet] });
    await until(() => told.length > 0);
    expect(told).toMatchObject([{ what: "missing", station: "half", cases: [0, 2] }]);
    expect(consortium.ledger.sheets.get(sheet)?.disputes.size).toBe(0);
  });

  describe("of a report whose settlement was in a block that was taken back", () => {
    /** Books, has everything paid, and takes the settlement of the north's report back. */
    async function takeBack() {
      const clock = new SteppingClock(Date.now());
      consortium = new Consortium({ members, clock, limits: { anchorAfter: 60_000 } });
      const { ledger } = consortium;
      ledger.acceptanceWindow = 60;
      ledger.now = () => clock.now();
      await consortium.start();
      const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
      while (ledger.withdrawals.length < 3) await clock.pass(500);
      ledger.sheets.get(sheet)?.settlers.delete(0);
      ledger.withdrawals.length = 0;
      const tell = (...names: readonly string[]) => {
        for (const name of names)
          consortium.engine(name).ledgerChanged({ takenBack: true, booked: [], closed: [], moved: [] });
      };
      return { clock, sheet, tell };
    }
    const both = () => ({ [addressOf("north")]: 2n, [addressOf("shop")]: 1n });

    it("are made again, and withdrawn, without a restart", async () => {
      const { clock, sheet, tell } = await takeBack();
      tell("shop", "north", "south");
      await clock.pass(1_000);
      expect(settlers(sheet)[0]).toBe(addressOf("shop"));
      expect(withdrawn()).toEqual(both());
    });

    it("are seen to by the station after the window when its consumer is gone", async () => {
      const { clock, sheet, tell } = await takeBack();
      consortium.kill("shop");
      tell("north");
      await clock.pass(70_000);
      expect(settlers(sheet)[0]).toBe(addressOf("north"));
      expect(withdrawn()).toEqual({ [addressOf("north")]: 2n });
    });
  });

  it("are made after a restart of the consumer's node, for what was reported meanwhile", async () => {
    consortium.ledger.lie = (report) => {
      consortium.kill("shop");
      return report;
    };
    const sheet = await book();
    await until(() => consortium.ledger.sheets.get(sheet)?.reports.size === 2);
    expect(settlers(sheet)).toEqual({});
    await consortium.start("shop");
    await allWithdrawn();
    expect(Object.keys(settlers(sheet))).toEqual(["0", "1"]);
  });
});
