import { BeltError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { allowsAll, applying, held, isSchema, type Schema } from "./keywords.ts";
import { compilePattern, type Pattern } from "./pattern.ts";
import { formatPointer } from "./pointer.ts";
import type { Problem } from "./problem.ts";

/**
 * Compiles what a schema says about fields to a function that finds those that it does not describe.
 *
 * JSON Schema leaves objects open: a field that no keyword mentions is valid. What leaves a station must be described,
 * or the topology would not tell what travels. So a field counts as described when, at its place,
 * - a `properties` or `patternProperties` names it, in any schema that applies there, be it through `allOf`, `$ref`
 *   or a branch (`anyOf`, `oneOf`, `if`, `then`, `else`, `dependentSchemas`), or
 * - such a schema states `additionalProperties` or `unevaluatedProperties` (other than false), or
 * - its place is described by nothing but `true` or `{}`, or a `const` or `enum` there gives whole objects.
 *
 * It is asked besides validation, never instead of it, and the schema must have passed {@link guardSchema}.
 */
export function describedFields(schema: JsonObject): (value: Json) => readonly Problem[] {
  const description = describe([schema], schema);
  return (value) => {
    // Most often there is nothing to say, and so no place to say it of.
    if (isDescribed(value, description)) return none;
    const problems: Problem[] = [];
    look(value, description, [], problems);
    return problems;
  };
}

const none: readonly Problem[] = [];

/**
 * Refuses an output with a field that its schema does not describe, as {@link describedFields} says.
 *
 * @throws {BeltError} `STATION_OUTPUT_REFUSED`, at the field
 */
export function refuseUnknownFields(schema: JsonObject, value: Json): void {
  const [problem] = describedFields(schema)(value);
  if (problem === undefined) return;
  throw new BeltError("STATION_OUTPUT_REFUSED", `The field ${problem.at} ${problem.message}.`, {
    at: problem.at,
  });
}

/** What the schemas of one place say about the fields below it. */
interface Description {
  readonly anything: boolean;
  readonly named: ReadonlyMap<string, Description>;
  readonly patterns: readonly (readonly [Pattern, Description])[];
  readonly others: Description | undefined;
  readonly first: readonly Description[];
  readonly items: Description | undefined;
}

function describe(schemas: readonly Schema[], root: Schema): Description {
  const all = applying(schemas, root, true);
  const objects = all.filter((schema): schema is JsonObject => typeof schema !== "boolean");
  const under = (keyword: string): readonly Schema[] =>
    objects.flatMap(({ [keyword]: value }) => (isSchema(value) && value !== false ? [value] : []));
  const some = (keyword: string): Description | undefined => {
    const found = under(keyword);
    return found.length > 0 ? describe(found, root) : undefined;
  };
  const others = [...under("additionalProperties"), ...under("unevaluatedProperties")];
  return {
    anything: all.length > 0 && (all.every(allowsAll) || objects.some(givesValues)),
    named: new Map([...gather(objects, "properties")].map(([name, found]) => [name, describe(found, root)])),
    patterns: [...gather(objects, "patternProperties")].map(([name, found]) => [
      compilePattern(name),
      describe(found, root),
    ]),
    others: others.length > 0 ? describe(others, root) : undefined,
    first: [...gather(objects, "prefixItems").values()].map((found) => describe(found, root)),
    items: some("items") ?? some("unevaluatedItems"),
  };
}

/** The schemas that a keyword holds in all of these, by name or by index in ascending order. */
function gather(objects: readonly JsonObject[], keyword: string): ReadonlyMap<string, readonly Schema[]> {
  const found = new Map<string, Schema[]>();
  for (const object of objects) {
    for (const [[, name], schema] of held(keyword, object[keyword] ?? null)) {
      if (name === undefined || !isSchema(schema)) continue;
      const known = found.get(name);
      if (known === undefined) found.set(name, [schema]);
      else known.push(schema);
    }
  }
  return found;
}

function givesValues({ const: value, enum: values }: JsonObject): boolean {
  const given = [value ?? null, ...(Array.isArray(values) ? values : [])];
  return given.some((each) => typeof each === "object" && each !== null);
}

const nothing: Description = {
  anything: false,
  named: new Map(),
  patterns: [],
  others: undefined,
  first: [],
  items: undefined,
};

/** Whether {@link look} finds nothing. */
function isDescribed(value: Json, description: Description): boolean {
  if (description.anything || typeof value !== "object" || value === null) return true;
  if (!isObject(value)) {
    const { first, items = nothing } = description;
    return value.every((item, index) => isDescribed(item, first[index] ?? items));
  }
  const { named, patterns } = description;
  for (const name in value) {
    const field = value[name] ?? null;
    const only = patterns.length === 0 ? named.get(name) : undefined;
    const isKnown =
      only === undefined
        ? of(description, name).some((each) => isDescribed(field, each))
        : isDescribed(field, only);
    if (!isKnown) return false;
  }
  return true;
}

function look(value: Json, description: Description, path: readonly string[], problems: Problem[]): void {
  if (description.anything) return;
  if (Array.isArray(value)) {
    value.forEach((item: Json, index) => {
      const inner = description.first[index] ?? description.items ?? nothing;
      look(item, inner, [...path, String(index)], problems);
    });
    return;
  }
  if (!isObject(value)) return;
  for (const [name, field] of Object.entries(value)) {
    const inner = [...path, name];
    const descriptions = of(description, name);
    if (descriptions.length === 0) {
      problems.push({ at: formatPointer(inner), message: "is a field that the schema does not describe" });
    }
    // Several patterns may speak of one name; what one of them describes is described.
    const found = descriptions.map((each) => {
      const inside: Problem[] = [];
      look(field, each, inner, inside);
      return inside;
    });
    const best = found.find((inside) => inside.length === 0) ?? found[0];
    if (best !== undefined) problems.push(...best);
  }
}

function of(description: Description, name: string): readonly Description[] {
  const { named, patterns, others } = description;
  const byName = named.get(name);
  const found = patterns.flatMap(([pattern, each]) => (pattern.test(name) ? [each] : []));
  if (byName !== undefined) found.unshift(byName);
  return found.length > 0 || others === undefined ? found : [others];
}
