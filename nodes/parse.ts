import type { z } from "zod";
import { BeltError, type Code } from "../pipeline/errors.ts";
import type { Json } from "../pipeline/json.ts";
import { jsonErrorOffset } from "./jsonPosition.ts";

/** How deep a JSON text may nest; deeper ones exhaust the stack of whoever walks them. */
export const deepestJson = 64;

/**
 * Parses a JSON text (RFC 8259) that came from outside.
 *
 * @param place - what the text is, such as a file's name; the error adds line and column
 * @throws {BeltError} `JSON_INVALID`, or `code`
 */
export function parseJson(text: string, place: string, code: Code = "JSON_INVALID"): Json {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // The engine's own sentence may quote the text, which may hold personal data; only the place is passed on.
    throw new BeltError(code, "This is not valid JSON.", { at: place + position(text), cause });
  }
  if (deeperThan(value, deepestJson)) {
    throw new BeltError(code, `The JSON nests deeper than ${deepestJson} levels.`, { at: place });
  }
  return value;
}

/** Line and column of the error, each from 1. */
function position(text: string): string {
  const before = text.slice(0, jsonErrorOffset(text)).split("\n");
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Whether a value nests deeper than so many levels; walks without recursion. */
function deeperThan(value: Json, levels: number): boolean {
  let layer: readonly Json[] = [value];
  for (let level = 0; layer.length > 0; level++) {
    if (level > levels) return true;
    layer = layer.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** The place of a schema's first complaint as a JSON pointer (RFC 6901), and what is wrong there. */
export interface Complaint {
  readonly pointer: string;
  readonly path: readonly PropertyKey[];
  readonly sentence: string;
}

/**
 * Parses a value with a schema.
 *
 * @param at - the place of the value in its input, to which the pointer of the complaint is added
 * @throws {BeltError} with `code`
 */
export function parseWith<T extends z.ZodType>(
  schema: T,
  value: unknown,
  { code = "INPUT_INVALID", at = "" }: { readonly code?: Code; readonly at?: string } = {},
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { pointer, sentence } = complaintOf(result.error);
  throw new BeltError(code, sentence, { at: `${at}${pointer}`, cause: result.error });
}

/** The first complaint of a schema, in one sentence. */
export function complaintOf(error: z.ZodError): Complaint {
  let issue = error.issues[0];
  let path: readonly PropertyKey[] = issue?.path ?? [];
  // Of a union the branch that got furthest says best what is wrong.
  while (issue?.code === "invalid_union") {
    const inner: z.core.$ZodIssue | undefined = issue.errors
      .flatMap((branch) => branch.slice(0, 1))
      .toSorted((a, b) => b.path.length - a.path.length)[0];
    if (inner === undefined) break;
    issue = inner;
    path = [...path, ...inner.path];
  }
  if (issue?.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    return {
      path: [...path, key],
      pointer: pointerOf([...path, key]),
      sentence: `${key} is not known here.`,
    };
  }
  return { path, pointer: pointerOf(path), sentence: sentenceOf(issue) };
}

function sentenceOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "The value does not fit.";
  if (issue.code === "invalid_key")
    return `The name is not allowed: ${issue.issues[0]?.message ?? "it does not fit"}.`;
  const message = issue.message.replace(/^Invalid (?:input|string|key in record): /, "").replace(/\.$/, "");
  if (/received undefined$/.test(message)) return "A value is missing.";
  return `The value does not fit: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
