import { applying, held, isSchema, type Schema } from "../case/index.ts";
import { isObject, type Json } from "../json.ts";

/** The types of JSON Schema; an integer is a number without a fraction. */
const typeNames = ["null", "boolean", "integer", "number", "string", "array", "object"] as const;
export type TypeName = (typeof typeNames)[number];

export type Types = ReadonlySet<TypeName>;

/**
 * The types that values of a schema may have, as far as `type`, `const`, `enum` and the branches of `anyOf` and
 * `oneOf` say; undefined when they say nothing. Numbers include integers.
 */
export function typesOf(schema: Schema, root: Schema = schema): Types | undefined {
  let types: Types | undefined;
  for (const each of applying([schema], root, false)) {
    if (typeof each === "boolean") {
      if (!each) types = new Set();
      continue;
    }
    for (const keyword of ["anyOf", "oneOf"]) {
      const branches = held(keyword, each[keyword] ?? null).flatMap(([, branch]) =>
        isSchema(branch) ? [typesOf(branch, root)] : [],
      );
      if (branches.length > 0) types = both(types, either(branches));
    }
    const { type, const: value, enum: values } = each;
    if (type !== undefined) types = both(types, new Set(typeNames.filter((name) => listed(type, name))));
    if (value !== undefined) types = both(types, new Set([typeOf(value)]));
    if (Array.isArray(values)) types = both(types, new Set(values.map(typeOf)));
  }
  return types;
}

function listed(type: Json, name: TypeName): boolean {
  return Array.isArray(type) ? type.includes(name) : type === name;
}

function typeOf(value: Json): TypeName {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (isObject(value)) return "object";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "string" ? "string" : "boolean";
}

/** Whether values of a type are among those of some types. */
export function takes(types: Types, type: TypeName): boolean {
  return types.has(type) || (type === "integer" && types.has("number"));
}

function both(a: Types | undefined, b: Types | undefined): Types | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set(typeNames.filter((name) => takes(a, name) && takes(b, name)));
}

function either(all: readonly (Types | undefined)[]): Types | undefined {
  const union = new Set<TypeName>();
  for (const types of all) {
    if (types === undefined) return undefined;
    for (const type of types) union.add(type);
  }
  return union;
}
