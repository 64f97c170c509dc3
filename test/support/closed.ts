import type { JsonObject } from "../../pipeline/json.ts";

export const number = { type: "number" };

/** The schema of an object with these properties and no others; all of them are required unless it is said. */
export const closed = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
