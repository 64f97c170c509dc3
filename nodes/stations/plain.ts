import { formatPointer } from "../../pipeline/case/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { isObject, namesInOrder } from "../../pipeline/json.ts";
import type { Json, JsonObject } from "./station.ts";

/** The limits of what a station gives for one case: nesting, values in all, and characters of text in all. */
const outputLimits = { depth: 32, values: 100_000, characters: 1_048_576 } as const;

/**
 * A copy of what a station returned, as JSON and nothing else, the members of its objects in the order of their names.
 * Every value is read once, so that an object which changes or answers differently later has no effect. Members that are
 * undefined are left out.
 *
 * @throws {BeltError} `STATION_OUTPUT_REFUSED`, at the pointer of the first value that JSON cannot hold or that is
 *   over a limit.
 */
export function plainObject(value: unknown): JsonObject {
  const look: Look = { values: 0, characters: 0, path: [] };
  const copy = plain(value, look);
  if (isObject(copy)) return copy;
  return refuse(look, `is ${describe(value)} where an object belongs`);
}

interface Look {
  values: number;
  characters: number;
  /** The names that lead to the value at hand. */
  readonly path: string[];
}

function plain(value: unknown, look: Look): Json {
  look.values += 1;
  if (look.values > outputLimits.values) refuse(look, `is one value more than ${outputLimits.values}`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return text(value, look);
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : refuse(look, `is ${value}, which JSON cannot hold`);
  }
  if (typeof value !== "object") return refuse(look, `is ${describe(value)}`);
  if (look.path.length === outputLimits.depth) {
    refuse(look, `is nested deeper than ${outputLimits.depth} levels`);
  }
  if (Array.isArray(value)) {
    if (value.length > outputLimits.values) refuse(look, `has more than ${outputLimits.values} items`);
    return Array.from(value, (item: unknown, index) => {
      look.path.push(String(index));
      const copy = plain(item, look);
      look.path.pop();
      return copy;
    });
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(look, `is ${describe(value)}`);
  const copy: Record<string, Json> = {};
  // In the order of canonical JSON, which is what every use of an output needs.
  for (const name of namesInOrder(value)) {
    const member: unknown = value[name as keyof typeof value];
    if (member === undefined) continue;
    look.path.push(name);
    // Not a name that data has, and one that would change the copy instead of standing in it.
    if (name === "__proto__") refuse(look, "has a name that is not allowed");
    copy[text(name, look)] = plain(member, look);
    look.path.pop();
  }
  return copy;
}

function text(value: string, look: Look): string {
  look.characters += value.length;
  if (look.characters > outputLimits.characters)
    refuse(look, `is over ${outputLimits.characters} characters`);
  return value.isWellFormed() ? value : refuse(look, "is a text with half a character (a lone surrogate)");
}

function refuse({ path }: Look, what: string): never {
  const at = formatPointer(path);
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
