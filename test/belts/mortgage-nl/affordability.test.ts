import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Application, affordability } from "../../../belts/mortgage-nl/norms/affordability.ts";
import { compare, decimalText } from "../../../belts/mortgage-nl/norms/fraction.ts";
import { EnergyLabel } from "../../../belts/mortgage-nl/norms/pack.ts";
import { rulePackAt } from "../../../belts/mortgage-nl/norms/packs.ts";
import { golden } from "./files.ts";

const norms = rulePackAt("2026-03-02").income;

const plain: Application = {
  single: false,
  pensionAge: false,
  income: 6_000_000,
  partnerIncome: 0,
  otherIncome: 0,
  offeredRate: "4",
  fixedMonths: 240,
  deductiblePercent: 100,
  creditLimits: 0,
  studentLoanMonthly: 0,
  groundRentMonthly: 0,
  energyLabel: "none",
  energyMeasures: 0,
};

/** The largest loan in cents of the plain application with other particulars. */
function loan(particulars: Partial<Application> = {}): number {
  return affordability({ ...plain, ...particulars }, norms).maximumLoan;
}

function quota(particulars: Partial<Application>): string {
  return decimalText(affordability({ ...plain, ...particulars }, norms).quota, 6);
}

function testRate(particulars: Partial<Application>): string {
  return decimalText(affordability({ ...plain, ...particulars }, norms).testRate, 3);
}

describe("golden applications", () => {
  it("are fifteen", () => expect(golden).toHaveLength(15));

  it.each(golden.map((each, index) => ({ ...each, number: index + 1 })))(
    "$number: $maximumLoan to the cent",
    ({ application, maximumLoan }) => {
      const { income, partnerIncome, otherIncome, creditLimits, studentLoanMonthly, groundRentMonthly } =
        application;
      const found = loan({
        single: application.single,
        pensionAge: application.pensionAge,
        income: income * 100,
        partnerIncome: partnerIncome * 100,
        otherIncome: otherIncome * 100,
        offeredRate: String(application.offeredRatePercent),
        fixedMonths: application.fixedMonths,
        creditLimits: creditLimits * 100,
        studentLoanMonthly: studentLoanMonthly * 100,
        groundRentMonthly: groundRentMonthly * 100,
        energyLabel: EnergyLabel.parse(application.energyLabel),
        energyMeasures: application.energyMeasures * 100,
      });
      expect(found).toBe(Math.round(maximumLoan * 100));
    },
  );
});

describe("test rate", () => {
  it.each([
    [{ offeredRate: "3.5", fixedMonths: 120 }, "3.5"],
    [{ offeredRate: "3.5", fixedMonths: 119 }, "5"],
    [{ offeredRate: "5.001", fixedMonths: 12 }, "5.001"],
    [{ offeredRate: "6.2", fixedMonths: 360 }, "6.2"],
  ])("of %o is %s", (particulars, rate) => expect(testRate(particulars)).toBe(rate));
});

describe("quota", () => {
  it.each([
    ["takes the first row below it", { income: 100, offeredRate: "4" }, "20.1"],
    ["takes the row of exactly this income", { income: 3_100_000, offeredRate: "4" }, "21.2"],
    ["takes the row before until the last cent", { income: 3_099_999, offeredRate: "4" }, "20.1"],
    ["takes the last row above every income", { income: 90_000_000, offeredRate: "4" }, "27.4"],
    ["takes the column up to and including its rate", { offeredRate: "4" }, "22.6"],
    ["takes the next column just above it", { offeredRate: "4.001" }, "23.6"],
    ["takes the first column from nothing on", { offeredRate: "0" }, "17.7"],
    ["takes the last column above every rate", { offeredRate: "12.75" }, "28.1"],
    ["adds the partner's income to the test income", { income: 3_000_000, partnerIncome: 5_000_000 }, "25.3"],
    ["leaves other income out of the test income", { income: 3_000_000, otherIncome: 5_000_000 }, "20.1"],
    ["takes the tables of pension age", { pensionAge: true }, "32.1"],
    ["takes the tables without deduction", { deductiblePercent: 0 }, "17.5"],
    ["takes both where both apply", { pensionAge: true, deductiblePercent: 0 }, "25.1"],
  ])("%s", (_, particulars, percent) => expect(quota(particulars)).toBe(percent));

  it("holds each part of the loan against its own table", () => {
    // Half and half: 1 ÷ (0.5 ÷ 22.6 + 0.5 ÷ 17.5) = 19.7256857…
    expect(quota({ deductiblePercent: 50 })).toBe("19.725686");
  });
});

