import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allSlots,
  casesIn,
  ledgerStatuses,
  packCases,
  packStatuses,
  type ReportedStatus,
  reportedStatuses,
  unpackCases,
  unpackStatus,
} from "../../../pipeline/index/index.ts";

describe("slots", () => {
  it.each([
    [1, 1, [1, 1]],
    [64, 1, [1, 64]],
    [65, 3, [2, 1]],
    [130, 7, [6, 66]],
    [1_024, 0xffff, [0x8001, 128]],
  ] as const)("of %d cases are the bits of %d", (count, all, [some, cases]) => {
    expect(allSlots(count)).toBe(all);
    expect(casesIn(all, count)).toBe(count);
    expect(casesIn(some, count)).toBe(cases);
    expect(casesIn(0, count)).toBe(0);
  });
});

describe("cases that are meant", () => {
  it("are packed and unpacked, in order and each once", () => {
    const { slots, words } = packCases([1_023, 64, 0, 64]);
    expect([slots, words]).toEqual([
      [0, 1, 15],
      [1n, 1n, 1n << 252n],
    ]);
    expect(unpackCases(new Map(slots.map((slot, place) => [slot, words[place] ?? 0n])))).toEqual([
      0, 64, 1_023,
    ]);
    expect(packCases([])).toEqual({ slots: [], words: [] });
  });
});

describe("packed statuses", () => {
  it("the numbers are the ledger's", () => {
    expect(ledgerStatuses).toEqual([
      ...["done", "skipped", "unprocessable", "failed", "blocked", "expired"],
      ...["disputed", "upheld", "declined"],
    ]);
    const { slots, words } = packStatuses(
      new Map([
        [65, "unprocessable"],
        [127, "blocked"],
      ]),
    );
    expect(slots).toEqual([1]);
    expect(words).toEqual([(4n << 252n) | (2n << 4n)]);
  });

  it("unpack to what was packed, with done for all others and no slot written in vain", () => {
    const exceptions = fc.dictionary(
      fc.nat(1_023).map(String),
      fc.constantFrom<ReportedStatus>(...reportedStatuses),
      { maxKeys: 200 },
    );
    fc.assert(
      fc.property(exceptions, (given) => {
        const statuses = new Map(Object.entries(given).map(([place, status]) => [Number(place), status]));
        const { slots, words } = packStatuses(statuses);
        expect(words.every((word) => word > 0n && word < 2n ** 256n)).toBe(true);
        expect(slots).toEqual([...new Set(slots)].sort((one, other) => one - other));
        const bySlot = new Map(slots.map((slot, index) => [slot, words[index] ?? 0n]));
        for (let place = 0; place < 1_024; place++) {
          expect(unpackStatus(bySlot, place)).toBe(statuses.get(place) ?? "done");
        }
      }),
      { numRuns: 30 },
    );
  });

  it("a number without a meaning counts as failed", () => {
    expect(unpackStatus(new Map([[0, 15n]]), 0)).toBe("failed");
  });

  it.each([-1, 1_024, 1.5])("refuses the place %s", (place) => {
    expect(() => packStatuses(new Map([[place, "failed"]]))).toThrow("no case");
  });
});
