import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { annuityFactor, monthlyPayment } from "../../../belts/mortgage-nl/norms/annuity.ts";
import {
  add,
  compare,
  decimalText,
  divide,
  exact,
  type Fraction,
  larger,
  multiply,
  rounded,
  roundedDown,
  subtract,
} from "../../../belts/mortgage-nl/norms/fraction.ts";

const anyFraction = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 12n }))
  .map(([n, d]): Fraction => ({ n, d }));

describe("exact decimals", () => {
  it.each([
    [0.1, 1n, 10n],
    [22.6, 226n, 10n],
    ["4.001", 4001n, 1000n],
    ["-0.50", -50n, 100n],
    [60000, 60000n, 1n],
  ])("%s is exact", (decimal, n, d) => expect(exact(decimal)).toEqual({ n, d }));

  it.each(["", "4,1", "1e3", ".5", "5.", "NaN", " 1"])('refuses "%s"', (text) => {
    expect(() => exact(text)).toThrow(RangeError);
  });

  it("refuses numbers that have no plain decimal form", () => {
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY, 1e-7, 1e21]) {
      expect(() => exact(number)).toThrow(RangeError);
    }
  });

  it("gives back what was written", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: 0, max: 4 }),
        (thousandths, decimals) => {
          const text = decimalText({ n: BigInt(thousandths), d: 10n ** BigInt(decimals) }, decimals);
          expect(compare(exact(text), { n: BigInt(thousandths), d: 10n ** BigInt(decimals) })).toBe(0);
          expect(text).not.toMatch(/\.\d*0$/);
        },
      ),
    );
  });
});

describe("arithmetic", () => {
  it("adds up where floats do not", () => {
    expect(compare(add(exact(0.1), exact(0.2)), exact(0.3))).toBe(0);
  });

  it("undoes what it does", () => {
    fc.assert(
      fc.property(anyFraction, anyFraction, (a, b) => {
        expect(compare(subtract(add(a, b), b), a)).toBe(0);
        if (b.n !== 0n) expect(compare(multiply(divide(a, b), b), a)).toBe(0);
        expect(compare(larger(a, b), a)).toBeGreaterThanOrEqual(0);
        expect(compare(larger(a, b), b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("keeps the denominator above zero when it divides by less than zero", () => {
    expect(divide(exact(1), exact(-4))).toEqual({ n: -1n, d: 4n });
    expect(() => divide(exact(1), exact(0))).toThrow(RangeError);
  });
});

describe("rounding", () => {
  it.each([
    ["2.5", 3n, 2n],
    ["2.4999", 2n, 2n],
    ["-2.5", -2n, -3n],
    ["-2.51", -3n, -3n],
    ["7", 7n, 7n],
  ])("%s to the nearest is %s, down %s", (text, nearest, down) => {
    expect(rounded(exact(text))).toBe(nearest);
    expect(roundedDown(exact(text))).toBe(down);
  });

  it("is never off by more than a half", () => {
    fc.assert(
      fc.property(anyFraction, (a) => {
        const off = subtract({ n: rounded(a), d: 1n }, a);
        expect(compare(off, exact("0.5"))).toBeLessThanOrEqual(0);
        expect(compare(off, exact("-0.5"))).toBeGreaterThan(0);
      }),
    );
  });
});

describe("annuity", () => {
  it("is the sum of what each payment is worth now, exactly", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 15_000 }),
        fc.integer({ min: 1, max: 360 }),
        (thousandths, months) => {
          // With a monthly rate of R ÷ N, the k-th payment is worth (N ÷ (N + R))^k.
          const year = 1_200_000n;
          const grown = year + BigInt(thousandths);
          let sum = 0n;
          for (let k = 1n; k <= BigInt(months); k += 1n) sum += year ** k * grown ** (BigInt(months) - k);
          const factor = annuityFactor({ n: BigInt(thousandths), d: 1000n }, months);
          expect(compare(factor, { n: sum, d: grown ** BigInt(months) })).toBe(0);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("without interest is the loan in equal parts", () => {
    expect(annuityFactor(exact(0), 360)).toEqual(exact(360));
    expect(monthlyPayment(36_000_000, exact(0), 360)).toBe(100_000);
  });

  it("agrees with a payment that is widely published", () => {
    // 100,000 at 5 % over 30 years: 536.82 a month.
    expect(monthlyPayment(10_000_000, exact(5), 360)).toBe(53_682);
  });
});
