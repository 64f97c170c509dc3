import type { JsonObject } from "../../../nodes/stations/index.ts";
import { CreditCode, EnergyLabel } from "../norms/pack.ts";
import { reasonCodes } from "../norms/reasons.ts";

/** The JSON Schemas that the stations' inputs and outputs share. Percentages are decimal text: no float touches them. */
export const cents = { type: "integer", minimum: 0, maximum: 100_000_000_000 } satisfies JsonObject;
export const flag = { type: "boolean" } satisfies JsonObject;
export const day = { type: "string", format: "date" } satisfies JsonObject;
export const rate = { type: "string", pattern: "^[0-9]{1,2}(\\.[0-9]{1,3})?$" } satisfies JsonObject;
export const bsn = { type: "string", pattern: "^[0-9]{9}$" } satisfies JsonObject;
export const energyLabel = { type: "string", enum: EnergyLabel.options } satisfies JsonObject;
export const creditCodes = {
  type: "array",
  items: { type: "string", enum: CreditCode.options },
  maxItems: CreditCode.options.length,
} satisfies JsonObject;
export const reasonCode = { type: "string", enum: reasonCodes } satisfies JsonObject;

/** An object with these members and no others; all are required but the optional ones. */
export function closed(properties: JsonObject, optional: readonly string[] = []): JsonObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", additionalProperties: false, required, properties };
}
