import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fateOf } from "../../../nodes/engine/booking.ts";
import type { OwnSheet } from "../../../nodes/engine/index.ts";
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
    await expect(consortium.book("shop", id, [{ n: 1 }, { n: 2 }], { deadline })).rejects.toMatchObject({
      code: "LEDGER_UNREACHABLE",
      cause: away,
    });
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
    await clock.pass(61_000);
    await until(() => consortium.ledger.sheets.size === 1, { what: "the booking" });
    await until(async () => (await keysOf(shop().store, { prefix: "leaving/" })).length === 0);
    expect(said).toEqual([]);
  });

  it.each<Code>(["LEDGER_FUNDS_SHORT", "LEDGER_CALL_FAILED", "LEDGER_STALLED"])(
    "because of %s is said to be kept, and to be booked by itself, and so it is",
    async (code) => {
      const clock = new SteppingClock(start);
      const limits = { anchorAfter: hour, withdrawAfter: hour };
      consortium = new Consortium({ members: { shop: [], north: [double] }, clock, limits });
      await consortium.start();
      const id = await consortium.publish(belt, "shop");
      const cause = new BeltError(code, "The account cannot pay to book.");
      consortium.ledger.outage = cause;
      const answer = await consortium.book("shop", id, [{ n: 1 }]).catch((problem: unknown) => problem);
      const [own = expect.fail("it is not kept")] = await Array.fromAsync(
        consortium.engine("shop").cases.sheets(),
      );
      expect(answer).toMatchObject({
        code,
        cause,
        message: `Sheet ${own.sheet} is kept, and not known to be booked yet. The account cannot pay to book.`,
        remedy: expect.stringMatching(/^(.+) Do not hand the cases in again: .* booked by themselves/),
      });
      expect(answer).toMatchObject({ remedy: expect.stringContaining(cause.remedy) });
      // The log has the ledger's own words, once.
      await clock.pass(hour);
      expect(shop().troubles).toMatchObject([{ what: `book sheet ${own.sheet}`, problem: cause }]);
      consortium.ledger.outage = undefined;
      await clock.pass(61_000);
      expect([...consortium.ledger.sheets.keys()]).toEqual([own.sheet]);
    },
  );

  it("that the ledger refuses for now rests between attempts, whatever else is booked, and is told of once", async () => {
    const { clock } = await handIn();
    const [own = expect.fail("it is not kept")] = await Array.fromAsync(
      consortium.engine("shop").cases.sheets(),
    );
    consortium.ledger.outage = undefined;
    const short = new BeltError("CREDIT_SHORT", "The account cannot pay it.");
    consortium.ledger.refusal = short;
    await clock.pass(60_000);
    expect(shop().troubles.filter(({ problem }) => problem === short)).toMatchObject([
      { what: `book sheet ${own.sheet}` },
    ]);
    const { attempts } = consortium.ledger;
    for (let n = 0; n < 10; n++)
      consortium.engine("shop").ledgerChanged({ takenBack: false, booked: [], closed: [], moved: [] });
    await consortium.engine("shop").consumer.proceed();
    expect(consortium.ledger.attempts).toBe(attempts);
    consortium.ledger.refusal = undefined;
    await clock.pass(300_000);
    expect([...consortium.ledger.sheets.keys()]).toEqual([own.sheet]);
    await until(async () => (await keysOf(shop().store, { prefix: "leaving/" })).length === 0);
  });

  it("is booked at once for whoever asks again, though it rests", async () => {
    const { clock } = await handIn();
    const { consumer, cases } = consortium.engine("shop");
    const [own = expect.fail("it is not kept")] = await Array.fromAsync(cases.sheets());
    consortium.ledger.outage = undefined;
    consortium.ledger.refusal = new BeltError("CREDIT_SHORT", "The account cannot pay it.");
    await clock.pass(60_000);
    consortium.ledger.refusal = undefined;
    await consumer.resume(own);
    expect([...consortium.ledger.sheets.keys()]).toEqual([own.sheet]);
    await until(async () => (await keysOf(shop().store, { prefix: "leaving/" })).length === 0);
  });

  it("is booked once the ledger is back, though there is no news of it", async () => {
    const { clock } = await handIn();
    consortium.ledger.outage = undefined;
    await clock.pass(6_000);
    await until(() => consortium.ledger.sheets.size === 1, { what: "the booking" });
  });
});

