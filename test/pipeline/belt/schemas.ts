import fc from "fast-check";
import { compileSchema } from "../../../pipeline/case/index.ts";
import { isObject, type Json, type JsonObject } from "../../../pipeline/json.ts";

const bound = fc.integer({ min: -4, max: 6 });
const size = fc.integer({ min: 0, max: 3 });

/** A range whose end is not before its beginning, with either end or both left out. */
function range(from: string, to: string, value: fc.Arbitrary<number>, gap: number): fc.Arbitrary<JsonObject> {
  return fc.tuple(value, value, fc.constantFrom("", from, to, "both")).map(([a, b, which]) => ({
    ...(which === from || which === "both" ? { [from]: Math.min(a, b) } : {}),
    ...(which === to || which === "both" ? { [to]: Math.max(a, b) + gap } : {}),
  }));
}

const samples: Readonly<Record<string, string>> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  email: "a@b.example",
  hostname: "b-b.example",
  ipv4: "192.0.2.1",
  ipv6: "::1",
  uri: "urn:a:b",
  uuid: "6f1c2b34-0000-4000-8000-0123456789ab",
  duration: "P1D",
  time: "12:00:00Z",
  "json-pointer": "/a",
};

const of = (type: string, ...more: fc.Arbitrary<JsonObject>[]): fc.Arbitrary<JsonObject> =>
  fc.tuple(...more).map((all) => Object.assign({ type }, ...all));

const scalar: fc.Arbitrary<JsonObject> = fc.oneof(
  of("null"),
  of("boolean"),
  of("integer", range("minimum", "maximum", bound, 0)),
  of("integer", range("exclusiveMinimum", "exclusiveMaximum", bound, 2)),
  of("integer", range("minimum", "maximum", bound, 3), fc.constant({ multipleOf: 3 })),
  of("number", range("minimum", "maximum", fc.double({ min: -3, max: 3, noNaN: true }), 0)),
  of("number", range("exclusiveMinimum", "exclusiveMaximum", bound, 1)),
  of("string", range("minLength", "maxLength", size, 0)),
  fc.constantFrom(...Object.keys(samples)).map((format) => ({ type: "string", format })),
  fc
    .uniqueArray(fc.constantFrom<Json>(null, true, 0, 1, 2.5, "", "ab"), { minLength: 1 })
    .map((values) => ({ enum: values })),
  fc.constantFrom<Json>(false, 1, "ab").map((value) => ({ const: value })),
  fc
    .uniqueArray(fc.constantFrom("null", "boolean", "integer", "string"), { minLength: 1 })
    .map((type) => ({ type })),
);

const inner: fc.Arbitrary<JsonObject> = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    scalar,
    fc
      .tuple(of("array", range("minItems", "maxItems", size, 0)), tie("schema"))
      .map(([array, items]) => ({ ...array, items })),
    of("array", range("minItems", "maxItems", size, 0)),
    object(tie("schema")),
    fc.tuple(object(tie("schema")), fc.constantFrom([], ["extra"])).map(([each, required]) => ({
      allOf: [opened(each), { properties: { extra: true }, required }],
    })),
    // Branches of different types, as for a field that may be null.
    fc
      .tuple(tie("schema"), fc.constantFrom("anyOf", "oneOf"))
      .map(([each, keyword]) => ({ [keyword]: [{ type: "null" }, { allOf: [notNull, each] }] })),
  ),
})).schema;

const notNull = { type: ["boolean", "number", "string", "array", "object"] };

/** Schemas of the kinds that offers are made of; nearly each has values that fit it. */
export const schema: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 4, arbitrary: inner },
  inner.map((it) => ({ $ref: "#/$defs/it", $defs: { it } })),
  inner.map((it) => ({ type: "object", properties: { a: { $ref: "#/$defs/it" } }, $defs: { it } })),
);

