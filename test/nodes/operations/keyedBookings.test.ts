import { afterEach, beforeEach, expect, test } from "vitest";
import type { Booking } from "../../../nodes/api/index.ts";
import { createKeyedBookings } from "../../../nodes/operations/keyedBookings.ts";
import { defineStation } from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import type { Hash } from "../../../pipeline/index/index.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { keysOf } from "../../support/storeCompliance.ts";

const double = defineStation<{ n: number }, { twice: number }>({
  ...{ name: "double", version: "1.0.0" },
  ...{ input: closed({ n: number }), output: closed({ twice: number }) },
  process: ({ n }) => ({ twice: 2 * n }),
});
const template = {
  belt: "doubles",
  case: closed({ n: number, m: number }, ["n"]),
  stations: { double: { offer: "shop/double", needs: { "/n": "case#/n" } } },
  result: { "/twice": "double#/twice" },
};
const deadline = Math.floor(Date.now() / 1_000) + 3_600;

let consortium: Consortium;
let belt: Hash;
beforeEach(async () => {
  consortium = new Consortium({ members: { shop: [double] } });
  await consortium.start();
  belt = await consortium.publish(template, "shop");
});
afterEach(() => consortium.stop());

const shop = () => consortium.member("shop");
const asked = (...cases: Booking["cases"]): Booking => ({ belt: "doubles", cases });

/** Books as the node does when it is asked under a key; gives the sheet. */
async function book(key: string, given: Booking): Promise<string> {
  const engine = consortium.engine("shop");
  const keyed = createKeyedBookings({ store: shop().store, secret: shop().keys.secret, engine });
  const before = await keyed.find(key, given);
  if (before !== undefined) {
    expect(before.cost).toBe("7");
    await engine.consumer.resume(before.own);
    return before.own.sheet;
  }
  const { sheet } = await engine.consumer.book({
    ...{ belt, cases: given.cases, deadline, maxCost: 0n },
    alongside: (own) => keyed.keep(key, given, { sheet: own.sheet, cost: "7" }),
  });
  return sheet;
}

const failing = (code: "LEDGER_UNREACHABLE" | "LEDGER_NOT_ENTITLED") => new BeltError(code, "Not now.");
const ownSheets = () => keysOf(shop().store, { prefix: "own/" });

test("what could not be told goes on under its key, also after a crash, and is one sheet", async () => {
  consortium.ledger.outage = failing("LEDGER_UNREACHABLE");
  await expect(book("batch 1", asked({ n: 1 }))).rejects.toMatchObject({ code: "LEDGER_UNREACHABLE" });
  await expect(book("batch 1", asked({ n: 1 }))).rejects.toMatchObject({ code: "LEDGER_UNREACHABLE" });
  expect(await ownSheets()).toHaveLength(1);
  consortium.kill("shop");
  await consortium.start("shop");
  consortium.ledger.outage = undefined;
  const sheet = await book("batch 1", asked({ n: 1 }));
  expect(await book("batch 1", asked({ n: 1 }))).toBe(sheet);
  expect([...consortium.ledger.sheets.keys()]).toEqual([sheet]);
  expect(await ownSheets()).toEqual([`own/${sheet}`]);
});

test("the same is what says the same, and everything else is refused and books nothing", async () => {
  const first = { ...asked({ n: 1, m: 2 }, { n: 3 }), maxCost: "7", deadlineSeconds: 60 };
  const sheet = await book("batch", first);
  const reworded = { ...first, cases: [{ m: 2, n: 1 }, { n: 3 }], maxCost: 7 };
  expect(await book("batch", reworded)).toBe(sheet);
  const others: readonly Booking[] = [
    { ...first, cases: [{ n: 1, m: 2 }] },
    { ...first, cases: [{ n: 1, m: 2 }, { n: 4 }] },
    { ...first, cases: [{ n: 3 }, { n: 1, m: 2 }] },
    { ...first, cases: [{ n: 1, m: 2 }, { n: 3 }, { n: 3 }] },
    { ...first, maxCost: 8 },
    { ...first, deadlineSeconds: 61 },
    { ...first, belt: "doubles@1" },
    asked(...first.cases),
  ];
  for (const other of others) {
    await expect(book("batch", other)).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT", at: "/key" });
  }
  expect(await ownSheets()).toEqual([`own/${sheet}`]);
  expect(await book("another", first)).not.toBe(sheet);
});

test("what was refused leaves its key free", async () => {
  consortium.ledger.refusal = failing("LEDGER_NOT_ENTITLED");
  await expect(book("batch", asked({ n: 1 }))).rejects.toMatchObject({ code: "LEDGER_NOT_ENTITLED" });
  consortium.ledger.refusal = undefined;
  const sheet = await book("batch", asked({ n: 2 }));
  expect([...consortium.ledger.sheets.keys()]).toEqual([sheet]);
});

test("what is refused when it is asked for again is taken back, and its key is free", async () => {
  consortium.ledger.outage = failing("LEDGER_UNREACHABLE");
  await expect(book("batch", asked({ n: 1 }))).rejects.toMatchObject({ code: "LEDGER_UNREACHABLE" });
  consortium.ledger.outage = undefined;
  consortium.ledger.refusal = failing("LEDGER_NOT_ENTITLED");
  await expect(book("batch", asked({ n: 1 }))).rejects.toMatchObject({ code: "SHEET_NOT_BOOKED" });
  expect(await ownSheets()).toEqual([]);
  consortium.ledger.refusal = undefined;
  expect(await book("batch", asked({ n: 2 }))).toEqual(expect.any(String));
});

test("one booking at a time is under way under a key", async () => {
  const engine = consortium.engine("shop");
  const { inTurn } = createKeyedBookings({ store: shop().store, secret: shop().keys.secret, engine });
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn("a", async () => {
    await gate.promise;
    done.push("first");
    throw new BeltError("LEDGER_UNREACHABLE", "Not now.");
  });
  const second = inTurn("a", async () => void done.push("second"));
  await inTurn("b", async () => void done.push("other"));
  gate.resolve();
  await expect(first).rejects.toMatchObject({ code: "LEDGER_UNREACHABLE" });
  await second;
  expect(done).toEqual(["other", "first", "second"]);
});
