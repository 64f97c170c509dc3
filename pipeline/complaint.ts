import { z } from "zod";
import { formatPointer } from "./case/index.ts";

/** A value as its schema gives it, or all that is wrong with it. */
export type Examined<T extends z.ZodType> =
  | { readonly success: true; readonly data: z.output<T> }
  | { readonly success: false; readonly error: z.ZodError };

/**
 * What a schema says of a value that somebody else made. Schemas compare the `length` of whatever stands for a text, and of
 * an object it can be one that takes no comparison: then too the value does not fit, and nothing is thrown.
 */
export function examine<T extends z.ZodType>(schema: T, value: unknown): Examined<T> {
  try {
    return schema.safeParse(value);
  } catch {
    const message = "An object with a length stands where a text belongs";
    return { success: false, error: new z.ZodError([{ code: "custom", path: [], message, input: value }]) };
  }
}

/** The first thing that is wrong with a value, from a schema of ours: where, as a JSON pointer, and what. */
export interface Complaint {
  readonly at: string;
  readonly sentence: string;
}

/** The first complaint of a schema in one sentence, which never quotes the value. */
export function complaintOf(error: z.ZodError): Complaint {
  let issue = error.issues[0];
  const path: PropertyKey[] = [...(issue?.path ?? [])];
  // Of a union without a sentence of its own, the branch that got furthest says best what is wrong.
  while (issue?.code === "invalid_union" && issue.message === "Invalid input") {
    const inner = issue.errors
      .flatMap((branch) => branch.slice(0, 1))
      .toSorted((a, b) => b.path.length - a.path.length)[0];
    if (inner === undefined) break;
    issue = inner;
    path.push(...inner.path);
  }
  if (issue?.code === "unrecognized_keys") path.push(...issue.keys.slice(0, 1));
  return { at: formatPointer(path.map(String)), sentence: sentenceOf(issue) };
}

function sentenceOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "The value does not fit.";
  switch (issue.code) {
    case "unrecognized_keys":
      return "This field is not known here.";
    case "invalid_key":
      return `The name is not allowed: ${issue.issues[0]?.message ?? "it does not fit"}.`;
    case "invalid_type":
      return issue.message.endsWith("received undefined")
        ? "A value is missing."
        : `The value must be ${nouns[issue.expected] ?? issue.expected}.`;
    default: {
      const what = issue.message.replace(/^Invalid (?:input|string): /, "").replace(/\.$/, "");
      return `The value does not fit: ${what.charAt(0).toLowerCase()}${what.slice(1)}.`;
    }
  }
}

const nouns: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "an array",
};
