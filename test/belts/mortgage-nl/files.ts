import { readFileSync } from "node:fs";
import { z } from "zod";
import {
  documentHash,
  JsonSchema,
  parseTemplate,
  planBelt,
  resolveTemplate,
} from "../../../pipeline/belt/index.ts";

/** The files of the belt, read as a member of a network reads them. */
export const folder = new URL("../../../belts/mortgage-nl/", import.meta.url);

export function json(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), "utf8"));
}

const template = parseTemplate(json("belt.json"));

/** Which member's offer each station is, as `member/offer`. */
export const offers = new Map(Object.entries(template.stations).map(([name, { offer }]) => [name, offer]));

/** What stands for an offer's id where there is no ledger. */
export function offerId(member: string, offer: string): string {
  return documentHash(`${member}/${offer}`);
}

export const belt = resolveTemplate(template, ({ member = "", offer }) => [offerId(member, offer)]);
export const plan = planBelt(belt);

export const cases = z.array(JsonSchema).parse(json("cases/cases.json"));

const Expected = z.strictObject({
  reference: z.string(),
  /** Which golden application the case carries, counted from 1. */
  golden: z.int().optional(),
  stations: z.record(z.string(), z.enum(["done", "skipped", "unprocessable", "failed", "blocked"])),
  answer: z.enum(["yes", "no", "person"]).nullable(),
  reasons: z.array(z.string()),
  /** In cents; null when the income could not be tested. */
  maximumLoan: z.int().nullable(),
  monthlyPayment: z.int().optional(),
  testRate: z.string().optional(),
  nhg: z.strictObject({ granted: z.boolean(), fee: z.int() }).optional(),
});
export const expected = z.array(Expected).parse(json("cases/expected.json"));

const Golden = z.object({
  cases: z.array(
    z.object({
      application: z.object({
        single: z.boolean(),
        pensionAge: z.boolean(),
        income: z.number(),
        partnerIncome: z.number(),
        otherIncome: z.number(),
        offeredRatePercent: z.number(),
        fixedMonths: z.number(),
        creditLimits: z.number(),
        studentLoanMonthly: z.number(),
        groundRentMonthly: z.number(),
        energyLabel: z.string(),
        energyMeasures: z.number(),
      }),
      maximumLoan: z.number(),
    }),
  ),
});
/** Applications with the largest loan in euros, worked out by an independent implementation. */
export const golden = Golden.parse(json("cases/golden.json")).cases;
