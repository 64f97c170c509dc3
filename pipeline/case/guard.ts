import { BeltError } from "../errors.ts";
import { canonical, isObject, type Json, type JsonObject } from "../json.ts";
import { deeperThan } from "../jsonText.ts";
import { definitionName, definitionOf, held, keywords } from "./keywords.ts";
import { compilePattern, PatternRefused } from "./pattern.ts";
import { formatPointer } from "./pointer.ts";

/** What a schema may be at most. */
const schemaLimits = {
  /** Bytes of its canonical text. */
  bytes: 65_536,
  /** Levels of JSON. */
  depth: 64,
  /** Schemas in it, itself included. */
  subschemas: 500,
  /** Schemas when every reference is replaced by what it refers to: the work that one value can cause. */
  expanded: 1_500,
} as const;

/** The formats of JSON Schema that are asserted. */
export const formats = [
  "date",
  "time",
  "date-time",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uri",
  "uuid",
  "json-pointer",
] as const;

const dialect = "https://json-schema.org/draft/2020-12/schema";

/**
 * Checks that an untrusted schema can be compiled and used without harm: within {@link schemaLimits}, only known
 * keywords and formats, references only to the definitions at its top (`#/$defs/NAME`) and never in a circle,
 * patterns that {@link compilePattern} takes, and no member named `__proto__`.
 *
 * Without circles a schema is a finite tree, so the time that validating takes is bounded by the tree's size times
 * the value's; with them, a few nested `anyOf` would make it exponential in the value's depth.
 *
 * @param at the schema's place in its document, to which the error's place is added
 * @throws {BeltError} `SCHEMA_REFUSED`
 */
export function guardSchema(schema: JsonObject, at: string): void {
  const refuse: Refuse = (message, tokens = []) => {
    throw new BeltError("SCHEMA_REFUSED", message, { at: `${at}${formatPointer(tokens)}` });
  };
  if (deeperThan(schema, schemaLimits.depth))
    refuse(`The schema nests deeper than ${schemaLimits.depth} levels.`);
  const bytes = Buffer.byteLength(canonical(schema));
  if (bytes > schemaLimits.bytes) refuse(`The schema takes more than ${schemaLimits.bytes} bytes.`);
  new Guard(schema, refuse).all();
}

type Refuse = (message: string, tokens?: readonly string[]) => never;

class Guard {
  readonly #root: JsonObject;
  readonly #refuse: Refuse;
  readonly #sizes = new Map<string, number>();
  readonly #patterns = new Set<string>();
  #subschemas = 0;

  constructor(root: JsonObject, refuse: Refuse) {
    this.#root = root;
    this.#refuse = refuse;
  }

  all(): void {
    this.#schema(this.#root, []);
    const { $defs = {} } = this.#root;
    // Definitions that nothing refers to are checked for circles too: whoever reads the schema may follow them.
    for (const [[, name]] of held("$defs", $defs)) {
      if (name !== undefined) this.#behind(`#/$defs/${name}`, ["$defs", name], []);
    }
    if (this.#expanded(this.#root, [], []) > schemaLimits.expanded) {
      this.#refuse(
        `The schema stands for more than ${schemaLimits.expanded} schemas once references are followed.`,
      );
    }
  }

  #schema(schema: Json, tokens: readonly string[]): void {
    if (++this.#subschemas > schemaLimits.subschemas) {
      this.#refuse(`The schema holds more than ${schemaLimits.subschemas} schemas.`);
    }
    if (typeof schema === "boolean") return;
    if (!isObject(schema)) this.#refuse("A schema is an object, true or false.", tokens);
    for (const [keyword, value] of Object.entries(schema)) this.#keyword(keyword, value, tokens);
  }

  #keyword(keyword: string, value: Json, tokens: readonly string[]): void {
    const here = [...tokens, keyword];
    if (!keywords.has(keyword)) {
      this.#refuse(`The keyword ${keyword} is none of those that schemas may use here.`, here);
    }
    if ((keyword === "$schema" || keyword === "$defs") && tokens.length > 0) {
      this.#refuse(`The keyword ${keyword} stands at the top of a schema only.`, here);
    }
    if (keyword === "$schema" && value !== dialect) this.#refuse(`The only dialect is ${dialect}.`, here);
    if (keyword === "$ref") this.#reference(value, here);
    if (keyword === "format") this.#format(value, here);
    if (keyword === "pattern") this.#pattern(value, here);
    this.#names(keyword, value, here);
    for (const [path, schema] of held(keyword, value)) this.#schema(schema, [...tokens, ...path]);
  }

  #reference(ref: Json, tokens: readonly string[]): void {
    if (definitionName(ref) === undefined) {
      this.#refuse("A reference is to a definition at the top of the same schema: #/$defs/NAME.", tokens);
    }
    if (definitionOf(this.#root, ref) === undefined)
      this.#refuse("There is no definition of this name.", tokens);
  }

  #format(format: Json, tokens: readonly string[]): void {
    if (!formats.some((known) => known === format)) {
      this.#refuse(`The format is none of ${formats.join(", ")}.`, tokens);
    }
  }

  #pattern(pattern: Json, tokens: readonly string[]): void {
    if (typeof pattern !== "string" || this.#patterns.has(pattern)) return;
    try {
      compilePattern(pattern);
    } catch (error) {
      if (!(error instanceof PatternRefused)) throw error;
      this.#refuse(`The pattern is refused: ${error.message}.`, tokens);
    }
    this.#patterns.add(pattern);
  }

  /** Names of members: patterns are compiled like others, and one name is a trap in every JavaScript validator. */
  #names(keyword: string, value: Json, tokens: readonly string[]): void {
    const names = isObject(value) ? Object.keys(value) : Array.isArray(value) ? value : [];
    if (["properties", "required", "dependentRequired", "dependentSchemas", "$defs"].includes(keyword)) {
      if (names.includes("__proto__")) this.#refuse("A member cannot be named __proto__.", tokens);
    }
    if (keyword === "patternProperties") {
      for (const name of names) this.#pattern(name, [...tokens, String(name)]);
    }
  }

  /** The number of schemas behind one once its references are followed. */
  #expanded(schema: Json, tokens: readonly string[], open: readonly string[]): number {
    if (!isObject(schema)) return 1;
    let size = 1;
    for (const [keyword, value] of Object.entries(schema)) {
      // A definition counts where it is used.
      if (keyword === "$ref") size += this.#behind(value, [...tokens, keyword], open);
      else if (keyword !== "$defs") {
        for (const [path, each] of held(keyword, value))
          size += this.#expanded(each, [...tokens, ...path], open);
      }
    }
    return size;
  }

  #behind(ref: Json, tokens: readonly string[], open: readonly string[]): number {
    const name = definitionName(ref) ?? "";
    if (open.includes(name)) {
      this.#refuse(
        `References go in a circle: ${[...open.slice(open.indexOf(name)), name].join(", ")}.`,
        tokens,
      );
    }
    let size = this.#sizes.get(name);
    if (size === undefined) {
      size = this.#expanded(definitionOf(this.#root, ref) ?? true, ["$defs", name], [...open, name]);
      this.#sizes.set(name, size);
    }
    return size;
  }
}
