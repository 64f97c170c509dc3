import { annuityFactor } from "./annuity.ts";
import {
  add,
  compare,
  divide,
  exact,
  type Fraction,
  larger,
  multiply,
  one,
  rounded,
  subtract,
  zero,
} from "./fraction.ts";
import type { EnergyLabel, IncomeNorms } from "./pack.ts";

/** What the norms ask of an application. Amounts in cents, yearly unless said otherwise; percentages as decimal text. */
export interface Application {
  /** One applicant, no partner. */
  readonly single: boolean;
  /** Whether the tables for people of pension age apply. */
  readonly pensionAge: boolean;
  readonly income: number;
  readonly partnerIncome: number;
  /** Counts for the room, not for the choice of the row. */
  readonly otherIncome: number;
  /** Percent a year, such as "4.001". */
  readonly offeredRate: string;
  readonly fixedMonths: number;
  /** The part of the loan of which the interest is deductible, in whole percents: 100 unless the application says less. */
  readonly deductiblePercent: number;
  /** The sum of the limits (not the balances) of running credits. */
  readonly creditLimits: number;
  readonly studentLoanMonthly: number;
  readonly groundRentMonthly: number;
  readonly energyLabel: EnergyLabel;
  /** What the energy measures cost that the loan pays. */
  readonly energyMeasures: number;
}

export interface Affordability {
  /** In cents. */
  readonly maximumLoan: number;
  /** Percent a year. */
  readonly testRate: Fraction;
  /** The share of the income that may go to the loan, in percent. */
  readonly quota: Fraction;
}

const hundred = exact(100);
const twelve = exact(12);

/**
 * The largest loan that the income bears, by the norms of the regulation.
 *
 * Room a year = quota × all income − 24 % of credit limits − 12 × ground rent − 12 × student loan × its gross-up.
 * Loan = room ÷ 12 × the annuity factor at the test rate over 360 months, plus the amounts for the energy label,
 * for energy measures (at most the label's cap) and for a single applicant whose test income is above the bound.
 * The sum is not below zero: a shortage of room also uses up these amounts.
 *
 * Everything is exact up to the end; the outcome alone is rounded, to the nearest cent, halves up.
 */
export function affordability(application: Application, norms: IncomeNorms): Affordability {
  const testRate = testRateOf(application, norms);
  const quota = quotaOf(application, testRate, norms);
  const income = application.income + application.partnerIncome + application.otherIncome;
  const grossUp = at(norms.studentLoanGrossUp.factors, stepOf(norms.studentLoanGrossUp.upTo, testRate));
  const yearlyCredit = multiply(
    exact(application.creditLimits),
    divide(multiply(twelve, norms.creditBurdenPerMonthPercentOfLimit), hundred),
  );
  const yearlyStudentLoan = multiply(exact(12 * application.studentLoanMonthly), grossUp);
  const obligations = add(add(yearlyCredit, yearlyStudentLoan), exact(12 * application.groundRentMonthly));
  const room = subtract(divide(multiply(quota, exact(income)), hundred), obligations);
  const byRoom = multiply(divide(room, twelve), annuityFactor(testRate, norms.annuityMonths));
  const loan = add(byRoom, exact(allowances(application, norms)));
  return { maximumLoan: Number(rounded(larger(loan, zero))), testRate, quota };
}

/** The offered rate when it is fixed for long enough (120 months), else the larger of it and the regulation's (5 %). */
function testRateOf(
  { offeredRate, fixedMonths }: Application,
  { shortFixedTestRate }: IncomeNorms,
): Fraction {
  const offered = exact(offeredRate);
  if (fixedMonths >= shortFixedTestRate.fixedMonthsBelow) return offered;
  return larger(offered, shortFixedTestRate.percent);
}

/**
 * The quota in percent. Where only a part of the loan is deductible, each part is held against its own table: of
 * the income, the part `s` of the loan then takes `s ÷ quota`, so the quota of the whole is the harmonic mean.
 */
function quotaOf(application: Application, testRate: Fraction, norms: IncomeNorms): Fraction {
  const age = application.pensionAge ? "pensionAge" : "belowPensionAge";
  const column = stepOf(norms.testRateUpTo, testRate);
  const testIncome = application.income + application.partnerIncome;
  const quotaIn = (kind: "deductible" | "nonDeductible") => {
    const row = norms.tables[`${kind}.${age}`].findLast(({ from }) => from <= testIncome);
    return at(row?.percents ?? [], column);
  };
  const share = divide(exact(application.deductiblePercent), hundred);
  return divide(
    one,
    add(divide(share, quotaIn("deductible")), divide(subtract(one, share), quotaIn("nonDeductible"))),
  );
}

function allowances(application: Application, norms: IncomeNorms): number {
  const { single, pensionAge, energyLabel } = application;
  const { allowance, incomeAboveBelowPensionAge, incomeAbovePensionAge } = norms.singleApplicant;
  const bound = pensionAge ? incomeAbovePensionAge : incomeAboveBelowPensionAge;
  const testIncome = application.income + application.partnerIncome;
  return (
    norms.energyLabelAllowance[energyLabel] +
    Math.min(application.energyMeasures, norms.energyMeasuresCap[energyLabel]) +
    (single && testIncome > bound ? allowance : 0)
  );
}

/** The first step whose upper bound is not below the value; the last step is open. */
function stepOf(upTo: readonly (Fraction | null)[], value: Fraction): number {
  return upTo.findIndex((bound) => bound === null || compare(value, bound) <= 0);
}

/** The rule pack's schema makes the tables complete, so nothing is ever missing here. */
function at(values: readonly Fraction[], index: number): Fraction {
  const value = values[index];
  if (value === undefined) throw new RangeError(`There is no step ${index} in the norms.`);
  return value;
}
