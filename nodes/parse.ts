import type { z } from "zod";
import { parsePointer } from "../pipeline/case/pointer.ts";
import { complaintOf as complaint, examine } from "../pipeline/complaint.ts";
import { BeltError, type Code } from "../pipeline/errors.ts";
import type { Json } from "../pipeline/json.ts";
import { parseJson as parseText } from "../pipeline/jsonText.ts";

/**
 * Parses a JSON text that came from outside, as strictly as the pipeline does.
 *
 * @param place - what the text is, such as a file's name; the error adds line and column
 * @param code - what the error is called where the text has a name of its own
 * @throws {BeltError} `JSON_INVALID`, or `code`
 */
export function parseJson(text: string, place: string, code: Code = "JSON_INVALID"): Json {
  try {
    return parseText(text, { at: place });
  } catch (error) {
    if (!(error instanceof BeltError)) throw error;
    throw new BeltError(code, error.message, { at: error.at ?? place, cause: error });
  }
}

/** The first thing that is wrong with a value: where, as a JSON pointer and as its tokens, and what. */
export interface Complaint {
  readonly pointer: string;
  readonly path: readonly string[];
  readonly sentence: string;
}

/** The first complaint of a schema, in one sentence that never quotes the value. */
export function complaintOf(error: z.ZodError): Complaint {
  const { at, sentence } = complaint(error);
  return { pointer: at, path: parsePointer(at), sentence };
}

/**
 * Parses a value with a schema.
 *
 * @param at - the place of the value in its input, to which the pointer of the complaint is added
 * @throws {BeltError} `INPUT_INVALID`, or `code`
 */
export function parseWith<T extends z.ZodType>(
  schema: T,
  value: unknown,
  { code = "INPUT_INVALID", at = "" }: { readonly code?: Code; readonly at?: string } = {},
): z.output<T> {
  const result = examine(schema, value);
  if (result.success) return result.data;
  const { pointer, sentence } = complaintOf(result.error);
  throw new BeltError(code, sentence, { at: `${at}${pointer}`, cause: result.error });
}
