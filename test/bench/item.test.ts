import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { application } from "../../bench/chain/application.ts";
import { advance, finishedItem, itemBytes, itemOf, steps } from "../../bench/work/item.ts";
import { compileSchema } from "../../pipeline/case/index.ts";
import type { JsonObject } from "../../pipeline/json.ts";

const numbers = fc.integer({ min: 0, max: 999_999_999 });
const asJson = (value: unknown): JsonObject =>
  z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(value)));

describe("an item of the measurements", () => {
  it("is as long as it is said to be, before and after every step", () => {
    fc.assert(
      fc.property(numbers, (number) => {
        let item = itemOf(number);
        for (let step = 0; step <= steps; step++) {
          expect(Buffer.byteLength(JSON.stringify(item))).toBe(itemBytes);
          if (step < steps) item = advance(item);
        }
        expect(item).toEqual(finishedItem(number));
      }),
    );
  });

  it("fits what stations take and give", () => {
    const schema = compileSchema(application, { at: "application" });
    fc.assert(
      fc.property(numbers, (number) => {
        expect(schema.validate(asJson(itemOf(number)))).toEqual({ valid: true });
        expect(schema.validate(asJson(finishedItem(number)))).toEqual({ valid: true });
      }),
    );
  });

  it("comes out otherwise when a step is left out, or is another item's", () => {
    const { progress } = finishedItem(7);
    expect(advance(advance(itemOf(7))).progress.code).not.toBe(progress.code);
    expect(finishedItem(8).progress.code).not.toBe(progress.code);
    expect(() => advance(finishedItem(7))).toThrow(RangeError);
  });
});

it("is the case of the belt that is measured", async () => {
  const file = new URL("../../bench/chain/belt.json", import.meta.url);
  const belt = z
    .object({
      case: z.object({ properties: z.object({ application: z.unknown() }) }),
      stations: z.record(z.string(), z.unknown()),
    })
    .parse(JSON.parse(await readFile(file, "utf8")));
  expect(belt.case.properties.application).toEqual(application);
  expect(Object.keys(belt.stations)).toHaveLength(steps);
});
