import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSchema, type Validity } from "../../../pipeline/case/index.ts";
import { isObject, type Json, type JsonObject } from "../../../pipeline/json.ts";
import { outcomeOf } from "../../support/outcome.ts";
import { json } from "./arbitraries.ts";

const loan: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    amount: { type: "number", minimum: 0, maximum: 1_000_000, multipleOf: 0.01 },
    months: { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 481 },
    postcode: { type: "string", pattern: "^[1-9][0-9]{3} ?[A-Z]{2}$" },
    name: { type: "string", minLength: 1, maxLength: 3 },
    on: { $ref: "#/$defs/date" },
    kind: { enum: ["annuity", "linear"] },
    country: { const: "NL" },
    parts: { type: "array", items: { $ref: "#/$defs/part" }, minItems: 1, maxItems: 2, uniqueItems: true },
    both: { anyOf: [{ type: "string" }, { type: "number" }] },
    one: { oneOf: [{ minimum: 1 }, { maximum: 5 }] },
    odd: { not: { type: "string" } },
    pair: { prefixItems: [{ type: "number" }], items: false },
    extra: { type: "object", minProperties: 1, maxProperties: 1, propertyNames: { maxLength: 2 } },
    some: { contains: { const: 1 } },
    when: { if: { type: "string" }, else: { minimum: 1 } },
    never: false,
    bank: { type: "string" },
    toString: { type: "string" },
  },
  required: ["amount"],
  dependentRequired: { bank: ["name"] },
  additionalProperties: false,
  $defs: {
    date: { type: "string", format: "date" },
    part: {
      type: ["object", "null"],
      properties: { rate: { type: "number" } },
      unevaluatedProperties: false,
    },
  },
};

function problem(validity: Validity): string {
  return validity.valid ? "valid" : `${validity.errors[0].at} ${validity.errors[0].message}`;
}

