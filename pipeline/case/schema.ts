import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { BeltError } from "../errors.ts";
import { canonical, type Json, type JsonObject } from "../json.ts";
import { describedFields } from "./fields.ts";
import { formats, guardSchema } from "./guard.ts";
import { type Budget, BudgetExhausted } from "./matcher.ts";
import { compilePattern, type Pattern } from "./pattern.ts";
import { type Problem, problemsOf } from "./problem.ts";

/** Whether a value fits a schema, and if not, where and why; the most telling error first. */
export type Validity =
  | { readonly valid: true }
  | { readonly valid: false; readonly errors: readonly [Problem, ...Problem[]] };

/** A schema made ready: compiled once, asked for every case. */
export interface Validator {
  validate(value: Json): Validity;
}

export interface SchemaOptions {
  /** The schema's place in its document, for errors. */
  readonly at?: string;
  /** Refuse fields that the schema does not describe, as {@link describedFields} says: for what leaves a station. */
  readonly closed?: boolean;
}

const valid: Validity = { valid: true };

/**
 * Compiles a partner's JSON Schema (2020-12). It is untrusted: {@link guardSchema} says what it may hold. Formats are
 * asserted, members that an object inherits do not count, and `multipleOf` allows for the rounding of doubles.
 *
 * Compiling takes milliseconds; whoever does it often keeps the validators by the schema's canonical text.
 *
 * @throws {BeltError} `SCHEMA_REFUSED`, at the place in the schema
 */
export function compileSchema(
  schema: JsonObject,
  { at = "", closed = false }: SchemaOptions = {},
): Validator {
  guardSchema(schema, at);
  checkForm(schema, at);
  return validatorOf(schema, { at, closed });
}

/** Compiles a schema that was checked before, or is made of such. */
export function validatorOf(schema: JsonObject, { at = "", closed = false }: SchemaOptions = {}): Validator {
  const budget: Budget = { left: 0 };
  const check = compile(schema, at, budget);
  const undescribed = closed ? describedFields(schema) : () => [];
  return {
    validate(value) {
      budget.left = mostMatching;
      try {
        const [first, ...others] = check(value) ? undescribed(value) : problemsOf(check.errors ?? []);
        return first === undefined ? valid : { valid: false, errors: [first, ...others] };
      } catch (error) {
        if (!(error instanceof BudgetExhausted)) throw error;
        return {
          valid: false,
          errors: [{ at: "", message: "takes too long to compare with the schema's patterns" }],
        };
      }
    },
  };
}

/** The steps that comparing one value with patterns may take: a second at most, and enough for a megabyte of text. */
const mostMatching = 10_000_000;

/** A validator of its own for each schema, so that nothing of one partner's schema is left for the next. */
function compile(schema: JsonObject, at: string, budget: Budget): ValidateFunction {
  // The validator tells patterns apart by their text.
  const patternOf = (source: string): Pick<Pattern, "test"> => {
    const pattern = compilePattern(source);
    return Object.assign(
      { test: (text: string) => pattern.test(text, budget) },
      { toString: () => `/${source}/u` },
    );
  };
  try {
    const ajv = new Ajv2020({
      ...strict,
      code: { regExp: Object.assign(patternOf, { code: "compilePattern" }) },
    });
    ajv.removeKeyword("uniqueItems");
    ajv.addKeyword({
      keyword: "uniqueItems",
      type: "array",
      schemaType: "boolean",
      error: { message: "must not have the same item twice" },
      validate: (unique: boolean, items: readonly Json[]) => !unique || distinct(items),
    });
    return ajv.compile(schema);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BeltError("SCHEMA_REFUSED", `The schema cannot be compiled: ${why}.`, { at, cause });
  }
}

const strict: Options = {
  // The schema of schemas is asked before, once for all.
  meta: false,
  validateSchema: false,
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  allowMatchingProperties: true,
  ownProperties: true,
  // The first error only: a hostile value must not make millions of them.
  allErrors: false,
  // Cents as multiples of 0.01 are not multiples in doubles.
  multipleOfPrecision: 6,
  logger: false,
  formats: Object.fromEntries(formats.map((name) => [name, fullFormats[name]])),
};

/** In time proportional to the items' size; comparing each with each would be quadratic. */
function distinct(items: readonly Json[]): boolean {
  return new Set(items.map(canonical)).size === items.length;
}

let dialect: Ajv2020 | undefined;

/** Checks a schema against the schema of schemas, which is compiled when it is first needed. */
function checkForm(schema: JsonObject, at: string): void {
  dialect ??= new Ajv2020({ strict: false, logger: false });
  if (dialect.validateSchema(schema) === true) return;
  const errors: readonly ErrorObject[] = dialect.errors ?? [];
  const [problem] = problemsOf(errors);
  throw new BeltError(
    "SCHEMA_REFUSED",
    `The schema is malformed: the value ${problem?.message ?? "is not allowed"}.`,
    {
      at: `${at}${problem?.at ?? ""}`,
    },
  );
}
