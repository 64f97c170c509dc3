import type { JsonObject } from "../../nodes/stations/index.ts";

const text = { type: "string", minLength: 1, maxLength: 400 } satisfies JsonObject;
const day = { type: "string", format: "date" } satisfies JsonObject;
const whole = (least: number, most: number): JsonObject => ({
  type: "integer",
  minimum: least,
  maximum: most,
});

/** The JSON Schema of an application (see `../work/item.ts`), which every station takes and gives. */
export const application: JsonObject = closed({
  reference: { type: "string", pattern: "^TEST-[0-9]{9}$" },
  progress: closed({ step: whole(0, 5), code: { type: "string", pattern: "^[0-9]{8}$" } }),
  person: closed({ name: text, born: day, street: text, town: text }),
  employer: closed({ name: text, since: day, hours: whole(1, 40) }),
  income: closed({ monthly: { type: "number", minimum: 0 }, bonus: whole(0, 1_000_000) }),
  loan: closed({
    amount: whole(1, 10_000_000),
    years: whole(1, 40),
    purpose: { type: "string", enum: ["purchase", "renovation", "refinancing"] },
  }),
  remark: text,
});

/** An object with these members and no others. */
export function closed(properties: JsonObject): JsonObject {
  return { type: "object", additionalProperties: false, required: Object.keys(properties), properties };
}