describe("a booking that fails", () => {
  let consortium: Consortium;
  beforeEach(async () => {
    consortium = new Consortium({ members: { shop: [], north: [double] } });
    await consortium.start();
  });
  afterEach(() => consortium.stop());

  const book = async () => consortium.book("shop", await consortium.publish(belt, "shop"), [{ n: 1 }]);
  const prefixes = ["own", "case", "casekey", "leaving"];
  const kept = async () => {
    const { store } = consortium.member("shop");
    const keys = await Promise.all(prefixes.map((prefix) => keysOf(store, { prefix: `${prefix}/` })));
    return keys.flat();
  };
  const receipts = () => keysOf(consortium.member("shop").store, { prefix: "told/" });

  it.each<Code>(["LEDGER_REPLACED", "LEDGER_NO_DIRECTORY", "LEDGER_CALL_FAILED", "INTERNAL"])(
    "with %s after it was sent loses no case: they leave once the ledger is seen to have the sheet",
    async (code) => {
      const lost = new BeltError(code, "The ledger is not followed any more.");
      consortium.ledger.lostAnswer = lost;
      await expect(book()).rejects.toMatchObject({ code, cause: lost });
      expect(await kept()).toHaveLength(4);
      consortium.kill("shop");
      await consortium.start("shop");
      await until(async () => (await receipts()).length === 1, { what: "the receipt" });
      expect(consortium.ledger.sheets.size).toBe(1);
    },
  );

  it.each<Code>(["LEDGER_DONE_BEFORE", "CREDIT_SHORT", "LEDGER_REVERTED"])(
    "with %s while the ledger has it is a booking that was made",
    async (code) => {
      consortium.ledger.lostAnswer = new BeltError(code, "The ledger refuses to book.");
      const sheet = await book();
      expect([...consortium.ledger.sheets.keys()]).toEqual([sheet]);
      await until(async () => (await receipts()).length === 1, { what: "the receipt" });
    },
  );

  it.each<Code>(["BOOKINGS_PAUSED", "LEDGER_TOO_EARLY", "CREDIT_SHORT"])(
    "with %s, after which it is to be booked again, leaves nothing that would be booked as well",
    async (code) => {
      const refusal = new BeltError(code, "The ledger refuses to book.");
      consortium.ledger.refusal = refusal;
      await expect(book()).rejects.toBe(refusal);
      expect(await kept()).toEqual([]);
    },
  );

  it("by a refusal that may be taken back is not said to be refused before that is certain", async () => {
    consortium.ledger.refusal = new BeltError("LEDGER_REVERTED", "The ledger refuses to book.");
    consortium.ledger.undecided = true;
    await expect(book()).rejects.toMatchObject({
      code: "LEDGER_UNREACHABLE",
      cause: consortium.ledger.refusal,
    });
    expect(await kept()).toHaveLength(4);
    const { consumer, cases } = consortium.engine("shop");
    const [own = expect.fail("it is not kept")] = await Array.fromAsync(cases.sheets());
    await expect(consumer.resume(own)).rejects.toMatchObject({ code: "LEDGER_UNREACHABLE" });
    expect(await kept()).toHaveLength(4);
    consortium.ledger.undecided = false;
    await expect(consumer.resume(own)).rejects.toMatchObject({ code: "SHEET_NOT_BOOKED" });
    expect(await kept()).toEqual([]);
    // It was taken back, and is not booked from somebody's memory.
    consortium.ledger.refusal = undefined;
    await expect(consumer.resume(own)).rejects.toMatchObject({ code: "SHEET_NOT_BOOKED" });
    expect(consortium.ledger.sheets.size).toBe(0);
  });

  it("is not tried while the ledger is not followed any more", async () => {
    consortium.ledger.outage = new BeltError("LEDGER_REPLACED", "It is another ledger.");
    await expect(book()).rejects.toMatchObject({ cause: consortium.ledger.outage });
    consortium.ledger.replaced = "It is another ledger.";
    await consortium.engine("shop").consumer.proceed();
    expect(consortium.member("shop").troubles).toEqual([]);
  });
});

describe("what becomes of a sheet whose booking failed", () => {
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
  const fate = (
    code: Code,
    { now = start, looks = true, isThere = false, isBeingBooked = false, awaited = false } = {},
  ) => {
    let read = false;
    return fateOf(own, new BeltError(code, "no"), {
      clock: { now: () => now },
      signal: new AbortController().signal,
      awaited,
      ledger: {
        look: async () => {
          read = true;
          return looks;
        },
        // It is seen in what is read after the refusal alone, and then nothing of it is on its way.
        sheet: () => (read && isThere ? booked : undefined),
        isBeingBooked: (root) => root === own.root && (isBeingBooked || !read),
      },
    });
  };

  it.each<Code>(["LEDGER_VALUE_REFUSED", "LEDGER_STATE_REFUSED", "LEDGER_REVERTED"])(
    "follows from the refusal %s at any time",
    async (code) => expect(await fate(code, { now: start - hour })).toBe("refused"),
  );

  it.each<Code>([
    "LEDGER_UNREACHABLE",
    "LEDGER_TOO_EARLY",
    "BOOKINGS_PAUSED",
    "LEDGER_REPLACED",
    "INTERNAL",
    "LEDGER_DONE_BEFORE",
  ])("does not follow from %s", async (code) =>
    expect(await fate(code, { now: start + hour })).toBe("unknown"),
  );

  it.each<Code>(["CREDIT_SHORT", "MEMBER_INACTIVE"])(
    "follows from %s after the deadline, or for whom it is told to",
    async (code) => {
      expect(await fate(code, { now: start - 1 })).toBe("unknown");
      expect(await fate(code, { now: start })).toBe("refused");
      expect(await fate(code, { now: start - 1, awaited: true })).toBe("refused");
    },
  );

  it.each<Code>(["LEDGER_TOO_EARLY", "BOOKINGS_PAUSED"])(
    "follows from %s for whoever is told to book again",
    async (code) => expect(await fate(code, { awaited: true })).toBe("refused"),
  );

  it("is what the ledger says after it", async () => {
    const code = "LEDGER_VALUE_REFUSED";
    expect(await fate(code, { isThere: true })).toBe("booked");
    expect(await fate("LEDGER_DONE_BEFORE", { isThere: true })).toBe("booked");
    expect(await fate(code, { looks: false, awaited: true })).toBe("unknown");
    expect(await fate(code, { isBeingBooked: true, awaited: true })).toBe("unknown");
  });
});
