import { compileSchema, type Validator } from "../../pipeline/case/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { plainObject } from "./plain.ts";
import type { JsonObject, Station } from "./station.ts";

/**
 * The compiled output schema of a station. It is closed: a field that the schema does not describe does not fit.
 *
 * @throws {BeltError} `SCHEMA_REFUSED`
 */
export function outputSchemaOf({ name, output }: Pick<Station, "name" | "output">): Validator {
  return compileSchema(output, { at: `${name}#/output`, closed: true });
}

/**
 * What a value must pass before it leaves as a station's output, a person's answer to a task included.
 *
 * @param schema the station's, as {@link outputSchemaOf} gives it
 * @returns a copy that is plain JSON
 * @throws {BeltError} `STATION_OUTPUT_REFUSED`, at the pointer of the first misfit
 */
export function checkOutput(value: unknown, schema: Validator): JsonObject {
  const output = plainObject(value);
  const validity = schema.validate(output);
  if (validity.valid) return output;
  const [{ at, message }] = validity.errors;
  throw new BeltError("STATION_OUTPUT_REFUSED", `The output at ${at || "/"} ${message}.`, { at });
}
