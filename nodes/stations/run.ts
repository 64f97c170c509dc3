import type { Validator } from "../../pipeline/case/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Alarm, alarm as clockAlarm, within } from "./alarm.ts";
import { checkOutput } from "./outputCheck.ts";
import { plainObject } from "./plain.ts";
import { failed, outcomeOf, unprocessable } from "./reason.ts";
import { commonSettings } from "./settings.ts";
import type { JsonObject, Outcome, Resumed, Station, WorkContext } from "./station.ts";

export interface WorkOptions {
  /** The station's compiled output schema, as `outputSchemaOf` gives it. */
  readonly output: Validator;
  /** What the case comes back with, if it waited. */
  readonly resumed?: Resumed | undefined;
  readonly alarm?: Alarm;
}

/**
 * Lets a station work on one case and says how that ended. Never throws, and writes nothing anywhere: what the
 * station throws becomes its outcome's reason, on one line.
 *
 * The setting `timeoutMs` bounds the work. When `context.signal` aborts, the outcome is failed with the code
 * `STATION_STOPPED`: a node that stops must not report it, and takes the case up again when it is back.
 */
export async function workOn(
  station: Station,
  input: JsonObject,
  context: WorkContext,
  { output, resumed, alarm = clockAlarm }: WorkOptions,
): Promise<Outcome> {
  try {
    const { timeoutMs } = commonSettings(context.settings);
    const outcome = await within(timeoutMs, { signal: context.signal, alarm }, (signal) =>
      station.work(
        input,
        { ...context, signal, mayUse: (use, ends = signal) => context.mayUse(use, ends) },
        resumed,
      ),
    );
    return checkedOutcome(outcome, output);
  } catch (error) {
    return outcomeOf(error);
  }
}

/**
 * The outcome with all that a station may have put into it looked at.
 *
 * @throws {BeltError} `STATION_OUTPUT_REFUSED`, `STATION_FAILED`
 */
export function checkedOutcome(outcome: Outcome<unknown>, schema: Validator): Outcome {
  switch (outcome.status) {
    case "done":
      return { status: "done", output: checkOutput(outcome.output, schema) };
    case "task":
      return { status: "task", form: plainObject(outcome.form) };
    case "timer":
      if (Number.isSafeInteger(outcome.until)) return { status: "timer", until: outcome.until };
      throw new BeltError("STATION_FAILED", "The wait has no end.");
    case "unprocessable":
      return unprocessable(outcome.reason);
    case "failed":
      return failed(outcome.reason, outcome.code);
    default:
      throw new BeltError("STATION_FAILED", "The station gave no outcome.");
  }
}
