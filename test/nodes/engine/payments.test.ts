import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineStation } from "../../../nodes/stations/index.ts";
import { Consortium, type ConsortiumOptions } from "../../support/consortium.ts";
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

  it("are withheld from a report that claims more than the receipts say, which is told once", async () => {
    consortium.ledger.lie = (report) => ({ ...report, exceptions: new Map() });
    await consortium.start();
    const told: unknown[] = [];
    consortium.member("shop").signals.on("withheld", (news) => told.push(news));
    const sheet = await consortium.book("shop", await consortium.publish(belt, "shop"), cases);
    await until(() => settlers(sheet)[1] === addressOf("shop"));
    await until(() => told.length > 0);
    consortium.engine("shop").ledgerChanged({ closed: [], moved: [sheet] });
    await until(() => consortium.ledger.withdrawals.length > 0);
    expect(told).toEqual([{ sheet, station: "half", cases: [1] }]);
    expect(settlers(sheet)).toEqual({ 1: addressOf("shop") });
  });

  it("of what the consumer does not accept are settled by the station after the window", async () => {
    consortium.ledger.lie = (report) => ({ ...report, exceptions: new Map() });
    consortium.ledger.acceptanceWindow = -10;
    const sheet = await book();
    await until(() => settlers(sheet)[0] !== undefined && settlers(sheet)[1] !== undefined);
    expect(settlers(sheet)[0]).toBe(addressOf("north"));
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
