import { expect, it } from "vitest";
import references from "../../../../belts/hr-onboarding/stations/references.ts";
import { exampleAnswer } from "../../../../nodes/cli/up/exampleAnswer.ts";
import { compileSchema } from "../../../../pipeline/case/index.ts";

it("is an answer that the task of the hiring belt takes", () => {
  const example = exampleAnswer(references.output);
  expect(Object.keys(example)).toEqual(["recommendation", "spokenWith"]);
  expect(compileSchema(references.output).validate(example)).toMatchObject({ valid: true });
});

it("shows the required properties, each with what it allows", () => {
  const type = (name: string) => ({ type: name });
  expect(
    exampleAnswer({
      type: "object",
      required: ["a", "b", "c", "d", "e", "f", "g", "missing"],
      properties: {
        a: { const: 7 },
        b: { enum: ["x", "y"] },
        c: { type: "integer", minimum: 3 },
        d: type("boolean"),
        e: type("string"),
        f: type("array"),
        g: { type: "object", required: ["h"], properties: { h: type("number") } },
        optional: type("string"),
      },
    }),
  ).toEqual({ a: 7, b: "x", c: 3, d: true, e: "…", f: [], g: { h: 0 }, missing: null });
  expect(exampleAnswer({})).toEqual({});
});
