import type { JsonObject } from "../../../nodes/stations/index.ts";

/** The JSON Schemas that the stations' inputs and outputs share with the case. */
export const name = { type: "string", minLength: 1, maxLength: 200 } satisfies JsonObject;
export const day = { type: "string", format: "date" } satisfies JsonObject;
export const flag = { type: "boolean" } satisfies JsonObject;
export const documentNumber = { type: "string", pattern: "^[A-Z0-9-]{1,32}$" } satisfies JsonObject;
export const diplomaNumber = { type: "string", pattern: "^[A-Z0-9-]{1,32}$" } satisfies JsonObject;

/** A level of the European qualifications framework, 1 to 8; 0 where none is asked for. */
export const level = { type: "integer", minimum: 0, maximum: 8 } satisfies JsonObject;
export const months = { type: "integer", minimum: 0, maximum: 720 } satisfies JsonObject;
export const hours = { type: "integer", minimum: 1, maximum: 40 } satisfies JsonObject;

export const fields = ["business", "education", "engineering", "health", "ict"] as const;
export const field = { type: "string", enum: fields } satisfies JsonObject;
export type Field = (typeof fields)[number];

export const skills = {
  type: "array",
  maxItems: 20,
  uniqueItems: true,
  items: { type: "string", pattern: "^[a-z][a-z0-9-]{0,31}$" },
} satisfies JsonObject;

/** The risks that a certificate of conduct can be about; "none" asks for no certificate. */
export const profiles = ["none", "care", "data", "minors", "money"] as const;
export const profile = { type: "string", enum: profiles } satisfies JsonObject;
export type Profile = (typeof profiles)[number];

export const recommendations = ["yes", "no", "unreached"] as const;
export const recommendation = { type: "string", enum: recommendations } satisfies JsonObject;
export type Recommendation = (typeof recommendations)[number];

/** An object with these members and no others; all are required but the optional ones. */
export function closed(properties: JsonObject, optional: readonly string[] = []): JsonObject {
  const required = Object.keys(properties).filter((member) => !optional.includes(member));
  return { type: "object", additionalProperties: false, required, properties };
}

/** A set of codes. */
export function codes(of: readonly string[]): JsonObject {
  return { type: "array", uniqueItems: true, maxItems: of.length, items: { type: "string", enum: of } };
}
