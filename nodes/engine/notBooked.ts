import { BeltError, type Code, catalogue } from "../../pipeline/errors.ts";
import type { OwnSheet } from "./caseStore.ts";
import type { Clock, Ledger } from "./ports.ts";

/** Refusals that may pass: credit comes in, a suspended member is reinstated. */
const passing: ReadonlySet<Code> = new Set(["CREDIT_SHORT", "MEMBER_INACTIVE"]);

interface RefusalParts {
  readonly ledger: Pick<Ledger, "look" | "sheet">;
  readonly clock: Pick<Clock, "now">;
  readonly signal: AbortSignal;
}

/**
 * Whether a sheet for which nobody waits any more will never be on the ledger. That is the ledger's to say, by its own
 * time: a machine's clock can be wrong, and a booking can be in a block that this node has not read. So only a refusal
 * counts, and only while the sheet is still not there in what is read after it. What can pass counts once the deadline
 * has passed by this machine's clock as well.
 */
export async function isNeverBooked(
  { sheet, deadline }: OwnSheet,
  problem: BeltError,
  { ledger, clock, signal }: RefusalParts,
): Promise<boolean> {
  const { code, retryable } = problem;
  // What keeps the node from the ledger says nothing of the booking; and it may be one that is on its way.
  if (retryable || catalogue[code].status >= 500 || code === "LEDGER_DONE_BEFORE") return false;
  if (passing.has(code) && clock.now() < deadline * 1_000) return false;
  return (await ledger.look(signal)) && ledger.sheet(sheet) === undefined;
}

/** What the operator is told of it. */
export const notBooked = ({ sheet, count }: OwnSheet, cause: BeltError): BeltError =>
  new BeltError(
    "SHEET_NOT_BOOKED",
    `Sheet ${sheet} is not booked, and its cases (${count}) are not kept any longer. ${cause.message}`,
    { cause },
  );
