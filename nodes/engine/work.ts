import { type JsonObject, takesAtMost } from "../../pipeline/json.ts";
import { mostItemBytes } from "../../pipeline/tray/index.ts";
import type { Alarm, Outcome, WorkContext } from "../stations/index.ts";
import type { Job } from "./line.ts";
import type { Clock, Ledger } from "./ports.ts";
import type { WorkOptions } from "./processors.ts";

interface WorkParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly alarm?: Alarm;
  readonly signal: AbortSignal;
}

/** Has a case's processor work on it, once. */
export async function workOnCase(
  { sheet, place, case: number, attempts }: Job,
  input: JsonObject,
  options: WorkOptions,
  { clock, ledger, signal, alarm }: WorkParts,
): Promise<Outcome> {
  const key = `${sheet.id}/${place.station.name}/${number}`;
  const mayUse: WorkContext["mayUse"] = (use, ends = signal) => ledger.mayUse(use, ends);
  const context = { key, attempt: attempts, now: clock.now(), signal, mayUse };
  const outcome = await place.processor.work(input, context, { ...options, ...(alarm && { alarm }) });
  if (outcome.status !== "done" || takesAtMost(outcome.output, mostItemBytes)) {
    return outcome;
  }
  return { status: "failed", reason: `The output takes more than ${mostItemBytes} bytes.` };
}
