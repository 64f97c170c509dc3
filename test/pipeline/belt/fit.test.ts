import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fits, type Schema, schemaAt } from "../../../pipeline/belt/index.ts";
import { compileSchema, fieldAt, formatPointer, type Validator } from "../../../pipeline/case/index.ts";
import { isObject, type Json, type JsonObject } from "../../../pipeline/json.ts";
import { instances, mentionedIn, schema } from "./schemas.ts";

describe("fits", () => {
  it("never refuses where every value fits: there is a value that the field allows and the need does not", () => {
    let refused = 0;
    fc.assert(
      fc.property(schema, schema, (field, need) => {
        const why = fits(field, need);
        if (why === undefined) return;
        refused++;
        const [asField, asNeed] = [compileSchema(field), compileSchema(need)];
        const values = instances(field, mentionedIn(field, need));
        const witness = values.find(
          (value) => asField.validate(value).valid && !asNeed.validate(value).valid,
        );
        expect(witness, `shows that the field ${why}`).toBeDefined();
      }),
      { numRuns: 250 },
    );
    expect(refused).toBeGreaterThan(60);
  });

  it("lets every schema fit itself, and one that says nothing", () => {
    fc.assert(
      fc.property(schema, (each) => {
        expect(fits(each, each)).toBeUndefined();
        expect(fits(each, true)).toBeUndefined();
        expect(fits(each, {})).toBeUndefined();
        expect(fits(true, each)).toBeUndefined();
      }),
    );
  });

  it.each<readonly [Schema, Schema, string]>([
    [{ type: "string" }, { type: "number" }, "may be text, which is not taken there"],
    [{ type: ["string", "null"] }, { type: "string" }, "may be a value that does not fit: it must be text"],
    [{ type: "number" }, { type: "integer" }, "may be a number with a fraction, which is not taken there"],
    [{ enum: ["a", "b"] }, { enum: ["a"] }, "may be a value that does not fit: it must be one of"],
    [{ const: 1 }, { const: 2 }, "may be a value that does not fit: it must be the one value"],
    [{ type: "boolean" }, { const: true }, "may be a value that does not fit"],
    [{ type: "number", maximum: 10 }, { type: "number", maximum: 5 }, "may go up to 10 where 5 is the limit"],
    [{ type: "number", minimum: 0 }, { exclusiveMinimum: 0 }, "may go down to 0 where 0 is the limit"],
    [
      { type: "string", maxLength: 9 },
      { maxLength: 8 },
      "may go up to 9 characters where 8 characters is the limit",
    ],
    [{ type: "array", minItems: 0 }, { minItems: 1 }, "may go down to 0 items where 1 items is the limit"],
    [{ type: "string", format: "date" }, { format: "email" }, "is written as date where email is due"],
    [{ type: "array", items: { type: "string" } }, { items: { type: "number" } }, "its part /0 may be text"],
    [
      { type: "object", properties: { a: { type: "object", properties: { b: { type: "null" } } } } },
      { properties: { a: { properties: { b: { type: "string" } } } } },
      "its part /a/b may be a value that does not fit: it must be text",
    ],
    [
      { type: "object", properties: { a: true } },
      { required: ["a"] },
      "its part /a may be absent where it is required",
    ],
    [
      { type: "object", properties: { a: true, b: true } },
      { properties: { a: true }, additionalProperties: false },
      "its part /b is a field that is not taken there",
    ],
    [
      { $ref: "#/$defs/x", $defs: { x: { type: "string" } } },
      { allOf: [{ $ref: "#/$defs/x" }], $defs: { x: { type: "array" } } },
      "may be text",
    ],
    [
      { anyOf: [{ type: "string" }, { type: "number" }] },
      { oneOf: [{ type: "string" }, { type: "null" }] },
      "may be a number",
    ],
  ])("refuses %j for %j", (field, need, why) => {
    expect(fits(field, need)).toContain(why);
  });

  it.each<readonly [string, Schema, Schema]>([
    ["integers are numbers", { type: "integer" }, { type: "number" }],
    ["multiples of whole numbers are whole", { type: "number", multipleOf: 5 }, { type: "integer" }],
    ["fewer values", { enum: ["a"] }, { enum: ["a", "b"] }],
    ["only the need has bounds", { type: "number" }, { type: "number", minimum: 0, maximum: 1 }],
    ["only the need lists values", { type: "string" }, { enum: ["a"] }],
    ["only the need has a pattern", { type: "string" }, { pattern: "^a$" }],
    ["a bound that no value reaches", { type: "integer", maximum: 5.5 }, { maximum: 5 }],
    ["a bound between multiples", { type: "integer", multipleOf: 30, maximum: 100 }, { maximum: 90 }],
    ["a pattern bounds the length", { type: "string", pattern: "^a?$", maxLength: 9 }, { maxLength: 1 }],
    ["a condition may exclude it", { type: ["string", "null"], not: { type: "null" } }, { type: "string" }],
    ["members that are not described", { type: "object" }, { required: ["a"] }],
    ["nullable to nullable", { type: ["string", "null"] }, { anyOf: [{ type: "string" }, { type: "null" }] }],
    [
      "arrays that stay empty",
      { type: "array", maxItems: 0, items: { type: "string" } },
      { items: { type: "number" } },
    ],
    [
      "a member that cannot be",
      { type: "object", properties: { a: false } },
      { properties: {}, additionalProperties: false },
    ],
  ])("is not certain of a misfit: %s", (_, field, need) => {
    expect(fits(field, need)).toBeUndefined();
  });
});

