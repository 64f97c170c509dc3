import { percentOf } from "./annuity.ts";
import { isOlder } from "./days.ts";
import { add, compare, exact } from "./fraction.ts";
import { maximumByValue } from "./limits.ts";
import type { CreditCode, RulePack } from "./pack.ts";
import { type ReasonCode, reasons } from "./reasons.ts";

/** What is known of the application when it is decided on. Amounts in cents, days as `YYYY-MM-DD`. */
export interface Findings {
  readonly date: string;
  readonly amount: number;
  readonly energyMeasures: number;
  readonly value: number;
  readonly valuedOn: string;
  /** Absent when the income could not be tested for want of a consent. */
  readonly maximumLoan?: number;
  /** Absent without consent for the credit registry. */
  readonly creditCodes?: readonly CreditCode[];
  /** Whether the register has the student debt that was declared; absent when none was. */
  readonly studentDebtFound?: boolean;
  /** Why the guarantee was refused; absent when none was asked for. */
  readonly nhgReasons?: readonly ReasonCode[];
}

export interface Decision {
  readonly answer: "yes" | "no" | "person";
  readonly reasons: readonly ReasonCode[];
  /** The largest loan that the home bears, in cents. */
  readonly maximumByValue: number;
}

/** Yes without a reason against it; no when a norm refuses the loan; otherwise a person decides. */
export function decide(findings: Findings, { loanToValue, lender }: RulePack): Decision {
  const { date, amount, energyMeasures, value, valuedOn, creditCodes = [] } = findings;
  const byValue = maximumByValue(value, energyMeasures, loanToValue);
  const found: ReasonCode[] = [...againstIncome(findings, lender), ...(findings.nhgReasons ?? [])];
  if (amount > byValue) found.push("LOAN_ABOVE_VALUE");
  if (creditCodes.some((code) => lender.refusedCreditCodes.includes(code))) found.push("ARREARS_OPEN");
  if (creditCodes.some((code) => lender.personCreditCodes.includes(code))) found.push("CREDIT_CODE");
  if (isOlder(valuedOn, lender.valuationMaximumAgeMonths, date)) found.push("VALUATION_OLD");
  if (findings.studentDebtFound === false) found.push("STUDENT_DEBT_UNKNOWN");
  const leadsTo = (answer: "no" | "person") => found.some((code) => reasons[code].leadsTo === answer);
  const answer = leadsTo("no") ? "no" : leadsTo("person") ? "person" : "yes";
  return { answer, reasons: found, maximumByValue: byValue };
}

function againstIncome({ amount, maximumLoan }: Findings, lender: RulePack["lender"]): ReasonCode[] {
  if (maximumLoan === undefined) return ["CONSENT_MISSING"];
  if (amount <= maximumLoan) return [];
  const near = add(exact(maximumLoan), percentOf(maximumLoan, lender.nearLimitPercent));
  return compare(exact(amount), near) <= 0 ? ["NEAR_LIMIT"] : ["INCOME_TOO_LOW"];
}
