import {
  applying,
  formatPointer,
  held,
  isSchema,
  type Schema,
  typeNouns,
  validatorOf,
} from "../case/index.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { beyond, lengths, numbers } from "./bounds.ts";
import { type TypeName, takes, typesOf } from "./types.ts";

/**
 * Why values of a field may be refused where they are needed: a phrase that tells of a value that the field's schema
 * allows and the need's schema does not. Undefined when none is certain to exist.
 *
 * Types, values, bounds, lengths, formats, items, required and other members are compared where both schemas speak of
 * them. What only the need bounds is not held against the field: partners' outputs are often described loosely, and
 * each input is validated anyway. Where a schema has conditions (`not`, `if`, `contains` and alike) nothing is
 * certain. What a schema allows is taken to occur: that no value has a listed type is the schema's own fault.
 *
 * Both schemas must have been compiled; {@link schemaAt} gives them.
 */
export function fits(field: Schema, need: Schema): string | undefined {
  const misfit = compare(sideOf([field], field), sideOf([need], need));
  if (misfit === undefined) return undefined;
  const [path, why] = misfit;
  return path.length === 0 ? why : `its part ${formatPointer(path)} ${why}`;
}

type Misfit = readonly [path: readonly string[], why: string];

/** Schemas that all apply to one value; what was behind `allOf` and `$ref` stands beside them. */
interface Side {
  readonly all: readonly JsonObject[];
  /** Whether no value fits. */
  readonly never: boolean;
  readonly root: Schema;
}

/** Keywords that were followed already, or say nothing of values. */
const followed = new Set(["$schema", "$defs", "$ref", "allOf"]);

function sideOf(schemas: readonly Schema[], root: Schema): Side {
  const all = applying(schemas, root, false);
  const objects = all
    .filter(isObject)
    .map(
      (each): JsonObject =>
        Object.fromEntries(Object.entries(each).filter(([keyword]) => !followed.has(keyword))),
    );
  return { all: objects, never: all.includes(false), root };
}

