import { applying, compilePattern, held, isSchema, parsePointer, type Schema } from "../case/index.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";

export type { Schema };

/**
 * The schema of the field at a pointer, as a schema of its own with the definitions that it refers to. It is found
 * through `properties`, `patternProperties`, `additionalProperties`, `prefixItems` and `items`, be they reached by
 * `$ref`, `allOf` or a branch (`anyOf`, `oneOf`, `if`, `then`, `else`, `dependentSchemas`).
 *
 * Undefined when the schema does not describe the field, or describes it as impossible: a schema that is merely open
 * does not have a field. The schema must have been compiled, which limits it.
 */
export function schemaAt(schema: Schema, pointer: string): Schema | undefined {
  let here: Schema | undefined = schema;
  for (const token of parsePointer(pointer)) {
    here = memberOf(here, token, schema);
    if (here === undefined) return undefined;
  }
  return here === schema ? schema : withDefinitions(here, schema);
}

function memberOf(schema: Schema, token: string, root: Schema): Schema | undefined {
  const certain = applying([schema], root, false).flatMap((each) => named(each, token));
  if (certain.includes(false)) return undefined;
  // A branch may or may not apply, so what it says about the field is one of several possibilities.
  const branches = applying([schema], root, true)
    .flatMap((each) => named(each, token))
    .filter((each) => each !== false && !certain.includes(each));
  const [first, ...others] = branches.length === 0 ? certain : [...certain, anyOf(branches)];
  if (first === undefined || others.length === 0) return first;
  return { allOf: [first, ...others] };
}

function anyOf(schemas: readonly Schema[]): Schema {
  const [first, ...others] = schemas;
  return first !== undefined && others.length === 0 ? first : { anyOf: [...schemas] };
}

/** What one schema by itself says about a member. */
function named(schema: Schema, token: string): readonly Schema[] {
  if (typeof schema === "boolean") return [];
  const found = [...ofObject(schema, token), ...ofArray(schema, token)];
  return found.filter(isSchema);
}

function ofObject(schema: JsonObject, token: string): readonly Json[] {
  const { properties, patternProperties = {}, additionalProperties, unevaluatedProperties } = schema;
  const found: Json[] = [];
  if (isObject(properties) && Object.hasOwn(properties, token)) found.push(properties[token] ?? null);
  for (const [[, pattern = ""], each] of held("patternProperties", patternProperties)) {
    if (compilePattern(pattern).test(token)) found.push(each);
  }
  if (found.length > 0) return found;
  return [additionalProperties, unevaluatedProperties].filter((each) => each !== undefined && each !== false);
}

function ofArray(schema: JsonObject, token: string): readonly Json[] {
  if (!/^(?:0|[1-9][0-9]*)$/.test(token)) return [];
  const { prefixItems, items, unevaluatedItems } = schema;
  const first = Array.isArray(prefixItems) ? prefixItems[Number(token)] : undefined;
  return [first ?? items ?? unevaluatedItems].filter((each) => each !== undefined);
}

function withDefinitions(schema: Schema, root: Schema): Schema {
  if (typeof schema === "boolean" || typeof root === "boolean") return schema;
  const { $defs } = root;
  return $defs === undefined ? schema : { ...schema, $defs };
}
