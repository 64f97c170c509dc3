import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasReached, isOlder, monthsAfter } from "../../../belts/mortgage-nl/norms/days.ts";
import { decide, type Findings } from "../../../belts/mortgage-nl/norms/decision.ts";
import { maximumByValue, nhgFee, nhgLimit } from "../../../belts/mortgage-nl/norms/limits.ts";
import { nhg } from "../../../belts/mortgage-nl/norms/nhg.ts";
import { CreditCode } from "../../../belts/mortgage-nl/norms/pack.ts";
import { rulePackAt } from "../../../belts/mortgage-nl/norms/packs.ts";
import { reasonCodes, reasons } from "../../../belts/mortgage-nl/norms/reasons.ts";

const rules = rulePackAt("2026-03-02");

const good: Findings = {
  date: "2026-03-02",
  amount: 20_000_000,
  energyMeasures: 0,
  value: 25_000_000,
  valuedOn: "2026-01-15",
  maximumLoan: 22_000_000,
  creditCodes: [],
};

function answer(findings: Partial<Findings>): string {
  const { answer, reasons } = decide({ ...good, ...findings }, rules);
  return [answer, ...reasons].join(" ");
}

describe("the largest loan by the home's value", () => {
  it.each([
    [30_000_000, 0, 30_000_000],
    [30_000_000, 1_000_000, 31_000_000],
    [30_000_000, 1_800_000, 31_800_000],
    [30_000_000, 5_000_000, 31_800_000],
    // 6 % of 1.17 euros is 7.02 cents: the limit is not passed by a fraction.
    [117, 10, 124],
  ])("of %i cents with measures of %i is %i", (value, measures, maximum) => {
    expect(maximumByValue(value, measures, rules.loanToValue)).toBe(maximum);
  });

  it("is between the value and 106 % of it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e10 }), fc.integer({ min: 0, max: 1e10 }), (value, measures) => {
        const maximum = maximumByValue(value, measures, rules.loanToValue);
        expect(maximum).toBeGreaterThanOrEqual(value);
        expect(BigInt(maximum) * 100n).toBeLessThanOrEqual(BigInt(value) * 106n);
      }),
    );
  });
});

describe("the guarantee", () => {
  it.each([
    [0, 47_000_000],
    [1_000_000, 48_000_000],
    [2_820_000, 49_820_000],
    [9_000_000, 49_820_000],
  ])("with measures of %i cents has a limit of %i", (measures, limit) => {
    expect(nhgLimit(measures, rules.nhg)).toBe(limit);
    const request = { amount: limit, energyMeasures: measures, creditCodes: [] };
    expect(nhg(request, rules.nhg)).toEqual({ granted: true, fee: nhgFee(limit, rules.nhg), reasons: [] });
    expect(nhg({ ...request, amount: limit + 1 }, rules.nhg)).toEqual({
      granted: false,
      fee: 0,
      reasons: ["NHG_LIMIT"],
    });
  });

  it("costs 0.4 %, to the nearest cent", () => {
    expect(nhgFee(47_000_000, rules.nhg)).toBe(188_000);
    expect(nhgFee(124, rules.nhg)).toBe(0);
    expect(nhgFee(125, rules.nhg)).toBe(1);
  });

  it.each(CreditCode.options)("looks at the credit code %s", (code) => {
    const { granted } = nhg({ amount: 1, energyMeasures: 0, creditCodes: [code] }, rules.nhg);
    expect(granted).toBe(code === "H");
  });
});

describe("the decision", () => {
  it.each<[string, Partial<Findings>, string]>([
    ["nothing stands against the loan", {}, "yes"],
    ["the loan is all that the income allows", { amount: 22_000_000 }, "yes"],
    ["the loan is a cent above it", { amount: 22_000_001 }, "person NEAR_LIMIT"],
    ["the loan is two percent above it", { amount: 22_440_000 }, "person NEAR_LIMIT"],
    ["the loan is a cent more than that", { amount: 22_440_001 }, "no INCOME_TOO_LOW"],
    ["the income allows nothing", { amount: 1, maximumLoan: 0 }, "no INCOME_TOO_LOW"],
    ["the loan is all that the home is worth", { value: 20_000_000 }, "yes"],
    ["the loan is a cent above it", { value: 19_999_999 }, "no LOAN_ABOVE_VALUE"],
    ["energy measures make up for it", { value: 19_999_999, energyMeasures: 1 }, "yes"],
    ["arrears are open", { creditCodes: ["A"] }, "no ARREARS_OPEN"],
    ["arrears were made up", { creditCodes: ["H"] }, "yes"],
    ["a credit was written off", { creditCodes: ["3", "H"] }, "person CREDIT_CODE"],
    ["the valuation is just young enough", { valuedOn: "2025-09-02" }, "yes"],
    ["the valuation is a day too old", { valuedOn: "2025-09-01" }, "person VALUATION_OLD"],
    ["the declared student debt was found", { studentDebtFound: true }, "yes"],
    ["the declared student debt was not found", { studentDebtFound: false }, "person STUDENT_DEBT_UNKNOWN"],
    ["the guarantee was given", { nhgReasons: [] }, "yes"],
    ["the guarantee was refused", { nhgReasons: ["NHG_LIMIT"] }, "no NHG_LIMIT"],
    [
      "a no and a doubt come together",
      { creditCodes: ["2"], nhgReasons: ["NHG_CREDIT_CODE"] },
      "no NHG_CREDIT_CODE CREDIT_CODE",
    ],
  ])("when %s", (_, findings, expected) => expect(answer(findings)).toBe(expected));

  it("goes to a person when the income could not be tested", () => {
    const { maximumLoan: _, creditCodes: __, ...untested } = good;
    expect(decide(untested, rules)).toMatchObject({ answer: "person", reasons: ["CONSENT_MISSING"] });
  });

  it("has a sentence in two languages for every reason", () => {
    for (const code of reasonCodes) {
      expect(reasons[code].en).toMatch(/^[A-Z].*\.$/);
      expect(reasons[code].nl).toMatch(/^[A-Z].*\.$/);
      expect(reasons[code].en).not.toBe(reasons[code].nl);
    }
  });
});

describe("days", () => {
  it.each([
    ["2026-01-31", 1, "2026-02-28"],
    ["2024-01-31", 1, "2024-02-29"],
    ["2025-08-31", 6, "2026-02-28"],
    ["2026-12-15", 1, "2027-01-15"],
    ["1957-05-10", 12 * 67, "2024-05-10"],
    ["2024-02-29", 12, "2025-02-28"],
  ])("%s and %i months is %s", (day, months, later) => expect(monthsAfter(day, months)).toBe(later));

  it("are reached on the day itself, and older only after it", () => {
    const age = { years: 67, months: 3 };
    expect(hasReached("1958-12-02", age, "2026-03-01")).toBe(false);
    expect(hasReached("1958-12-02", age, "2026-03-02")).toBe(true);
    expect(isOlder("2025-09-02", 6, "2026-03-02")).toBe(false);
    expect(isOlder("2025-09-02", 6, "2026-03-03")).toBe(true);
  });
});
