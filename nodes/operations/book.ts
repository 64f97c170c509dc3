import {
  type BeltDocument,
  type CheckedBelt,
  type OfferTerms,
  requireBelt,
} from "../../pipeline/belt/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Hash } from "../../pipeline/index/index.ts";
import type { Booking, NodeOperations } from "../api/index.ts";
import type { BookingRequest } from "../engine/index.ts";
import type { SubmitOptions, Writings } from "../ledger/index.ts";
import { adviceOn, findBelt, offerTerms } from "./belts.ts";
import type { ParsedDocuments } from "./documents.ts";
import { type OperationParts, timeOfSeconds } from "./parts.ts";
import { writing } from "./writing.ts";

/** Books a sheet: everything that can be told without the ledger is checked before anything is kept or sent. */
export function bookOperation(parts: OperationParts, documents: ParsedDocuments): NodeOperations["book"] {
  const { ledger, engine, clock, signal } = parts;
  const sound = new Map<Hash, CheckedBelt>();

  /** Documents and terms never change, so a belt whose offers are all live is as sound as it was. */
  function required(belt: Hash, document: BeltDocument, offers: ReadonlyMap<string, OfferTerms>) {
    const known = sound.get(belt);
    if (known !== undefined && [...offers.values()].every(({ live }) => live)) return known;
    const checked = requireBelt(document, offers);
    sound.set(belt, checked);
    return checked;
  }

  return writing(parts, async (given: Booking, { ledger: to, dry, options }) => {
    const { belt: reference, cases, deadlineSeconds, maxCost } = given;
    const context = { parts, documents };
    await ledger.refresh(signal);
    const { record, document } = await findBelt(reference, context);
    const {
      pricePerCase,
      capacity,
      deadlineSeconds: least,
    } = required(record.id, document, await offerTerms(record.offers, context));
    if (cases.length > capacity) {
      throw new BeltError("INPUT_INVALID", `A sheet of this belt has at most ${capacity} cases.`, {
        at: "/cases",
      });
    }
    const cost = pricePerCase * BigInt(cases.length);
    const most = maxCost === undefined ? cost : BigInt(maxCost);
    if (cost > most) {
      throw new BeltError("INPUT_INVALID", `The sheet costs ${cost}, more than the ${most} allowed.`, {
        at: "/maxCost",
      });
    }
    await ledger.requireCredit(cost, signal);
    const deadline = Math.ceil(clock.now() / 1000) + (deadlineSeconds ?? least);
    const request = { belt: record.id, cases, deadline, maxCost: most };
    const { sheet, transaction } = dry ? await tryOut(request, to) : await bookSheet(request, options);
    const booked = { sheet, belt: record.id, count: cases.length, transaction };
    const advice = adviceOn(record, parts);
    return {
      ...{ ...booked, cost: cost.toString(), deadline: timeOfSeconds(deadline) },
      ...(advice === undefined ? {} : { advice }),
    };
  });

  async function bookSheet(request: BookingRequest, options: SubmitOptions) {
    const { sheet } = await engine.consumer.book(request, options);
    const transaction = ledger.view.sheets.get(sheet)?.booked.transaction;
    if (transaction === undefined)
      throw new BeltError("SHEET_UNKNOWN", "The booking was taken back by its chain.");
    return { sheet, transaction };
  }

  async function tryOut(request: BookingRequest, to: Writings) {
    const { belt, root, count, deadline, maxCost } = await engine.consumer.plan(request);
    return to.book({ belt, root, count, deadline, maxCost: BigInt(maxCost) });
  }
}