function object(each: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const members = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.tuple(each, fc.boolean()));
  const closing = fc.constantFrom<JsonObject>(
    {},
    { additionalProperties: false },
    { unevaluatedProperties: false },
  );
  return fc.tuple(members, closing).map(([described, closed]) => ({
    type: "object",
    properties: Object.fromEntries(Object.entries(described).map(([name, [it]]) => [name, it])),
    required: Object.entries(described).flatMap(([name, [, required]]) => (required ? [name] : [])),
    ...closed,
  }));
}

function opened(schema: JsonObject): JsonObject {
  const closing = new Set(["additionalProperties", "unevaluatedProperties"]);
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !closing.has(keyword)));
}

/** Values that fit a schema, many of them at and about what is mentioned; `defined` is what its references name. */
export function instances(schema: Json, mentioned: readonly Json[], defined?: Json): readonly Json[] {
  if (!isObject(schema)) return [null, 1, "ab", {}, []];
  const { $defs, ...rest } = schema;
  const { it: definition = defined } = isObject($defs) ? $defs : {};
  const { validate } = compileSchema({ ...rest, $defs: definition === undefined ? {} : { it: definition } });
  const inner = (each: Json): readonly Json[] => instances(each, mentioned, definition);
  const found = [...mentioned, {}, ...behind(rest, definition, inner), ...arrays(rest, inner)];
  const { properties } = rest;
  if (isObject(properties)) found.push(...objects(properties, inner));
  return found.filter((value) => validate(value).valid);
}

type Inner = (schema: Json) => readonly Json[];

function behind(
  { $ref, allOf, anyOf, oneOf }: JsonObject,
  definition: Json | undefined,
  inner: Inner,
): readonly Json[] {
  const found: Json[] = $ref === undefined || definition === undefined ? [] : [...inner(definition)];
  for (const list of [anyOf, oneOf]) {
    if (Array.isArray(list)) for (const each of list) found.push(...inner(each));
  }
  if (!Array.isArray(allOf)) return found;
  const parts: readonly (readonly Json[])[] = allOf.map((each: Json) => inner(each));
  const [first = [], ...others] = parts;
  const merged = others.reduce<readonly Json[]>((sum, part) => {
    const some = part.filter(isObject).slice(0, 6);
    return sum.filter(isObject).flatMap((a) => some.map((b) => ({ ...a, ...b })));
  }, first);
  return [...found, ...parts.flat(), ...merged];
}

function arrays({ type, items, minItems, maxItems }: JsonObject, inner: Inner): readonly Json[] {
  if (type !== "array" && items === undefined) return [];
  const lengths = new Set([0, 1, 2, 3, minItems, maxItems].filter((length) => typeof length === "number"));
  const each = items === undefined ? [null] : inner(items);
  return [[], ...each.flatMap((item) => [...lengths].map((length) => Array.from({ length }, () => item)))];
}

function objects(properties: JsonObject, inner: Inner): readonly JsonObject[] {
  const members = Object.entries(properties).map(([name, each]) => [name, inner(each)] as const);
  const found: JsonObject[] = [{}];
  // Each member absent, and with one of its values.
  for (const [name, [value]] of members) {
    if (value !== undefined) found.push(...found.map((each) => ({ ...each, [name]: value })));
  }
  // Each member with each of its values, the others at hand.
  const full = found.at(-1) ?? {};
  const varied = members.flatMap(([name, values]) =>
    values.slice(0, 80).map((value) => ({ ...full, [name]: value })),
  );
  return [...found, ...varied];
}

/** All scalars that two schemas speak of, with their neighbours, and one of every type. */
export function mentionedIn(...schemas: readonly Json[]): readonly Json[] {
  const found = new Set<Json>([null, true, false, 0, 1, 2.5, "", "ab"]);
  const walk = (value: Json): void => {
    if (typeof value === "number") {
      for (const near of [0, 1, -1, 2, -2, 3, -3, 0.25, -0.25]) found.add(value + near);
      if (Number.isInteger(value) && value >= 0 && value < 10) {
        for (const length of [value - 1, value, value + 1]) if (length >= 0) found.add("x".repeat(length));
      }
    } else if (typeof value === "string") found.add(samples[value] ?? value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
  };
  schemas.forEach(walk);
  return [...found];
}
