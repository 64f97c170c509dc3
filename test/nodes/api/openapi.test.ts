import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { z } from "zod";
import { describeApi } from "../../../nodes/api/openapi.ts";
import { routes } from "../../../nodes/api/routes.ts";
import { belt, memoryNode, offer } from "../../support/memoryNode.ts";

const Description = z.object({
  openapi: z.string().regex(/^3\.1\./),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.looseObject({}) })),
  ),
  components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }),
});
const description = Description.parse(describeApi("0.1.0"));

it("describes every route, each operation once", () => {
  const described = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
  );
  for (const { method, path, name } of routes) expect(described).toContain(`${method} ${path} ${name}`);
  const names = described.map((each) => each.split(" ")[2]);
  expect(new Set(names).size).toBe(names.length);
  expect(described).toHaveLength(routes.length + 4);
});

it("names every parameter of a path", () => {
  for (const { path, input } of routes) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const { params } = input.shape;
    expect(params instanceof z.ZodObject ? Object.keys(params.shape) : []).toEqual(inPath);
  }
});

it("refers only to what it has", () => {
  const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(20);
  expect(references).toHaveLength(JSON.stringify(description).split('"$ref"').length - 1);
  for (const [, kind, name] of references) {
    if (kind === "schemas") expect(Object.keys(description.components.schemas)).toContain(name);
    else expect([kind, name]).toEqual(["responses", "Problem"]);
  }
});

it("has schemas that an independent validator agrees with", async () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(description, "api");
  const fits = (name: string, value: unknown) => {
    const validate = ajv.getSchema(`api#/components/schemas/${name}`);
    if (validate === undefined) throw new Error(`There is no schema ${name}.`);
    return validate(value);
  };
  expect(fits("Offer", offer)).toBe(true);
  expect(fits("Offer", { ...offer, price: 5 })).toBe(false);
  expect(fits("BeltDetail", belt)).toBe(true);
  expect(fits("NodeStatus", await memoryNode().status())).toBe(true);
  // A request is described as it is sent: what has a default may be left out.
  expect(fits("NewOffer", { station: "greet", price: 1, deadlineSeconds: 1 })).toBe(true);
  expect(fits("Booking", { belt: "greeting", cases: [{ deep: [{ any: null }] }] })).toBe(true);
  expect(fits("Booking", { belt: "greeting", cases: [] })).toBe(false);
  expect(fits("Booking", { belt: "greeting", cases: [{}], more: 1 })).toBe(false);
});