function compare(field: Side, need: Side): Misfit | undefined {
  const needs = alternatives(need).filter(({ never }) => !never);
  for (const each of alternatives(field)) {
    if (each.never || isVague(each)) continue;
    const misfit = compareValues(each, need) ?? compareTypes(each, needs);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

/** Keywords that exclude values in ways that are not looked at. */
const vague = (
  "not if then else dependentSchemas dependentRequired propertyNames minProperties maxProperties contains " +
  "anyOf oneOf patternProperties"
).split(" ");

function isVague({ all }: Side): boolean {
  return all.some((schema) => vague.some((keyword) => Object.hasOwn(schema, keyword)));
}

/** One side for each branch where the schemas have one `anyOf` or `oneOf`; otherwise the side itself. */
function alternatives(side: Side): readonly Side[] {
  const found = side.all.flatMap((schema) =>
    ["anyOf", "oneOf"].flatMap((keyword) => (Object.hasOwn(schema, keyword) ? [{ schema, keyword }] : [])),
  );
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) return [side];
  const { [only.keyword]: branches = null, ...rest } = only.schema;
  const base = side.all.map((schema) => (schema === only.schema ? rest : schema));
  return held(only.keyword, branches).flatMap(([, branch]) => {
    if (!isSchema(branch)) return [];
    const inner = sideOf([branch], side.root);
    return [{ all: [...base, ...inner.all], never: side.never || inner.never, root: side.root }];
  });
}

/** Where the field's values are listed, each of them is asked of both schemas. */
function compareValues(field: Side, need: Side): Misfit | undefined {
  const values = valuesOf(field);
  if (values === undefined || values.length === 0) return undefined;
  const [asField, asNeed] = [validatorOf(whole(field)), validatorOf(whole(need))];
  for (const value of values) {
    if (!asField.validate(value).valid) continue;
    const validity = asNeed.validate(value);
    if (!validity.valid) return [[], `may be a value that does not fit: it ${validity.errors[0].message}`];
  }
  return undefined;
}

function valuesOf({ all, root }: Side): readonly Json[] | undefined {
  for (const { const: value, enum: values } of all) {
    if (value !== undefined) return [value];
    if (Array.isArray(values)) return values;
  }
  const types = [...(typesOf({ allOf: all }, root) ?? [])];
  const few = { null: [null], boolean: [true, false] };
  const listed = types.flatMap((type) => (type === "null" || type === "boolean" ? few[type] : []));
  // Of other types there are more values than can be listed; those are left to the comparison of types.
  return listed.length > 0 ? listed : undefined;
}

/** One schema that says what all the schemas of a side say. */
function whole({ all, never, root }: Side): JsonObject {
  const { $defs = {} } = isObject(root) ? root : {};
  return { allOf: [!never, ...all], $defs };
}

function compareTypes(field: Side, needs: readonly Side[]): Misfit | undefined {
  if (field.all.some((schema) => Object.hasOwn(schema, "const") || Object.hasOwn(schema, "enum")))
    return undefined;
  for (const type of typesOf({ allOf: field.all }, field.root) ?? []) {
    const takers = needs.filter((need) => accepts(need, type));
    const [taker, ...others] = takers;
    if (taker === undefined) {
      if (type === "number" && isWhole(field)) continue;
      return [[], `may be ${nounOf(type, needs)}, which is not taken there`];
    }
    // With several that take the type, what one refuses another may accept.
    const misfit = others.length === 0 ? compareWithin[type]?.(field, taker) : undefined;
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function accepts({ all, root }: Side, type: TypeName): boolean {
  const types = typesOf({ allOf: all }, root);
  return types === undefined || takes(types, type);
}

function isWhole({ all }: Side): boolean {
  return all.some(({ multipleOf }) => Number.isInteger(multipleOf));
}

function nounOf(type: TypeName, needs: readonly Side[]): string {
  return type === "number" && needs.some((need) => accepts(need, "integer"))
    ? "a number with a fraction"
    : typeNouns(type);
}

const compareWithin: Partial<Record<TypeName, (field: Side, need: Side) => Misfit | undefined>> = {
  integer: (field, need) => beside(beyond(numbers(field.all, true), numbers(need.all, false))),
  number: (field, need) => beside(beyond(numbers(field.all, false), numbers(need.all, false))),
  string: compareStrings,
  array: compareArrays,
  object: compareObjects,
};

function beside(why: string | undefined): Misfit | undefined {
  return why === undefined ? undefined : [[], why];
}

function compareStrings(field: Side, need: Side): Misfit | undefined {
  // A pattern or format may keep the length within what its bounds allow.
  const free = field.all.every(
    (schema) => !Object.hasOwn(schema, "pattern") && !Object.hasOwn(schema, "format"),
  );
  const length = free
    ? beyond(lengths(field.all, "Length"), lengths(need.all, "Length"), "characters")
    : undefined;
  if (length !== undefined) return [[], length];
  const [from, to] = [formatOf(field), formatOf(need)];
  // Dates, addresses and identifiers may well be host names too.
  if (from === undefined || to === undefined || from === to || to === "hostname") return undefined;
  return [[], `is written as ${from} where ${to} is due`];
}

function formatOf({ all }: Side): string | undefined {
  return all.map(({ format }) => format).find((format) => typeof format === "string");
}

function compareArrays(field: Side, need: Side): Misfit | undefined {
  const free = field.all.every(({ uniqueItems }) => uniqueItems !== true);
  const length = free ? beyond(lengths(field.all, "Items"), lengths(need.all, "Items"), "items") : undefined;
  if (length !== undefined) return [[], length];
  if ([...field.all, ...need.all].some((schema) => Object.hasOwn(schema, "prefixItems"))) return undefined;
  const most = lengths(field.all, "Items").upper?.value ?? 1;
  const [from, to] = [itemsOf(field), itemsOf(need)];
  return most < 1 || from === undefined || to === undefined ? undefined : below("0", compare(from, to));
}

function itemsOf({ all, root }: Side): Side | undefined {
  const items = all.flatMap(({ items }) => (isSchema(items) ? [items] : []));
  return items.length === 0 ? undefined : sideOf(items, root);
}

function compareObjects(field: Side, need: Side): Misfit | undefined {
  const [from, to] = [membersOf(field), membersOf(need)];
  if (!from.described) return undefined;
  for (const name of to.required) {
    if (!from.required.has(name)) return [[name], "may be absent where it is required"];
  }
  for (const [name, schemas] of from.named) {
    if (!from.allows(name)) continue;
    const side = sideOf(schemas, field.root);
    if (side.never) continue;
    if (!to.allows(name)) return [[name], "is a field that is not taken there"];
    const needed = to.named.get(name);
    const misfit = needed === undefined ? undefined : compare(side, sideOf(needed, need.root));
    if (misfit !== undefined) return below(name, misfit);
  }
  return undefined;
}

function below(name: string, misfit: Misfit | undefined): Misfit | undefined {
  return misfit === undefined ? undefined : [[name, ...misfit[0]], misfit[1]];
}

interface Members {
  /** Whether the schemas describe members at all. */
  readonly described: boolean;
  readonly named: ReadonlyMap<string, readonly Schema[]>;
  readonly required: ReadonlySet<string>;
  /** Whether a member of this name is allowed, as far as closed schemas say. */
  allows(name: string): boolean;
}

function membersOf({ all }: Side): Members {
  const named = new Map<string, Schema[]>();
  const required = new Set<string>();
  const closers: ReadonlySet<string>[] = [];
  for (const schema of all) {
    const { properties = null, required: names, additionalProperties, patternProperties } = schema;
    const own = held("properties", properties);
    for (const [[, name = ""], each] of own) {
      if (isSchema(each)) named.set(name, [...(named.get(name) ?? []), each]);
    }
    if (Array.isArray(names)) for (const name of names) required.add(String(name));
    if (additionalProperties === false && patternProperties === undefined) {
      closers.push(new Set(own.map(([[, name = ""]]) => name)));
    }
  }
  if (closedByAll(all)) closers.push(new Set(named.keys()));
  return {
    described: all.some(({ properties }) => properties !== undefined) || closers.length > 0,
    named,
    required,
    allows: (name) => closers.every((names) => names.has(name)),
  };
}

/** Whether `unevaluatedProperties` closes the object to all but the members that are named here. */
function closedByAll(all: readonly JsonObject[]): boolean {
  const open = ["additionalProperties", ...vague];
  return (
    all.some(({ unevaluatedProperties }) => unevaluatedProperties === false) &&
    all.every((schema) => open.every((keyword) => !Object.hasOwn(schema, keyword)))
  );
}
