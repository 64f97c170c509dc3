import { BeltError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";

const form = /^(?:\/(?:[^~/]|~0|~1)*)*$/;
const index = /^(?:0|[1-9][0-9]*)$/;

/**
 * The reference tokens of a JSON pointer (RFC 6901, section 4); none for the whole value.
 *
 * @throws {BeltError} `INPUT_INVALID`
 */
export function parsePointer(pointer: string): readonly string[] {
  if (!form.test(pointer)) {
    throw new BeltError("INPUT_INVALID", "This is not a JSON pointer such as /loan/amount.", { at: pointer });
  }
  const tokens = pointer.split("/").slice(1);
  // ~1 first: ~01 stands for ~1, not for a slash.
  return pointer.includes("~")
    ? tokens.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))
    : tokens;
}

/** The JSON pointer of reference tokens. */
export function formatPointer(tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * The field at a pointer; undefined when the value does not have it. Only members of its own count, so that
 * `/constructor` or `/__proto__` are names like any other.
 *
 * @throws {BeltError} `INPUT_INVALID` when the pointer is malformed
 */
export function fieldAt(value: Json, pointer: string): Json | undefined {
  let here: Json | undefined = value;
  for (const token of parsePointer(pointer)) {
    here = member(here, token);
    if (here === undefined) return undefined;
  }
  return here;
}

function member(value: Json, token: string): Json | undefined {
  if (Array.isArray(value)) return index.test(token) ? value[Number(token)] : undefined;
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

/**
 * The same value with another field at a pointer; the original is left as it is. Objects that are missing on the
 * way are made; in an array the index, or `-` for one more at its end, must be there.
 *
 * @throws {BeltError} `INPUT_INVALID` when the pointer is malformed, or leads through a scalar or beside an array
 */
export function withField(value: Json, pointer: string, field: Json): Json {
  return place(value, parsePointer(pointer), 0, field);
}

function place(value: Json | undefined, tokens: readonly string[], depth: number, field: Json): Json {
  const token = tokens[depth];
  if (token === undefined) return field;
  if (Array.isArray(value)) {
    const at = token === "-" ? value.length : index.test(token) ? Number(token) : Number.NaN;
    if (!(at <= value.length)) throw astray(tokens, depth);
    return value.toSpliced(at, 1, place(value[at], tokens, depth + 1, field));
  }
  if (value !== undefined && !isObject(value)) throw astray(tokens, depth);
  const copy: MutableObject = { ...value };
  const inner = value === undefined ? undefined : member(value, token);
  own(copy, token, place(inner, tokens, depth + 1, field));
  return copy;
}

function astray(tokens: readonly string[], depth: number): BeltError {
  return new BeltError("INPUT_INVALID", "The pointer leads to where the value has no place for a field.", {
    at: formatPointer(tokens.slice(0, depth + 1)),
  });
}

/**
 * The object that has these fields at these pointers, and nothing else; every container is an object.
 *
 * @throws {BeltError} `INPUT_INVALID` when a pointer is malformed, is the whole, or lies within another one
 */
export function assemble(fields: Iterable<readonly [pointer: string, field: Json]>): JsonObject {
  const whole: MutableObject = {};
  // Fields are the caller's: only containers that were made here may be added to.
  const made = new Set<Json>([whole]);
  for (const [pointer, field] of fields) {
    const tokens = parsePointer(pointer);
    const last = tokens.at(-1);
    if (last === undefined) throw overlap(pointer);
    let here: MutableObject = whole;
    for (const token of tokens.slice(0, -1)) {
      let next = member(here, token);
      if (next === undefined) {
        next = {};
        made.add(next);
        own(here, token, next);
      }
      if (!made.has(next) || !isObject(next)) throw overlap(pointer);
      here = next;
    }
    if (Object.hasOwn(here, last)) throw overlap(pointer);
    own(here, last, field);
  }
  return whole;
}

function overlap(pointer: string): BeltError {
  return new BeltError("INPUT_INVALID", "Two fields would lie one within the other.", { at: pointer });
}

interface MutableObject extends JsonObject {
  [name: string]: Json;
}

/** Sets a member of the object's own, also where plain assignment would set the prototype. */
function own(object: MutableObject, name: string, value: Json): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Whether the field at `pointer` is the one at `prefix`, or lies within it. Both must be well-formed. */
export function isPrefix(prefix: string, pointer: string): boolean {
  return pointer.startsWith(prefix) && (pointer.length === prefix.length || pointer[prefix.length] === "/");
}

/** The first two of distinct pointers of which one lies within the other. */
export function findOverlap(
  pointers: readonly string[],
): readonly [outer: string, inner: string] | undefined {
  const known = new Set(pointers);
  for (const inner of pointers) {
    for (let end = inner.lastIndexOf("/"); end >= 0; end = end === 0 ? -1 : inner.lastIndexOf("/", end - 1)) {
      const outer = inner.slice(0, end);
      if (known.has(outer)) return [outer, inner];
    }
  }
  return undefined;
}
