import { z } from "zod";
import { BeltError } from "../../../pipeline/errors.ts";
import { compare, exact, type Fraction } from "./fraction.ts";

/** A percentage or a factor as the pack writes it (a plain decimal), as an exact number. */
const Decimal = z.number().min(0).max(1000).transform(exact);
/** A quota above zero, since a loan is divided by it. */
const Quota = z.number().gt(0).max(100).transform(exact);
/** Whole euros in the pack, cents in the program. */
const Euros = z
  .int()
  .min(0)
  .max(100_000_000)
  .transform((euros) => euros * 100);
const Source = z.string().min(1);
const Day = z.iso.date();

const labels = ["none", "E,F,G", "C,D", "A,B", "A+,A++", "A+++", "A++++", "A++++ with guarantee"] as const;
/** The energy labels as the regulation groups them; `none` when the home has no valid label. */
export const EnergyLabel = z.enum(labels);
export type EnergyLabel = z.infer<typeof EnergyLabel>;

export const CreditCode = z.enum(["A", "H", "1", "2", "3", "4", "5", "SR"]);
export type CreditCode = z.infer<typeof CreditCode>;

/** The upper bounds of columns or steps, ascending; the last is open (null). */
const UpperBounds = z
  .array(Decimal.nullable())
  .min(1)
  .refine(
    (bounds) =>
      bounds.every((bound, index) => {
        if (index === bounds.length - 1) return bound === null;
        const before = bounds[index - 1] ?? undefined;
        return bound !== null && (before === undefined || compare(before, bound) < 0);
      }),
    "give ascending upper bounds, the last one null",
  );

/** A row: the test income from which it applies, then the percentage for each column. */
const Row = z.tuple([Euros], Quota).transform(([from, ...percents]) => ({ from, percents }));
const Table = z
  .array(Row)
  .min(1)
  .refine((rows) => rows[0]?.from === 0, "let the first row apply from an income of 0")
  .refine(
    (rows) => rows.every(({ from }, index) => index === 0 || from > (rows[index - 1]?.from ?? from)),
    "sort the rows by income, each income once",
  );

const IncomeNorms = z
  .strictObject({
    source: Source,
    note: z.string(),
    testRateUpTo: UpperBounds,
    tables: z.strictObject({
      "deductible.belowPensionAge": Table,
      "deductible.pensionAge": Table,
      "nonDeductible.belowPensionAge": Table,
      "nonDeductible.pensionAge": Table,
    }),
    studentLoanGrossUp: z
      .array(z.tuple([z.number().nullable(), Decimal]))
      .transform((steps) => ({
        upTo: steps.map(([bound]) => bound),
        factors: steps.map(([, factor]) => factor),
      }))
      .pipe(z.object({ upTo: UpperBounds, factors: z.array(z.custom<Fraction>()) })),
    energyLabelAllowance: z.record(EnergyLabel, Euros),
    energyMeasuresCap: z.record(EnergyLabel, Euros),
    singleApplicant: z.strictObject({
      allowance: Euros,
      incomeAboveBelowPensionAge: Euros,
      incomeAbovePensionAge: Euros,
    }),
    creditBurdenPerMonthPercentOfLimit: Decimal,
    shortFixedTestRate: z.strictObject({ fixedMonthsBelow: z.int().min(1), percent: Decimal }),
    annuityMonths: z.int().min(1).max(1200),
  })
  .transform((norms, context) => {
    for (const [name, rows] of Object.entries(norms.tables)) {
      const short = rows.findIndex(({ percents }) => percents.length !== norms.testRateUpTo.length);
      if (short < 0) continue;
      context.addIssue({
        code: "custom",
        path: ["tables", name, short],
        message: `give a percentage for each of the ${norms.testRateUpTo.length} test-rate columns`,
      });
    }
    return norms;
  });

const RulePackData = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    version: z.string().regex(/^\d{4}\.\d+$/, "use a version such as 2026.1"),
    title: z.string().min(1),
    effective: z.strictObject({ from: Day, until: Day }),
    income: IncomeNorms,
    loanToValue: z.strictObject({ source: Source, percent: Decimal, withEnergyMeasuresPercent: Decimal }),
    nhg: z.strictObject({
      source: Source,
      limit: Euros,
      limitWithEnergyMeasures: Euros,
      feePercent: Decimal,
      refusedCreditCodes: z.array(CreditCode),
    }),
    pensionAge: z.strictObject({ source: Source, years: z.int().min(0), months: z.int().min(0).max(11) }),
    lender: z.strictObject({
      source: Source,
      valuationMaximumAgeMonths: z.int().min(0),
      nearLimitPercent: Decimal,
      refusedCreditCodes: z.array(CreditCode),
      personCreditCodes: z.array(CreditCode),
    }),
  })
  .refine(({ effective }) => effective.from <= effective.until, {
    path: ["effective"],
    message: "let the last day not be before the first",
  });

/** The norms of one period: amounts in cents, percentages and factors exact. */
export type RulePack = z.output<typeof RulePackData>;
export type IncomeNorms = RulePack["income"];

/**
 * Reads a rule pack that was parsed from JSON.
 *
 * @throws {BeltError} `RULES_INVALID` at the first thing that is wrong: a row out of order, a column missing.
 */
export function readRulePack(value: unknown): RulePack {
  const parsed = RulePackData.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BeltError("RULES_INVALID", `The rule pack cannot be used: ${issue?.message}.`, {
    at: `/${(issue?.path ?? []).join("/")}`,
  });
}

/**
 * The pack that applies on a day (`YYYY-MM-DD`), both ends of its period included.
 *
 * @throws {BeltError} `RULES_NOT_EFFECTIVE` when none does.
 */
export function rulePackAt(day: string, packs: readonly RulePack[]): RulePack {
  const pack = packs.find(({ effective }) => effective.from <= day && day <= effective.until);
  if (pack !== undefined) return pack;
  const known = packs.map(
    ({ id, version, effective }) => `${id} ${version}, ${effective.from} to ${effective.until}`,
  );
  throw new BeltError(
    "RULES_NOT_EFFECTIVE",
    `No rule pack applies on ${day}; there is: ${known.join("; ")}.`,
  );
}
