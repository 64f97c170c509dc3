import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type LedgerStatus,
  ledgerStatuses,
  packStatuses,
  unpackStatus,
} from "../../../pipeline/index/index.ts";

describe("packed statuses", () => {
  it("the numbers are the ledger's", () => {
    expect(ledgerStatuses).toEqual(["done", "skipped", "unprocessable", "failed", "blocked", "expired"]);
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
      fc.constantFrom<LedgerStatus>(...ledgerStatuses),
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