describe("what makes the loan smaller or larger", () => {
  it("counts a single applicant's amount only above the bound", () => {
    const gain = (particulars: Partial<Application>) =>
      loan({ ...particulars, single: true }) - loan({ ...particulars, single: false });
    expect(gain({ income: 3_000_000 })).toBe(0);
    expect(gain({ income: 3_000_001 })).toBe(1_700_000);
    expect(gain({ income: 2_900_000, pensionAge: true })).toBe(0);
    expect(gain({ income: 2_900_001, pensionAge: true })).toBe(1_700_000);
    expect(gain({ income: 2_000_000, otherIncome: 2_000_000 })).toBe(0);
  });

  it.each(EnergyLabel.options)("caps energy measures at the label %s's amount", (energyLabel) => {
    const cap = norms.energyMeasuresCap[energyLabel];
    const without = loan({ energyLabel });
    expect(without - loan()).toBe(norms.energyLabelAllowance[energyLabel]);
    expect(loan({ energyLabel, energyMeasures: cap }) - without).toBe(cap);
    expect(loan({ energyLabel, energyMeasures: cap + 100 }) - without).toBe(cap);
  });

  it.each([
    ["2", 105],
    ["2.001", 110],
    ["4", 120],
    ["5.5", 130],
    ["6.001", 140],
  ])("grosses a student loan up at %s %% as the steps say", (offeredRate, factor) => {
    // So much student loan takes the same room as ground rent of `factor` percent of it.
    expect(loan({ offeredRate, studentLoanMonthly: 10_000 })).toBe(
      loan({ offeredRate, groundRentMonthly: factor * 100 }),
    );
  });

  it("takes 24 % of credit limits a year", () => {
    expect(loan({ creditLimits: 1_000_000 })).toBe(loan({ groundRentMonthly: 20_000 }));
  });

  it("lets a shortage of room use up the allowances", () => {
    // 20.1 % of 30,000 leaves 502.50 a month; 510 of ground rent is 7.50 short, worth 7.50 × 209.4612… of allowances.
    const short = { income: 3_000_000, groundRentMonthly: 51_000 };
    expect(loan(short)).toBe(0);
    expect(loan({ ...short, energyLabel: "C,D" })).toBe(500_000 - 157_096);
  });
});

describe("whatever the application", () => {
  const cents = fc.integer({ min: 0, max: 30_000_000 });
  const anyApplication = fc.record<Application>({
    single: fc.boolean(),
    pensionAge: fc.boolean(),
    income: cents,
    partnerIncome: cents,
    otherIncome: cents,
    offeredRate: fc
      .integer({ min: 0, max: 15_000 })
      .map((thousandths) => decimalText({ n: BigInt(thousandths), d: 1000n }, 3)),
    fixedMonths: fc.integer({ min: 1, max: 360 }),
    deductiblePercent: fc.integer({ min: 0, max: 100 }),
    creditLimits: cents,
    studentLoanMonthly: fc.integer({ min: 0, max: 200_000 }),
    groundRentMonthly: fc.integer({ min: 0, max: 200_000 }),
    energyLabel: fc.constantFrom(...EnergyLabel.options),
    energyMeasures: cents,
  });
  const of = (application: Application) => affordability(application, norms).maximumLoan;

  it("is a whole number of cents, and never below zero", () => {
    fc.assert(
      fc.property(anyApplication, (application) => {
        const maximumLoan = of(application);
        expect(Number.isSafeInteger(maximumLoan)).toBe(true);
        expect(maximumLoan).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("does not fall when the income rises within a row", () => {
    fc.assert(
      fc.property(
        anyApplication,
        fc.integer({ min: 28_000, max: 124_000 }).map((euros) => euros - (euros % 1000)),
        fc.integer({ min: 0, max: 99_999 }),
        fc.integer({ min: 0, max: 99_999 }),
        (application, row, one, other) => {
          const at = (cents: number) => of({ ...application, income: row * 100 + cents, partnerIncome: 0 });
          expect(at(Math.max(one, other))).toBeGreaterThanOrEqual(at(Math.min(one, other)));
        },
      ),
    );
  });

  it("does not rise with an obligation, nor fall with other income or measures", () => {
    fc.assert(
      fc.property(anyApplication, fc.integer({ min: 1, max: 100_000 }), (application, more) => {
        const before = of(application);
        for (const name of ["creditLimits", "studentLoanMonthly", "groundRentMonthly"] as const) {
          expect(of({ ...application, [name]: application[name] + more })).toBeLessThanOrEqual(before);
        }
        for (const name of ["otherIncome", "energyMeasures"] as const) {
          expect(of({ ...application, [name]: application[name] + more })).toBeGreaterThanOrEqual(before);
        }
      }),
    );
  });

  it("asks between the two tables' quotas where a part is not deductible", () => {
    fc.assert(
      fc.property(anyApplication, (application) => {
        const at = (deductiblePercent: number) =>
          affordability({ ...application, deductiblePercent }, norms).quota;
        const ends = [at(0), at(100)].toSorted(compare);
        const [low = at(0), high = at(0)] = ends;
        const quota = at(application.deductiblePercent);
        expect(compare(low, quota)).toBeLessThanOrEqual(0);
        expect(compare(quota, high)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("does not lend the same person more at a higher rate in the same column", () => {
    fc.assert(
      fc.property(
        anyApplication,
        fc.constantFrom(1_501, 2_001, 3_001, 4_001, 5_501),
        fc.integer({ min: 0, max: 498 }),
        (application, from, step) => {
          const rate = (thousandths: number) => decimalText({ n: BigInt(thousandths), d: 1000n }, 3);
          // Without obligations the factor alone counts; a shortage of room would grow smaller as the rate rises.
          const free = { ...application, creditLimits: 0, groundRentMonthly: 0, studentLoanMonthly: 0 };
          const at = (thousandths: number) =>
            of({ ...free, fixedMonths: 360, offeredRate: rate(thousandths) });
          expect(at(from + step)).toBeLessThanOrEqual(at(from));
        },
      ),
    );
  });
});