describe("compileSchema", () => {
  const { validate } = compileSchema(loan);

  it("accepts what fits", () => {
    const good: Json = {
      amount: 12.34,
      months: 360,
      postcode: "1234 AB",
      on: "2026-02-28",
      parts: [{ rate: 1 }, null],
    };
    expect(validate(good)).toEqual({ valid: true });
  });

  it.each<readonly [Json, string]>([
    [[], " must be an object"],
    [{}, "/amount is required and missing"],
    [{ amount: "1" }, "/amount must be a number"],
    [{ amount: -1 }, "/amount must be at least 0"],
    [{ amount: 1e7 }, "/amount must be at most 1000000"],
    [{ amount: 0.001 }, "/amount must be a multiple of 0.01"],
    [{ amount: 1, months: 0 }, "/months must be more than 0"],
    [{ amount: 1, months: 481 }, "/months must be less than 481"],
    [{ amount: 1, months: 1.5 }, "/months must be a whole number"],
    [{ amount: 1, postcode: "0123AB" }, "/postcode must have the form that the schema's pattern gives"],
    [{ amount: 1, name: "" }, "/name must have at least 1 character"],
    [{ amount: 1, name: "four" }, "/name must have at most 3 characters"],
    [{ amount: 1, on: "2026-02-30" }, "/on must be written as date"],
    [{ amount: 1, kind: "x" }, "/kind must be one of the values that the schema lists"],
    [{ amount: 1, country: "BE" }, "/country must be the one value that the schema gives"],
    [{ amount: 1, parts: [] }, "/parts must have at least 1 item"],
    [{ amount: 1, parts: [null, {}, {}] }, "/parts must have at most 2 items"],
    [{ amount: 1, parts: [{ rate: 1 }, { rate: 1.0 }] }, "/parts must not have the same item twice"],
    [{ amount: 1, parts: [{ tare: 1 }] }, "/parts/0/tare is a field that the schema does not allow"],
    [{ amount: 1, parts: [1] }, "/parts/0 must be an object or null"],
    [{ amount: 1, both: true }, "/both fits none of the forms that the schema allows"],
    [{ amount: 1, one: 3 }, "/one must fit exactly one of the forms that the schema allows"],
    [{ amount: 1, odd: "x" }, "/odd has a form that the schema excludes"],
    [{ amount: 1, pair: [1, 2] }, "/pair must have at most 1 item"],
    [{ amount: 1, extra: {} }, "/extra must have at least 1 field"],
    [{ amount: 1, extra: { a: 1, b: 2 } }, "/extra must have at most 1 field"],
    [{ amount: 1, extra: { abc: 1 } }, "/extra has a field whose name the schema does not allow"],
    [{ amount: 1, some: [2] }, "/some lacks items that the schema asks for, or has too many of them"],
    [{ amount: 1, when: 0 }, "/when must be at least 1"],
    [{ amount: 1, never: 1 }, "/never is not allowed here"],
    [{ amount: 1, bank: "x" }, "/name is missing, and required beside the others"],
    [{ amount: 1, "a/b": 1 }, "/a~1b is a field that the schema does not allow"],
    [JSON.parse('{"amount":1,"__proto__":{"x":1}}'), "/__proto__ is a field that the schema does not allow"],
  ])("refuses %j in a plain sentence", (value, sentence) => {
    expect(problem(validate(value))).toBe(sentence);
  });

  it("does not count what an object inherits", () => {
    const inherited = compileSchema({ type: "object", required: ["toString", "constructor"] });
    expect(problem(inherited.validate({}))).toMatch(/is required and missing$/);
    expect(inherited.validate({ toString: 1, constructor: 2 })).toEqual({ valid: true });
  });

  it("never quotes the value", () => {
    const { properties } = loan;
    const names = isObject(properties) ? Object.keys(properties) : [];
    // Written so that no sentence of ours could hold it by chance.
    const secret = fc.stringMatching(/^Q[0-9]{6}Q$/);
    const field = fc.constantFrom(...names);
    const told = fc.oneof(
      secret,
      secret.map((each) => [each, each]),
      secret.map((each) => ({ rate: each })),
      fc.integer({ min: 700_000_000, max: 799_999_999 }),
    );
    fc.assert(
      fc.property(field, told, (name, value) => {
        const result = validate({ amount: 1, [name]: value });
        expect(JSON.stringify(result)).not.toMatch(/Q[0-9]{6}Q|7[0-9]{8}/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes the same pattern twice and different patterns once each", () => {
    const schema = { properties: { a: { pattern: "^a$" }, b: { pattern: "^b$" }, c: { pattern: "^a$" } } };
    const patterns = compileSchema(schema);
    expect(patterns.validate({ a: "a", b: "b", c: "a" })).toEqual({ valid: true });
    expect(problem(patterns.validate({ a: "b" }))).toMatch(/^\/a/);
    expect(problem(patterns.validate({ b: "a" }))).toMatch(/^\/b/);
    expect(problem(patterns.validate({ c: "b" }))).toMatch(/^\/c/);
  });

  it.each([
    ["date", "2026-02-29"],
    ["time", "25:00:00Z"],
    ["date-time", "2026-01-01"],
    ["duration", "1 day"],
    ["email", "nobody"],
    ["hostname", "-.example"],
    ["ipv4", "1.2.3.256"],
    ["ipv6", "::g"],
    ["uri", "no uri"],
    ["uuid", "1234"],
    ["json-pointer", "a"],
  ])("asserts the format %s", (format, wrong) => {
    expect(problem(compileSchema({ format }).validate(wrong))).toBe(` must be written as ${format}`);
  });

  it("checks formats of hostile texts in time", () => {
    const hostile = [
      "a".repeat(100_000),
      "a.".repeat(50_000),
      "1:".repeat(50_000),
      "a@".repeat(50_000),
      "P1".repeat(50_000),
    ];
    for (const format of [
      "email",
      "hostname",
      "ipv6",
      "uri",
      "duration",
      "date-time",
      "uuid",
      "json-pointer",
    ]) {
      const validator = compileSchema({ format });
      for (const text of hostile) validator.validate(`${text}!`);
    }
  }, 5_000);

  it("refuses a value that takes too long to compare with its patterns, and then the next as if nothing were", () => {
    const slow = compileSchema({ items: { pattern: "(.?){200}x{3}$" } });
    const hostile = Array.from({ length: 100 }, () => "x".repeat(10_000));
    expect(problem(slow.validate(hostile))).toBe(" takes too long to compare with the schema's patterns");
    expect(slow.validate(["xxx"])).toEqual({ valid: true });
    const long = compileSchema({ pattern: "^[A-Za-z0-9+/]+={0,2}$" });
    expect(long.validate(`${"QUJD".repeat(250_000)}QQ==`)).toEqual({ valid: true });
  }, 10_000);

  it("finds items that repeat among very many", () => {
    const items: Json[] = Array.from({ length: 50_000 }, (_, index) => ({ index }));
    const unique = compileSchema({ uniqueItems: true });
    expect(unique.validate(items)).toEqual({ valid: true });
    expect(unique.validate([...items, { index: 0 }]).valid).toBe(false);
  }, 5_000);

  it("compiles or refuses whatever stands where a keyword's value belongs", () => {
    const names = [
      "$ref",
      "type",
      "items",
      "properties",
      "pattern",
      "format",
      "enum",
      "required",
      "allOf",
      "if",
      "minimum",
    ];
    const value = fc.oneof(
      json,
      fc.constantFrom("#/$defs/a", "string", "^a$", "date", ["a"], [{}], { a: {} }, 1),
    );
    const part = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 });
    fc.assert(
      fc.property(part, part, json, (schema, a, instance) => {
        const outcome = outcomeOf(() => compileSchema({ ...schema, $defs: { a } }).validate(instance).valid);
        expect([{ code: "SCHEMA_REFUSED" }, { value: true }, { value: false }]).toContainEqual(outcome);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<readonly [string, JsonObject, string, string]>([
    ["an unknown keyword", { properties: { a: { maximun: 1 } } }, "/properties/a/maximun", "maximun"],
    ["an identifier", { $id: "https://example.org/x" }, "/$id", "$id"],
    ["an anchor", { $anchor: "x" }, "/$anchor", "$anchor"],
    ["a dynamic reference", { $dynamicRef: "#x" }, "/$dynamicRef", "$dynamicRef"],
    ["another draft", { $schema: "http://json-schema.org/draft-07/schema#" }, "/$schema", "only dialect"],
    ["a remote reference", { items: { $ref: "https://example.org/x" } }, "/items/$ref", "#/$defs/NAME"],
    ["a reference to the whole", { items: { $ref: "#" } }, "/items/$ref", "#/$defs/NAME"],
    ["a reference to nothing", { $ref: "#/$defs/a" }, "/$ref", "no definition"],
    ["a reference to what is inherited", { $ref: "#/$defs/toString", $defs: {} }, "/$ref", "no definition"],
    ["definitions within", { items: { $defs: {} } }, "/items/$defs", "at the top"],
    ["an unknown format", { format: "bsn" }, "/format", "none of date"],
    ["a look-behind", { pattern: "(?<=a)b" }, "/pattern", "looks around"],
    [
      "a pattern as a name",
      { patternProperties: { "(a)\\1": true } },
      "/patternProperties/(a)\\1",
      "refers back",
    ],
    ["a value of the wrong kind", { minimum: "1" }, "/minimum", "must be a number"],
    ["an unknown type", { type: "text" }, "/type", "fits none of the forms"],
    ["a schema that is none", { items: 1 }, "/items", "object, true or false"],
    ["a list that is none", { allOf: {} }, "/allOf", "must be an array"],
    ["a trap", { properties: JSON.parse('{"__proto__":true}') }, "/properties", "__proto__"],
    [
      "a circle",
      { $ref: "#/$defs/a", $defs: { a: { items: { $ref: "#/$defs/a" } } } },
      "/$defs/a/items/$ref",
      "a, a",
    ],
    [
      "an unused circle",
      { $defs: { a: { $ref: "#/$defs/b" }, b: { not: { $ref: "#/$defs/a" } } } },
      "/$defs/b/not/$ref",
      "a, b, a",
    ],
    ["a deep schema", nested(40), "", "deeper than 64"],
    ["a long schema", { description: "x".repeat(70_000) }, "", "65536 bytes"],
    ["very many schemas", { anyOf: Array.from({ length: 501 }, () => true) }, "", "more than 500"],
    ["references that multiply", multiplying(20), "", "more than 1500"],
  ])("refuses %s", (_, schema, place, message) => {
    expect(() => compileSchema(schema, { at: "/case" })).toThrow(
      expect.objectContaining({
        code: "SCHEMA_REFUSED",
        at: `/case${place}`,
        message: expect.stringContaining(message),
      }),
    );
  });
});

function nested(levels: number): JsonObject {
  return levels === 0 ? {} : { not: { items: nested(levels - 1) } };
}

/** Each definition refers to the next one twice: 2^n schemas in a text of n lines. */
function multiplying(levels: number): JsonObject {
  const $defs = Object.fromEntries(
    Array.from({ length: levels }, (_, index) => {
      const next = index + 1 < levels ? { $ref: `#/$defs/d${index + 1}` } : {};
      return [`d${index}`, { allOf: [next, next] }];
    }),
  );
  return { $ref: "#/$defs/d0", $defs };
}
