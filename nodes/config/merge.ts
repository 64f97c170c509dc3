import { BeltError } from "../../pipeline/errors.ts";
import { isObject, type Json, type JsonObject } from "../../pipeline/json.ts";
import { parseJson } from "../parse.ts";
import { flagOf, type Setting, settings, variableOf } from "../settings.ts";

/** Where a value of the configuration comes from, the strongest last. */
export type Origin = "default" | "file" | "environment" | "flag";

export interface Source {
  readonly origin: Origin;
  /** The pointer in the file, the variable's name or the flag. */
  readonly at: string;
}

export interface ConfigValues {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of flags by setting, such as `{"ledger.url": "http://…"}`. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
}

/** What was given, not yet checked, and where each of its settings was. */
export interface Merged {
  readonly value: JsonObject;
  readonly sources: ReadonlyMap<string, Source>;
}

/**
 * Lays environment and flags over a configuration file, value by value.
 *
 * @param text - what the file holds; undefined when there is none
 * @throws {BeltError} `CONFIG_INVALID` for what is no JSON, or no number where one must be
 */
export function merge({ env, flags = {} }: ConfigValues, file: string, text: string | undefined): Merged {
  const sources = new Map<string, Source>();
  let value = text === undefined ? {} : parseFile(text, file);
  for (const setting of settings) {
    const { path, standard = "" }: Setting = setting;
    const parts = path.split(".");
    if (valueAt(value, parts) !== undefined) {
      sources.set(path, { origin: "file", at: `${file}#/${parts.join("/")}` });
    }
    const variable = variableOf(path);
    // An empty variable is how shells and containers write "not set".
    const given: readonly (Source & { readonly text: string | undefined })[] = [
      { origin: "environment", at: standard, text: env[standard] || undefined },
      { origin: "environment", at: variable, text: env[variable] || undefined },
      { origin: "flag", at: flagOf(path), text: flags[path] },
    ];
    for (const { origin, at, text: written } of given) {
      if (written === undefined) continue;
      value = put(value, parts, parseValue(setting, written, at));
      sources.set(path, { origin, at });
    }
  }
  return { value, sources };
}

/** The source of the value at a path, or of the setting that it is a part of. */
export function sourceOf(
  path: readonly PropertyKey[],
  sources: ReadonlyMap<string, Source>,
): Source | undefined {
  const prefixes = path.map((_, index) => path.slice(0, path.length - index).join("."));
  return prefixes.map((prefix) => sources.get(prefix)).find((source) => source !== undefined);
}

function parseFile(text: string, file: string): JsonObject {
  const value = parseJson(text, file, "CONFIG_INVALID");
  if (!isObject(value)) {
    throw new BeltError("CONFIG_INVALID", "The configuration is not a JSON object.", { at: file });
  }
  // `$schema` is for editors, no setting.
  const { $schema: _, ...rest } = value;
  return rest;
}

function parseValue({ kind }: Setting, text: string, at: string): Json {
  if (kind === "json") return parseJson(text, at, "CONFIG_INVALID");
  if (kind === "text") return text;
  if (!/^\d{1,15}$/.test(text)) {
    throw new BeltError("CONFIG_INVALID", "The value does not fit: use a whole number.", { at });
  }
  return Number(text);
}

function valueAt(value: Json | undefined, [head, ...rest]: readonly string[]): Json | undefined {
  if (head === undefined) return value;
  return isObject(value) ? valueAt(value[head], rest) : undefined;
}

function put(object: JsonObject, [head = "", ...rest]: readonly string[], value: Json): JsonObject {
  if (rest.length === 0) return { ...object, [head]: value };
  const inner = object[head];
  return { ...object, [head]: put(isObject(inner) ? inner : {}, rest, value) };
}
