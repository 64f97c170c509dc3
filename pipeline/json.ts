import canonicalize from "canonicalize";
import { z } from "zod";
import { BeltError } from "./errors.ts";

/** A JSON value (RFC 8259). */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** How deep JSON may nest; whoever walks a value recursively goes no deeper. */
export const deepestJson = 64;

/** Any JSON value, of {@link deepestJson} levels at most. It is the value that came, no copy of it. */
export const JsonValue: z.ZodType<Json> = z
  .any()
  .refine((value) => isJson(value, 0), `nest at most ${deepestJson} levels deep`);

function isJson(value: unknown, level: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return typeof value === "string" || typeof value === "boolean";
  if (value === null) return true;
  if (level === deepestJson) return false;
  if (Array.isArray(value)) return value.every((each) => isJson(each, level + 1));
  for (const name in value) if (!isJson(value[name as keyof typeof value], level + 1)) return false;
  return true;
}

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

/**
 * The same object with the members of all objects in the order of canonical JSON, as hashing, sealing and sending take
 * it: itself where they stand so already.
 */
export const inOrder = (value: JsonObject): JsonObject => (isInOrder(value, 0) ? value : ordered(value));

function ordered(value: JsonObject): JsonObject {
  const copy: Record<string, Json> = {};
  for (const name of namesInOrder(value)) {
    const member = orderedValue(value[name] ?? null);
    // Assigned, it would be the copy's prototype.
    if (name === "__proto__") Object.defineProperty(copy, name, { ...asMember, value: member });
    else copy[name] = member;
  }
  return copy;
}

const asMember = { configurable: true, enumerable: true, writable: true };

function orderedValue(value: Json): Json {
  if (isObject(value)) return ordered(value);
  return Array.isArray(value) ? value.map(orderedValue) : value;
}

/** The names of an object's own members in the order of canonical JSON: by UTF-16 code units (RFC 8785, section 3.2.3). */
export function namesInOrder(value: object): string[] {
  const names = Object.keys(value);
  // Most often they stand so already, and sorting takes memory.
  let last = "";
  for (const name of names) {
    if (name < last) return names.sort();
    last = name;
  }
  return names;
}

/** Whether the members of all objects stand as they have to, and nothing is there that JSON cannot hold. */
function isInOrder(value: unknown, level: number): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return typeof value === "boolean";
  if (value === null) return true;
  if (level === deepestJson) return false;
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
  let sum = 2;
  if (!isObject(value)) for (const each of value) sum += upperBound(each) + 1;
  else for (const name in value) sum += 6 * name.length + 4 + upperBound(value[name] ?? null);
  return sum;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
