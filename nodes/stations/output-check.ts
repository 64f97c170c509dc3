import { compileSchema } from "../../pipeline/case/schema.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { plainObject } from "./plain.ts";
import type { JsonObject, Station } from "./station.ts";

/**
 * What a value must pass before it leaves as a station's output: gives it as plain JSON.
 *
 * @throws {BeltError} `STATION_OUTPUT_REFUSED`, at the pointer of the first misfit.
 */
export type OutputCheck = (value: unknown) => JsonObject;

/**
 * The check of a station's outputs, compiled once: nothing but what the output schema describes. It is also what a
 * person's answer to a task must pass.
 *
 * @throws {BeltError} `SCHEMA_REFUSED`
 */
export function outputCheckOf(station: Pick<Station, "output">): OutputCheck {
  const schema = compileSchema(station.output, { at: "/output", closed: true });
  return (value) => {
    const output = plainObject(value);
    const validity = schema.validate(output);
    if (validity.valid) return output;
    const [{ at, message }] = validity.errors;
    throw new BeltError("STATION_OUTPUT_REFUSED", `The output at ${at || "/"} ${message}.`, { at });
  };
}
