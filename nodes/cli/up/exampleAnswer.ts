import { isObject, type Json, type JsonObject } from "../../../pipeline/json.ts";

/**
 * A value that shows what an answer looks like: the required properties of a JSON Schema, each with the first value
 * that it allows. It is an example for a person to change; a schema may want more than it says here.
 */
export function exampleAnswer(schema: JsonObject): JsonObject {
  const { properties, required } = schema;
  if (!isObject(properties) || !Array.isArray(required)) return {};
  const names = required.filter((name: Json) => typeof name === "string");
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name])]));
}

function exampleOf(schema: Json | undefined): Json {
  if (!isObject(schema)) return null;
  const { enum: values, const: only, type, minimum } = schema;
  if (only !== undefined) return only;
  if (Array.isArray(values)) return values[0] ?? null;
  switch (type) {
    case "integer":
    case "number":
      return minimum ?? 0;
    case "boolean":
      return true;
    case "string":
      return "…";
    case "array":
      return [];
    case "object":
      return exampleAnswer(schema);
    default:
      return null;
  }
}
