import fc from "fast-check";
import { expect, test } from "vitest";
import { Reason, reasonOf } from "../../../pipeline/receipt/index.ts";

test("a reason is kept as it is when it is short enough", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 250 }), (text) => {
      expect(reasonOf(text)).toBe(text);
      expect(Reason.safeParse(text).success).toBe(true);
    }),
  );
});

test("a reason that is too long is cut between characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 501, maxLength: 600 }), (text) => {
      const reason = reasonOf(text);
      expect(Reason.parse(reason)).toBe(reason);
      expect(reason.length).toBeGreaterThanOrEqual(499);
      expect(reason.isWellFormed()).toBe(true);
      expect(reason.endsWith("\u2026")).toBe(true);
      expect(text.startsWith(reason.slice(0, -1))).toBe(true);
    }),
  );
});

test("a lone surrogate is replaced, as UTF-8 would", () => {
  expect(reasonOf("a\ud800b")).toBe("a\ufffdb");
});
