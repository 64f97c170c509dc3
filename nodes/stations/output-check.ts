import { BeltError } from "../../pipeline/errors.ts";
import { isObject } from "../../pipeline/json.ts";
import { plainObject } from "./plain.ts";
import type { Json, JsonObject, Station } from "./station.ts";

/** A compiled JSON Schema: the places at which a value does not fit, none when it fits. */
export interface CompiledSchema {
  validate(value: Json): readonly { readonly at: string; readonly message: string }[];
}

/**
 * What a value must pass before it leaves as a station's output: gives it as plain JSON.
 *
 * @throws {BeltError} `STATION_OUTPUT_REFUSED`, at the pointer of the first misfit.
 */
export type OutputCheck = (value: unknown) => JsonObject;

/**
 * The check of a station's outputs, compiled once. It is also what a person's answer to a task must pass.
 *
 * @param compile compiles a JSON Schema (2020-12)
 * @throws what `compile` throws for a schema that it refuses
 */
export function outputCheckOf(
  station: Pick<Station, "output">,
  compile: (schema: JsonObject) => CompiledSchema,
): OutputCheck {
  const schema = compile(closed(station.output));
  return (value) => {
    const output = plainObject(value);
    const misfit = schema.validate(output)[0];
    if (misfit === undefined) return output;
    throw new BeltError("STATION_OUTPUT_REFUSED", `The output at ${misfit.at || "/"} ${misfit.message}.`, {
      at: misfit.at,
    });
  };
}

/**
 * The schema with every object closed that lists its properties and does not say what else it may have: JSON
 * Schema lets anything in there, and a station's output must not carry what its schema does not name. Objects
 * inside `allOf`, `anyOf`, `oneOf` and `$defs` are parts of another and stay as they are; the object that they are
 * part of is closed, and `unevaluatedProperties` sees through them.
 */
export function closed(schema: JsonObject): JsonObject {
  const { properties, items, prefixItems } = schema;
  const says = "additionalProperties" in schema || "unevaluatedProperties" in schema;
  return {
    ...schema,
    ...(isObject(properties) ? { properties: closedMembers(properties) } : {}),
    ...(isObject(properties) && !says ? { unevaluatedProperties: false } : {}),
    ...(items === undefined ? {} : { items: closedPart(items) }),
    ...(Array.isArray(prefixItems) ? { prefixItems: prefixItems.map(closedPart) } : {}),
  };
}

function closedMembers(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, closedPart(part)]));
}

function closedPart(part: Json): Json {
  return isObject(part) ? closed(part) : part;
}
