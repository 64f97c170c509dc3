import { describe, expect, test } from "vitest";
import {
  chainFrom,
  gapsBetween,
  placeKey,
  type Receipt,
  type RegainedLog,
  receiptHash,
  regain,
  writePlace,
} from "../../../pipeline/receipt/index.ts";

const key = placeKey(Buffer.alloc(32, 1));
const receipt = (number: number, copy = 0): Receipt => ({
  v: 1,
  sheet: `0x${"5e".repeat(32)}`,
  case: number,
  station: "income",
  in: {},
  out: null,
  status: "failed",
  rules: "1",
  received: 1,
  finished: 2 + copy,
});

/** What came back: receipts from a position on, by the copy of the store that wrote them. */
function back(...runs: readonly { readonly first: number; readonly count: number; readonly copy: number }[]) {
  const log: RegainedLog = new Map();
  for (const { first, count, copy } of runs) {
    const receipts = Array.from({ length: count }, (_, n) => receipt(first + n, copy));
    const place = writePlace(key, { copy, first }, receipts.map(receiptHash));
    expect(regain(log, { place, receipts }, key)).toBe(true);
  }
  return log;
}
const casesOf = (log: RegainedLog, position: number, by = 0): string[] =>
  chainFrom(log, position, by).map((entry) => `${entry.receipt.case}/${entry.copy}`);

describe("what a member has back of its log", () => {
  test("is not what it did not write, or wrote in another order", () => {
    const log: RegainedLog = new Map();
    const receipts = [receipt(0), receipt(1)];
    const place = writePlace(key, { copy: 0, first: 0 }, receipts.map(receiptHash));
    expect(regain(log, { place, receipts: receipts.toReversed() }, key)).toBe(false);
    expect(regain(log, { place, receipts: [receipt(0)] }, key)).toBe(false);
    expect(regain(log, { place, receipts }, placeKey(Buffer.alloc(32, 2)))).toBe(false);
    expect(log.size).toBe(0);
  });

  test("is a chain up to the first gap, in whatever order it came", () => {
    const log = back({ first: 6, count: 1, copy: 0 }, { first: 2, count: 3, copy: 0 });
    expect(casesOf(log, 2)).toEqual(["2/0", "3/0", "4/0"]);
    expect(casesOf(log, 5)).toEqual([]);
    expect(gapsBetween(log, 2, 6, 0)).toEqual([[5, 5]]);
    expect(gapsBetween(log, 0, 10, 0)).toEqual([
      [0, 1],
      [5, 5],
      [7, 9],
    ]);
    expect(gapsBetween(log, 2, 5, 0)).toEqual([]);
  });

  test.each(["earlier first", "later first"])("goes on with the later copy's, %s", (order) => {
    // The first copy's receipt at 3 was lost with it; the second one began there, and knew nothing of what came after.
    const runs = [
      { first: 2, count: 1, copy: 0 },
      { first: 4, count: 3, copy: 0 },
      { first: 3, count: 2, copy: 9 },
    ];
    const log = back(...(order === "later first" ? runs.toReversed() : runs));
    expect(casesOf(log, 2)).toEqual(["2/0", "3/9", "4/9"]);
    expect(gapsBetween(log, 2, 7, 0)).toEqual([[5, 6]]);
  });

  test("has nothing of a copy before the one that the log was of", () => {
    const log = back({ first: 2, count: 2, copy: 3 });
    expect(casesOf(log, 2, 4)).toEqual([]);
    expect(gapsBetween(log, 2, 4, 4)).toEqual([[2, 3]]);
  });
});
