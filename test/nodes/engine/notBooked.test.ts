import { afterEach, describe, expect, it } from "vitest";
import type { OwnSheet } from "../../../nodes/engine/index.ts";
import { isNeverBooked } from "../../../nodes/engine/notBooked.ts";
import { defineStation } from "../../../nodes/stations/index.ts";
import { BeltError, type Code } from "../../../pipeline/errors.ts";
import { Consortium } from "../../support/consortium.ts";
import { SteppingClock } from "../../support/steppingClock.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";

const start = Date.parse("2026-03-02T12:00:00Z");
const hour = 3_600_000;
const closed = (name: string) => ({
  type: "object",
  properties: { [name]: { type: "number" } },
  required: [name],
  additionalProperties: false,
});
const double = defineStation<{ n: number }, { twice: number }>({
  name: "double",
  version: "1.0.0",
  input: closed("n"),
  output: closed("twice"),
  process: ({ n }) => ({ twice: 2 * n }),
});
const belt = {
  belt: "doubles",
  case: closed("n"),
  stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
  result: { "/twice": "double#/twice" },
};

describe("a sheet that was kept while the ledger was away", () => {
  let consortium: Consortium;
  afterEach(() => consortium.stop());

  const away = new BeltError("LEDGER_UNREACHABLE", "The ledger's node does not answer.");
  const tooLate = new BeltError("LEDGER_VALUE_REFUSED", "The ledger refuses to book: the deadline is over.");
  const shop = () => consortium.member("shop");
  const kept = async () =>
    (
      await Promise.all(
        ["own", "case", "casekey", "leaving"].map((prefix) => keysOf(shop().store, { prefix: `${prefix}/` })),
      )
    ).flat();

  /** Hands two cases in whose deadline is an hour from now, while the ledger is away. */
  async function handIn() {
    const clock = new SteppingClock(start);
    const limits = { anchorAfter: hour, withdrawAfter: hour };
    consortium = new Consortium({ members: { shop: [], north: [double] }, clock, limits });
    consortium.ledger.now = () => clock.now();
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    consortium.ledger.outage = away;
    const deadline = start / 1_000 + 3_600;
    await expect(consortium.book("shop", id, [{ n: 1 }, { n: 2 }], { deadline })).rejects.toBe(away);
    expect(await kept()).toHaveLength(6);
    const said: { readonly sheet: string; readonly problem: BeltError }[] = [];
    shop().signals.on("notBooked", (each) => said.push(each));
    return { clock, said };
  }

  it("is taken back with its cases once the ledger refuses it, and the operator is told", async () => {
    const { clock, said } = await handIn();
    const [own] = await Array.fromAsync(consortium.engine("shop").cases.sheets());
    consortium.ledger.outage = undefined;
    consortium.ledger.refusal = tooLate;
    await clock.pass(6_000);
    await until(() => said.length > 0, { what: "the word" });
    expect(said).toMatchObject([
      { sheet: own?.sheet, problem: { code: "SHEET_NOT_BOOKED", cause: tooLate } },
    ]);
    expect(said[0]?.problem.message).toMatch(/its cases \(2\) are not kept.* the deadline is over/);
    expect(await kept()).toEqual([]);
    // Not again, and nothing else is wrong.
    await clock.pass(hour);
    expect(said).toHaveLength(1);
    expect(shop().troubles.filter(({ problem }) => problem === tooLate)).toEqual([]);
  });

  it("is booked as long as the ledger takes it, whatever this machine's clock shows", async () => {
    const { clock, said } = await handIn();
    await clock.pass(2 * hour);
    consortium.ledger.outage = undefined;
    await clock.pass(6_000);
    await until(() => consortium.ledger.sheets.size === 1, { what: "the booking" });
    await until(async () => (await keysOf(shop().store, { prefix: "leaving/" })).length === 0);
    expect(said).toEqual([]);
  });

  it("is booked once the ledger is back, though there is no news of it", async () => {
    const { clock } = await handIn();
    consortium.ledger.outage = undefined;
    await clock.pass(6_000);
    await until(() => consortium.ledger.sheets.size === 1, { what: "the booking" });
  });
});

describe("that a sheet will never be booked", () => {
  const own: OwnSheet = {
    sheet: `0x${"51".repeat(32)}`,
    belt: `0x${"be".repeat(32)}`,
    root: `0x${"70".repeat(32)}`,
    count: 2,
    deadline: start / 1_000,
    maxCost: "0",
    handedIn: start - hour,
    left: null,
  };
  const booked = {
    ...{ sheet: own.sheet, belt: own.belt, offers: [], consumer: "", root: own.root, count: 2 },
    deadline: own.deadline,
    expired: false,
    reported: { get: () => undefined, has: () => false },
  };
  const isNever = (code: Code, { now = start, looks = true, isThere = false } = {}) => {
    let read = false;
    return isNeverBooked(own, new BeltError(code, "no"), {
      clock: { now: () => now },
      signal: new AbortController().signal,
      ledger: {
        look: async () => {
          read = true;
          return looks;
        },
        // It is seen in what is read after the refusal alone.
        sheet: () => (read && isThere ? booked : undefined),
      },
    });
  };

  it.each<Code>(["LEDGER_VALUE_REFUSED", "LEDGER_STATE_REFUSED", "LEDGER_REVERTED"])(
    "follows from the refusal %s at any time",
    async (code) => expect(await isNever(code, { now: start - hour })).toBe(true),
  );

  it.each<Code>([
    "LEDGER_UNREACHABLE",
    "LEDGER_TOO_EARLY",
    "BOOKINGS_PAUSED",
    "LEDGER_REPLACED",
    "INTERNAL",
    "LEDGER_DONE_BEFORE",
  ])("does not follow from %s", async (code) =>
    expect(await isNever(code, { now: start + hour })).toBe(false),
  );

  it.each<Code>(["CREDIT_SHORT", "MEMBER_INACTIVE"])(
    "follows from %s after the deadline alone",
    async (code) => {
      expect(await isNever(code, { now: start - 1 })).toBe(false);
      expect(await isNever(code, { now: start })).toBe(true);
    },
  );

  it("does not follow while the ledger has it in a block that was not read, or cannot be asked", async () => {
    expect(await isNever("LEDGER_VALUE_REFUSED", { isThere: true })).toBe(false);
    expect(await isNever("LEDGER_VALUE_REFUSED", { looks: false })).toBe(false);
  });
});
