import { formatPointer } from "../../pipeline/case/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { isObject } from "../../pipeline/json.ts";
import type { Json, JsonObject } from "./station.ts";

/** The limits of what a station gives for one case: nesting, values in all, and characters of text in all. */
const outputLimits = { depth: 32, values: 100_000, characters: 1_048_576 } as const;

/**
 * A copy of what a station returned, as JSON and nothing else. Every value is read once, so that an object which
 * changes or answers differently later has no effect. Members that are undefined are left out.
 *
 * @throws {BeltError} `STATION_OUTPUT_REFUSED`, at the pointer of the first value that JSON cannot hold or that is
 *   over a limit.
 */
export function plainObject(value: unknown): JsonObject {
  const budget = { values: 0, characters: 0 };
  const copy = plain(value, "", 0, budget);
  if (isObject(copy)) return copy;
  return refuse("", `is ${describe(value)} where an object belongs`);
}

interface Budget {
  values: number;
  characters: number;
}

function plain(value: unknown, at: string, depth: number, budget: Budget): Json {
  budget.values += 1;
  if (budget.values > outputLimits.values) refuse(at, `is one value more than ${outputLimits.values}`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return text(value, at, budget);
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : refuse(at, `is ${value}, which JSON cannot hold`);
  }
  if (typeof value !== "object") return refuse(at, `is ${describe(value)}`);
  if (depth === outputLimits.depth) refuse(at, `is nested deeper than ${outputLimits.depth} levels`);
  if (Array.isArray(value)) {
    if (value.length > outputLimits.values) refuse(at, `has more than ${outputLimits.values} items`);
    return Array.from(value, (item: unknown, index) => plain(item, `${at}/${index}`, depth + 1, budget));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(at, `is ${describe(value)}`);
  const copy: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const place = at + formatPointer([name]);
    // Not a name that data has, and one that would change the copy instead of standing in it.
    if (name === "__proto__") refuse(place, "has a name that is not allowed");
    if (member !== undefined) copy[text(name, place, budget)] = plain(member, place, depth + 1, budget);
  }
  return copy;
}

function text(value: string, at: string, budget: Budget): string {
  budget.characters += value.length;
  if (budget.characters > outputLimits.characters)
    refuse(at, `is over ${outputLimits.characters} characters`);
  return value.isWellFormed() ? value : refuse(at, "is a text with half a character (a lone surrogate)");
}

function refuse(at: string, what: string): never {
  throw new BeltError("STATION_OUTPUT_REFUSED", `The output at ${at === "" ? "/" : at} ${what}.`, { at });
}

/** The kind of a value, never the value itself. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" ? `an object of the class ${name}` : "an object of an unknown class";
}
