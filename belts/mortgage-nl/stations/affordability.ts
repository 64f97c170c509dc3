import { defineStation } from "../../../nodes/stations/index.ts";
import { affordability } from "../norms/affordability.ts";
import { decimalText } from "../norms/fraction.ts";
import type { EnergyLabel } from "../norms/pack.ts";
import { rulesFor, rulesVersion } from "./rules.ts";
import { cents, closed, day, energyLabel, flag, rate } from "./schemas.ts";

interface Input {
  date: string;
  single: boolean;
  pensionAge: { applicant: boolean; partner: boolean };
  income: { applicant: number; partner: number; other: number };
  creditLimits: number;
  studentLoan: { declared: boolean; monthly?: number };
  loan: { rate: string; fixedMonths: number; deductiblePercent?: number; energyMeasures: number };
  home: { groundRentMonthly: number; energyLabel: EnergyLabel };
}

interface Output {
  maximumLoan: number;
  testRate: string;
}

/** How large a loan does the income bear, by the norms of the application's date? */
export default defineStation<Input, Output>({
  name: "affordability",
  version: rulesVersion,
  title: { en: "Affordability", nl: "Leenruimte" },
  input: closed({
    date: day,
    single: flag,
    pensionAge: closed({ applicant: flag, partner: flag }),
    income: closed({ applicant: cents, partner: cents, other: cents }),
    creditLimits: cents,
    studentLoan: closed({ declared: flag, monthly: cents }, ["monthly"]),
    loan: closed(
      {
        rate,
        fixedMonths: { type: "integer", minimum: 1, maximum: 360 },
        deductiblePercent: { type: "integer", minimum: 0, maximum: 100 },
        energyMeasures: cents,
      },
      ["deductiblePercent"],
    ),
    home: closed({ groundRentMonthly: cents, energyLabel }),
  }),
  output: closed({ maximumLoan: cents, testRate: rate }),
  process({ date, single, pensionAge, income, creditLimits, studentLoan, loan, home }) {
    const { maximumLoan, testRate } = affordability(
      {
        single,
        // The tables of the one who earns more apply to both.
        pensionAge: income.partner > income.applicant ? pensionAge.partner : pensionAge.applicant,
        income: income.applicant,
        partnerIncome: income.partner,
        otherIncome: income.other,
        offeredRate: loan.rate,
        fixedMonths: loan.fixedMonths,
        deductiblePercent: loan.deductiblePercent ?? 100,
        creditLimits,
        studentLoanMonthly: studentLoan.monthly ?? 0,
        groundRentMonthly: home.groundRentMonthly,
        energyLabel: home.energyLabel,
        energyMeasures: loan.energyMeasures,
      },
      rulesFor(date).income,
    );
    return { maximumLoan, testRate: decimalText(testRate, 3) };
  },
});
