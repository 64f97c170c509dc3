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
  // In order already, the canonical form is what every engine writes, several times as fast.
  if (isInOrder(value, 0)) return JSON.stringify(value);
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new BeltError("JSON_INVALID", "The value has no canonical JSON form.", { cause });
  }
  if (text === undefined) throw new BeltError("JSON_INVALID", "The value has no canonical JSON form.");
  return text;
}

/** Levels that are looked through; whatever nests deeper, or in a circle, is left to the library. */
const deepestLook = 64;

/** Whether the members of all objects stand as they have to, and nothing is there that JSON cannot hold. */
function isInOrder(value: unknown, level: number): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return typeof value === "boolean";
  if (value === null) return true;
  if (level === deepestLook) return false;
  if (Array.isArray(value)) return value.every((each) => isInOrder(each, level + 1));
  let last = "";
  for (const name in value) {
    if (name < last || !name.isWellFormed() || !isInOrder(value[name as keyof typeof value], level + 1))
      return false;
    last = name;
  }
  return true;
}

/** Whether a value takes at most so many bytes as JSON text. */
export function takesAtMost(value: Json, bytes: number): boolean {
  return upperBound(value) <= bytes || Buffer.byteLength(JSON.stringify(value)) <= bytes;
}

/** More bytes than a value's text can take: counted in a fraction of the time that it takes to write it. */
function upperBound(value: Json): number {
  // A code unit is escaped with six bytes at most, and no number is longer than 24.
  if (typeof value === "string") return 6 * value.length + 2;
  if (typeof value !== "object" || value === null) return 24;
  if (Array.isArray(value)) return value.reduce((sum: number, each: Json) => sum + upperBound(each) + 1, 2);
  let sum = 2;
  for (const [name, each] of Object.entries(value)) sum += 6 * name.length + 4 + upperBound(each);
  return sum;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
