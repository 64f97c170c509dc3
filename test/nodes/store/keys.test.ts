import fc from "fast-check";
import { expect, test } from "vitest";
import { key, ordinal } from "../../../nodes/store/index.ts";
import { endOf } from "../../../nodes/store/keys.ts";

test("a key joins its segments", () => {
  expect(key("inbox", "0xab", "case>income", 7)).toBe("inbox/0xab/case>income/0000000000000007");
  expect(key("log/size")).toBe("log/size");
});

test("numbers sort as keys as they do as numbers", () => {
  const number = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(2_000),
    fc.integer({ min: 0, max: 52 }).map((power) => 2 ** power),
  );
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(ordinal(a) < ordinal(b)).toBe(a < b);
      expect(Number(ordinal(a))).toBe(a);
    }),
  );
});

test.each([-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])("%d is no number of a key", (number) => {
  expect(() => ordinal(number)).toThrow(expect.objectContaining({ name: "BeltError", code: "INTERNAL" }));
});

test("all keys under a prefix, and only they, are before its end", () => {
  const segment = fc.stringMatching(/^[!-.0-~]{1,6}$/);
  fc.assert(
    fc.property(segment, segment, segment, (one, two, inner) => {
      const prefix = `${one}/`;
      const below = `${prefix}${inner}`;
      expect(below >= prefix && below < endOf(prefix)).toBe(true);
      const beside = `${two}/${inner}`;
      expect(beside >= prefix && beside < endOf(prefix)).toBe(beside.startsWith(prefix));
    }),
  );
});
