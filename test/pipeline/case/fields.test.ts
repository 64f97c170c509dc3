import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSchema, describedFields, refuseUnknownFields } from "../../../pipeline/case/index.ts";
import type { Json, JsonObject } from "../../../pipeline/json.ts";

const answer: JsonObject = { properties: { yes: { type: "boolean" } } };

describe("describedFields", () => {
  it.each<readonly [string, JsonObject, Json, readonly string[]]>([
    ["named", answer, { yes: true }, []],
    ["not named", answer, { yes: true, no: 1 }, ["/no"]],
    ["no fields described", { type: "object" }, { a: 1 }, ["/a"]],
    ["stated to be open", { type: "object", additionalProperties: true }, { a: { b: 1 } }, []],
    ["stated to be open below", { additionalProperties: answer }, { a: { yes: true, no: 1 } }, ["/a/no"]],
    [
      "stated to be open by the later keyword",
      { type: "object", unevaluatedProperties: answer },
      { a: {} },
      [],
    ],
    ["anything", {}, { a: 1 }, []],
    ["anything, with a title", { title: "x" }, { a: { b: [{}] } }, []],
    ["within", { properties: { a: answer } }, { a: { no: 1 } }, ["/a/no"]],
    ["free within", { properties: { a: true, b: {} } }, { a: { x: 1 }, b: { y: 1 } }, []],
    ["by allOf", { allOf: [answer, { properties: { a: true } }] }, { yes: true, a: 1, b: 2 }, ["/b"]],
    ["by a reference", { $ref: "#/$defs/x", $defs: { x: answer } }, { yes: true, b: 2 }, ["/b"]],
    [
      "by a free reference",
      { properties: { a: { $ref: "#/$defs/x" } }, $defs: { x: {} } },
      { a: { b: 2 } },
      [],
    ],
    ["by a branch", { oneOf: [answer, { properties: { a: true } }] }, { a: 1, b: 2 }, ["/b"]],
    ["by a condition", { if: answer, else: { properties: { a: true } } }, { yes: true, a: 1 }, []],
    ["by a dependency", { dependentSchemas: { yes: { properties: { a: true } } } }, { a: 1 }, []],
    ["by nothing but an exclusion", { not: answer }, { yes: true }, ["/yes"]],
    [
      "by a pattern",
      { patternProperties: { "^x-": answer } },
      { "x-a": { yes: true, no: 1 }, b: 1 },
      ["/x-a/no", "/b"],
    ],
    ["as a whole", { const: { a: { b: 1 } } }, { a: { b: 1 } }, []],
    ["as one of several", { enum: ["x", { a: 1 }] }, { a: 1 }, []],
    ["beside null", { anyOf: [{ const: null }, answer] }, { no: 1 }, ["/no"]],
    ["in items", { items: answer }, [{ yes: true }, { no: 1 }], ["/1/no"]],
    [
      "in the first items",
      { prefixItems: [answer], items: { properties: { a: true } } },
      [{ yes: true }, { a: 1 }, { yes: true }],
      ["/2/yes"],
    ],
    ["in items of no description", { type: "array" }, [1, {}, { a: 1 }], ["/2/a"]],
    [
      "in names that trip JavaScript",
      answer,
      JSON.parse('{"__proto__":1,"constructor":2}'),
      ["/__proto__", "/constructor"],
    ],
    ["in names to be escaped", answer, { "a/b": 1 }, ["/a~1b"]],
  ])("finds what is outside: %s", (_, schema, value, outside) => {
    expect(describedFields(schema)(value).map(({ at }) => at)).toEqual(outside);
  });

  it("finds any field that is added anywhere to an output", () => {
    const schema: JsonObject = {
      type: "object",
      properties: {
        income: { type: "object", properties: { yearly: { type: "number" } } },
        homes: { type: "array", items: { type: "object", properties: { value: { type: "number" } } } },
      },
    };
    const place = fc.constantFrom("", "/income", "/homes/0");
    const name = fc
      .string({ minLength: 1 })
      .filter((each) => !["income", "homes", "yearly", "value"].includes(each));
    const closed = compileSchema(schema, { closed: true });
    const open = compileSchema(schema);
    fc.assert(
      fc.property(place, name, (at, added) => {
        const extra = (here: string): JsonObject => (here === at ? Object.fromEntries([[added, 1]]) : {});
        const output: Json = {
          income: { yearly: 1, ...extra("/income") },
          homes: [{ value: 1, ...extra("/homes/0") }],
          ...extra(""),
        };
        expect(open.validate(output)).toEqual({ valid: true });
        expect(closed.validate(output)).toMatchObject({
          valid: false,
          errors: [{ at: expect.stringContaining(`${at}/`) }],
        });
        expect(() => refuseUnknownFields(schema, output)).toThrow(
          expect.objectContaining({ code: "STATION_OUTPUT_REFUSED" }),
        );
      }),
    );
    expect(closed.validate({ income: { yearly: 1 }, homes: [] })).toEqual({ valid: true });
    expect(() => refuseUnknownFields(schema, { income: {} })).not.toThrow();
  });

  it("is asked after validation", () => {
    const closed = compileSchema({ required: ["a"], ...answer }, { closed: true });
    expect(closed.validate({ no: 1 })).toMatchObject({ errors: [{ at: "/a" }] });
  });
});
