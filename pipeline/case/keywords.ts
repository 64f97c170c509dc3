import { isObject, type Json, type JsonObject } from "../json.ts";

/** A JSON Schema (2020-12): an object, or a boolean that accepts everything or nothing. */
export type Schema = boolean | JsonObject;

/** What a keyword's value holds: one schema, a list of them, schemas by name, or no schema at all. */
type Holds = "schema" | "list" | "names" | "nothing";

/**
 * The keywords of JSON Schema 2020-12 that schemas of partners may use. Left out are those that name or reach for
 * other documents ($id, $anchor, $dynamicRef, $vocabulary) and those of earlier drafts, so that a schema means what
 * it says wherever it stands.
 */
export const keywords: ReadonlyMap<string, Holds> = new Map<string, Holds>([
  ...of("names", "$defs properties patternProperties dependentSchemas"),
  ...of("list", "allOf anyOf oneOf prefixItems"),
  ...of("schema", "not if then else items contains propertyNames"),
  ...of("schema", "additionalProperties unevaluatedProperties unevaluatedItems"),
  ...of("nothing", "$schema $ref $comment title description default examples deprecated readOnly writeOnly"),
  ...of("nothing", "contentEncoding contentMediaType type const enum format pattern minLength maxLength"),
  ...of(
    "nothing",
    "multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems uniqueItems",
  ),
  ...of("nothing", "minContains maxContains required dependentRequired minProperties maxProperties"),
]);

function of(holds: Holds, names: string): readonly (readonly [string, Holds])[] {
  return names.split(" ").map((name) => [name, holds] as const);
}

/** Keywords that tell people something and validate nothing. */
const annotations: ReadonlySet<string> = new Set(
  "$schema $comment $defs title description default examples deprecated readOnly writeOnly contentEncoding contentMediaType".split(
    " ",
  ),
);

export function isSchema(value: Json | undefined): value is Schema {
  return typeof value === "boolean" || isObject(value);
}

/** Whether a schema by itself, apart from what it refers to, says nothing about values. */
export function allowsAll(schema: Schema): boolean {
  if (typeof schema === "boolean") return schema;
  return Object.keys(schema).every((keyword) => keyword === "$ref" || annotations.has(keyword));
}

/** The schemas that a keyword's value holds, each with the reference tokens that lead to it. */
export function held(keyword: string, value: Json): readonly (readonly [tokens: readonly string[], Json])[] {
  const holds = keywords.get(keyword);
  if (holds === "schema") return [[[keyword], value]];
  if (holds === "list" && Array.isArray(value)) {
    return value.map((each: Json, index) => [[keyword, String(index)], each]);
  }
  if (holds === "names" && isObject(value)) {
    return Object.entries(value).map(([name, each]) => [[keyword, name], each]);
  }
  return [];
}

const definition = /^#\/\$defs\/([A-Za-z0-9_.-]+)$/;

/** The name of the definition that a `$ref` refers to; undefined when it refers to anything else. */
export function definitionName(ref: Json): string | undefined {
  return typeof ref === "string" ? definition.exec(ref)?.[1] : undefined;
}

/** The definition that a `$ref` of a schema in this document refers to. */
export function definitionOf(root: Schema, ref: Json | undefined): Schema | undefined {
  const name = ref === undefined ? undefined : definitionName(ref);
  if (name === undefined || typeof root === "boolean") return undefined;
  const { $defs: definitions } = root;
  if (!isObject(definitions) || !Object.hasOwn(definitions, name)) return undefined;
  const found = definitions[name];
  return isSchema(found) ? found : undefined;
}

/** Keywords whose schemas apply to the value itself, all of them, whatever the value. */
const conjunctions = ["allOf"];
/** Keywords whose schemas apply to the value itself, some of them or under a condition. */
const branches = ["anyOf", "oneOf", "if", "then", "else", "dependentSchemas"];

/**
 * The schemas that apply to the same value as these do, themselves included, through `allOf` and `$ref`, and with
 * `alternatives` also through those that may apply: `anyOf`, `oneOf`, `if`, `then`, `else`, `dependentSchemas`.
 * The schema must have passed {@link guardSchema}, which excludes references in circles.
 */
export function applying(schemas: readonly Schema[], root: Schema, alternatives: boolean): readonly Schema[] {
  return schemas.flatMap((schema): readonly Schema[] => {
    if (typeof schema === "boolean") return [schema];
    const names = alternatives ? [...conjunctions, ...branches] : conjunctions;
    const inner = names.flatMap((name) => {
      const value = schema[name];
      return value === undefined
        ? []
        : held(name, value).flatMap(([, each]) => (isSchema(each) ? [each] : []));
    });
    const { $ref } = schema;
    const target = definitionOf(root, $ref);
    if (target !== undefined) inner.push(target);
    return [schema, ...applying(inner, root, alternatives)];
  });
}
