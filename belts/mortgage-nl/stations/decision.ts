import { defineStation } from "../../../nodes/stations/index.ts";
import { monthlyPayment } from "../norms/annuity.ts";
import { type Decision, decide, type Findings } from "../norms/decision.ts";
import { exact } from "../norms/fraction.ts";
import { type ReasonCode, reasons } from "../norms/reasons.ts";
import { rulesFor, rulesVersion } from "./rules.ts";
import { cents, closed, creditCodes, day, flag, rate, reasonCode } from "./schemas.ts";

interface Input extends Findings {
  rate: string;
}

interface Output {
  answer: Decision["answer"];
  reasons: { code: ReasonCode; en: string; nl: string }[];
  requestedLoan: number;
  offeredLoan: number;
  maximumByValue: number;
  monthlyPayment: number;
  rulePack: string;
}

const sentence = { type: "string", minLength: 1 };

/** Yes, no with the reasons, or to a person. */
export default defineStation<Input, Output>({
  name: "decision",
  version: rulesVersion,
  title: { en: "Decision", nl: "Beslissing" },
  input: closed(
    {
      date: day,
      amount: cents,
      rate,
      energyMeasures: cents,
      value: cents,
      valuedOn: day,
      maximumLoan: cents,
      creditCodes,
      studentDebtFound: flag,
      nhgReasons: { type: "array", items: reasonCode },
    },
    ["maximumLoan", "creditCodes", "studentDebtFound", "nhgReasons"],
  ),
  output: closed({
    answer: { type: "string", enum: ["yes", "no", "person"] },
    reasons: { type: "array", items: closed({ code: reasonCode, en: sentence, nl: sentence }) },
    requestedLoan: cents,
    offeredLoan: cents,
    maximumByValue: cents,
    monthlyPayment: cents,
    rulePack: { type: "string" },
  }),
  process(input) {
    const rules = rulesFor(input.date);
    const { answer, reasons: found, maximumByValue } = decide(input, rules);
    return {
      answer,
      reasons: found.map((code) => ({ code, en: reasons[code].en, nl: reasons[code].nl })),
      requestedLoan: input.amount,
      offeredLoan: answer === "yes" ? input.amount : 0,
      maximumByValue,
      monthlyPayment: monthlyPayment(input.amount, exact(input.rate), rules.income.annuityMonths),
      rulePack: `${rules.id} ${rules.version}`,
    };
  },
});