describe("schemaAt", () => {
  const root: JsonObject = {
    properties: {
      loan: { $ref: "#/$defs/loan" },
      homes: {
        type: "array",
        prefixItems: [{ const: 1 }],
        items: { properties: { value: { type: "number" } } },
      },
      never: false,
      any: true,
      map: { type: "object", additionalProperties: { type: "number" } },
      named: { patternProperties: { "^x-": { type: "string" } } },
    },
    allOf: [{ properties: { all: { type: "null" }, loan: { required: ["amount"] } } }],
    oneOf: [{ properties: { one: { const: 1 } } }, { properties: { one: { const: 2 } } }],
    $defs: { loan: { properties: { amount: { $ref: "#/$defs/money" } } }, money: { type: "integer" } },
  };
  const { $defs = null } = root;

  it.each<readonly [string, Schema | undefined]>([
    ["/loan", { allOf: [{ $ref: "#/$defs/loan" }, { required: ["amount"] }], $defs }],
    ["/loan/amount", { $ref: "#/$defs/money", $defs }],
    ["/homes/0", { const: 1, $defs }],
    ["/homes/1/value", { type: "number", $defs }],
    ["/homes/x", undefined],
    ["/never", undefined],
    ["/any", true],
    ["/any/more", undefined],
    ["/map/whatever", { type: "number", $defs }],
    ["/named/x-a", { type: "string", $defs }],
    ["/named/y-a", undefined],
    ["/all", { type: "null", $defs }],
    ["/one", { anyOf: [{ const: 1 }, { const: 2 }], $defs }],
    ["/absent", undefined],
    ["/toString", undefined],
    ["", root],
  ])("gives what is at %s", (pointer, expected) => {
    expect(schemaAt(root, pointer)).toEqual(expected);
  });

  it("gives a schema that every field at its place fits", () => {
    let compared = 0;
    fc.assert(
      fc.property(schema, (each) => {
        const compiled = new Map<string, Validator | undefined>();
        for (const value of instances(each, mentionedIn(each)).slice(0, 30)) {
          for (const pointer of pointersIn(value, [])) {
            if (!compiled.has(pointer)) compiled.set(pointer, compiledAt(each, pointer));
            const validator = compiled.get(pointer);
            const field = fieldAt(value, pointer);
            if (validator === undefined || field === undefined) continue;
            compared++;
            expect([pointer, validator.validate(field)]).toEqual([pointer, { valid: true }]);
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

function pointersIn(value: Json, path: readonly string[]): readonly string[] {
  const inner = isObject(value) || Array.isArray(value) ? Object.entries(value) : [];
  return [formatPointer(path), ...inner.flatMap(([name, each]) => pointersIn(each, [...path, name]))];
}

function compiledAt(schema: Schema, pointer: string): Validator | undefined {
  const at = schemaAt(schema, pointer);
  if (at === undefined) return undefined;
  return compileSchema(typeof at === "boolean" ? { allOf: [at] } : at);
}
