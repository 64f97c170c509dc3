import fc from "fast-check";
import { expect, test } from "vitest";
import { ledgerStatuses } from "../../../pipeline/index/index.ts";
import { compareReport, type Status, statuses } from "../../../pipeline/receipt/index.ts";

const compare = (reported: readonly string[], receipts: readonly (Status | undefined)[]) =>
  compareReport(
    reported.length,
    (number) => reported[number] ?? "open",
    new Map(receipts.flatMap((status, number) => (status === undefined ? [] : [[number, status] as const]))),
  );

test("a report is held against the receipts case by case", () => {
  expect(
    compare(
      ["done", "done", "done", "failed", "failed", "skipped", "expired", "declined", "disputed", "upheld"],
      ["done", "failed", undefined, "failed", "done", "blocked", undefined, undefined, "failed", "failed"],
    ),
  ).toEqual({ claimed: [1], missing: [2], unclaimed: [4, 5] });
});

test("nothing is found of a report that says what the receipts say, and each case is in one list at most", () => {
  const story = fc.tuple(
    fc.constantFrom(...ledgerStatuses),
    fc.option(fc.constantFrom(...statuses), { nil: undefined }),
  );
  fc.assert(
    fc.property(fc.array(story, { maxLength: 40 }), (stories) => {
      const [reported, receipts] = [stories.map(([one]) => one), stories.map(([, other]) => other)];
      const { claimed, missing, unclaimed } = compare(reported, receipts);
      const found = [...claimed, ...missing, ...unclaimed];
      expect(new Set(found).size).toBe(found.length);
      // Only what is to be paid can be disputed, and waits for its receipt.
      expect([...claimed, ...missing].every((number) => reported[number] === "done")).toBe(true);
      expect(claimed.every((number) => !["done", undefined].includes(receipts[number]))).toBe(true);
      expect(missing.every((number) => receipts[number] === undefined)).toBe(true);
      expect(unclaimed.every((number) => reported[number] !== "done" && receipts[number] !== undefined)).toBe(
        true,
      );
      const told = receipts.map((status) => status ?? "failed");
      expect(
        compare(
          told,
          receipts.map((_, number) => told[number]),
        ),
      ).toEqual(compare([], []));
    }),
  );
});
