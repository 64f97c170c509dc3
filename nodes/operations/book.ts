import { requireBelt } from "../../pipeline/belt/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { NodeOperations } from "../api/index.ts";
import { findBelt, offerTerms } from "./belts.ts";
import type { ParsedDocuments } from "./documents.ts";
import { type OperationParts, timeOfSeconds } from "./parts.ts";

/** Books a sheet: everything that can be told without the ledger is checked before anything is kept or sent. */
export function bookOperation(parts: OperationParts, documents: ParsedDocuments): NodeOperations["book"] {
  const { ledger, engine, clock, signal } = parts;
  return async ({ belt: reference, cases, deadlineSeconds, maxCost }) => {
    const context = { parts, documents };
    await ledger.refresh(signal);
    const { record, document } = await findBelt(reference, context);
    const {
      pricePerCase,
      capacity,
      deadlineSeconds: least,
    } = requireBelt(document, await offerTerms(record.offers, context));
    if (cases.length > capacity) {
      throw new BeltError("INPUT_INVALID", `A sheet of this belt has at most ${capacity} cases.`, {
        at: "cases",
      });
    }
    const cost = pricePerCase * BigInt(cases.length);
    const most = maxCost === undefined ? cost : BigInt(maxCost);
    if (cost > most) {
      throw new BeltError("INPUT_INVALID", `The sheet costs ${cost}, more than the ${most} allowed.`, {
        at: "maxCost",
      });
    }
    await ledger.requireCredit(cost, signal);
    const deadline = Math.ceil(clock.now() / 1000) + (deadlineSeconds ?? least);
    const own = await engine.consumer.book({ belt: record.id, cases, deadline, maxCost: most });
    const transaction = ledger.view.sheets.get(own.sheet)?.booked.transaction;
    if (transaction === undefined)
      throw new BeltError("SHEET_UNKNOWN", "The booking was taken back by its chain.");
    const { sheet, belt, count } = own;
    return { sheet, belt, count, cost: cost.toString(), deadline: timeOfSeconds(deadline), transaction };
  };
}
