import type { ErrorObject } from "ajv/dist/2020.js";
import { formatPointer } from "./pointer.ts";

/**
 * What is wrong with a value and where: a JSON pointer, and the rest of a sentence that begins with it ("must be a
 * number"). It may name what the schema asks, and never what the value is, since that may be personal data.
 */
export interface Problem {
  readonly at: string;
  readonly message: string;
}

/** How many problems of one value are told at most. */
const most = 20;

/** The validator's errors as problems, those first that sum up others. */
export function problemsOf(errors: readonly ErrorObject[]): readonly Problem[] {
  const told = errors.toSorted((a, b) => Number(sums(b)) - Number(sums(a)));
  return told.slice(0, most).map(problemOf);
}

/** Errors of the branches of these come before them, and are of little use without them. */
function sums({ keyword }: ErrorObject): boolean {
  return ["anyOf", "oneOf", "not", "contains", "propertyNames"].includes(keyword);
}

function problemOf(error: ErrorObject): Problem {
  const { instancePath: at, keyword } = error;
  const params: Record<string, unknown> = error.params;
  const member = (name: string): string => `${at}${formatPointer([String(params[name])])}`;
  const { type, format, multipleOf, len, limit = len } = params;
  switch (keyword) {
    case "required":
      return { at: member("missingProperty"), message: "is required and missing" };
    case "dependentRequired":
      return { at: member("missingProperty"), message: "is missing, and required beside the others" };
    case "additionalProperties":
      return { at: member("additionalProperty"), message: "is a field that the schema does not allow" };
    case "unevaluatedProperties":
      return { at: member("unevaluatedProperty"), message: "is a field that the schema does not allow" };
    case "propertyNames":
      return { at, message: "has a field whose name the schema does not allow" };
    case "type":
      return { at, message: `must be ${typeNouns(type)}` };
    case "minimum":
      return { at, message: `must be at least ${String(limit)}` };
    case "maximum":
      return { at, message: `must be at most ${String(limit)}` };
    case "exclusiveMinimum":
      return { at, message: `must be more than ${String(limit)}` };
    case "exclusiveMaximum":
      return { at, message: `must be less than ${String(limit)}` };
    case "multipleOf":
      return { at, message: `must be a multiple of ${String(multipleOf)}` };
    case "minLength":
      return { at, message: `must have at least ${count(limit, "character")}` };
    case "maxLength":
      return { at, message: `must have at most ${count(limit, "character")}` };
    case "minItems":
      return { at, message: `must have at least ${count(limit, "item")}` };
    case "maxItems":
    case "items":
    case "unevaluatedItems":
      return { at, message: `must have at most ${count(limit, "item")}` };
    case "minProperties":
      return { at, message: `must have at least ${count(limit, "field")}` };
    case "maxProperties":
      return { at, message: `must have at most ${count(limit, "field")}` };
    case "format":
      return { at, message: `must be written as ${String(format)}` };
    default:
      return { at, message: sentences[keyword] ?? `does not fit the schema's ${keyword}` };
  }
}

const sentences: Readonly<Record<string, string>> = {
  enum: "must be one of the values that the schema lists",
  const: "must be the one value that the schema gives",
  pattern: "must have the form that the schema's pattern gives",
  uniqueItems: "must not have the same item twice",
  anyOf: "fits none of the forms that the schema allows",
  oneOf: "must fit exactly one of the forms that the schema allows",
  not: "has a form that the schema excludes",
  if: "does not fit what the schema asks in this situation",
  contains: "lacks items that the schema asks for, or has too many of them",
  "false schema": "is not allowed here",
};

const nouns: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "null",
  object: "an object",
  array: "an array",
};

/** What values of these types are called in a sentence. */
export function typeNouns(types: unknown): string {
  const names = (Array.isArray(types) ? types : [types]).map((type) => nouns[String(type)] ?? String(type));
  return names.join(" or ");
}

function count(limit: unknown, noun: string): string {
  return `${String(limit)} ${noun}${limit === 1 ? "" : "s"}`;
}
