import canonicalize from "canonicalize";
import { z } from "zod";
import { BeltError } from "./errors.ts";

/** A JSON value (RFC 8259). */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Parses any JSON value. */
export const JsonValue: z.ZodType<Json> = z.json();

/**
 * The canonical text of a JSON value (RFC 8785).
 *
 * @throws {BeltError} `JSON_INVALID` for what JSON cannot hold: NaN, infinities, lone surrogates, functions.
 */
export function canonical(value: Json): string {
  // Most values are short texts and numbers, of which the canonical form is what every engine writes.
  if (typeof value === "string" && value.isWellFormed()) return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new BeltError("JSON_INVALID", "The value has no canonical JSON form.", { cause });
  }
  if (text === undefined) throw new BeltError("JSON_INVALID", "The value has no canonical JSON form.");
  return text;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
