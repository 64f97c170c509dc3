import {
  type BeltDocument,
  type CheckedBelt,
  type OfferTerms,
  requireBelt,
} from "../../pipeline/belt/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Hash } from "../../pipeline/index/index.ts";
import type { Booked, Booking, NodeOperations, UnderKey } from "../api/index.ts";
import type { BookingRequest, OwnSheet } from "../engine/index.ts";
import { adviceOn, findBelt, offerTerms } from "./belts.ts";
import type { ParsedDocuments } from "./documents.ts";
import { createKeyedBookings } from "./keyedBookings.ts";
import { type OperationParts, timeOfSeconds } from "./parts.ts";
import { type Target, writing } from "./writing.ts";

/** Seconds for a booking to get into a block: an offer's time counts from then on. */
const mostUntilBooked = 60;

/** Books a sheet: everything that can be told without the ledger is checked before anything is kept or sent. */
export function bookOperation(parts: OperationParts, documents: ParsedDocuments): NodeOperations["book"] {
  const { ledger, engine, clock, signal } = parts;
  const keyed = createKeyedBookings(parts);
  const sound = new Map<Hash, CheckedBelt>();

  /** Documents and terms never change, so a belt whose offers are all live is as sound as it was. */
  function required(belt: Hash, document: BeltDocument, offers: ReadonlyMap<string, OfferTerms>) {
    const known = sound.get(belt);
    if (known !== undefined && [...offers.values()].every(({ live }) => live)) return known;
    const checked = requireBelt(document, offers);
    sound.set(belt, checked);
    return checked;
  }

  return writing(parts, async ({ key, ...asked }: UnderKey<Booking>, target) => {
    await ledger.refresh(signal);
    if (key === undefined) return bookFirst(asked, target);
    return keyed.inTurn(key, async () => {
      const before = await keyed.find(key, asked);
      if (before === undefined) return bookFirst(asked, target, key);
      if (target.dry) return tryOut(before.own, before.cost, target);
      await engine.consumer.resume(before.own, target.options);
      return answer(before.own, before.cost);
    });
  });

  async function bookFirst(asked: Booking, target: Target, key?: string): Promise<Booked> {
    const { belt: reference, cases, deadlineSeconds, maxCost } = asked;
    const context = { parts, documents };
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
    const deadline = begin() + (deadlineSeconds ?? least + mostUntilBooked);
    const request: BookingRequest = {
      ...{ belt: record.id, cases, deadline, maxCost: most },
      ...(key === undefined
        ? {}
        : { alongside: ({ sheet }) => keyed.keep(key, asked, { sheet, cost: cost.toString() }) }),
    };
    if (target.dry) return tryOut(await engine.consumer.plan(request), cost.toString(), target);
    return answer(await engine.consumer.book(request, target.options), cost.toString());
  }

  /** From when on a sheet has its time, in seconds since 1970: what it may take at least is the ledger's to say. */
  function begin(): number {
    return Math.max(Math.ceil(clock.now() / 1000), ledger.state().latestAt ?? 0);
  }

  /** What is answered of a sheet that is on the ledger. */
  function answer({ sheet, belt, count, deadline }: OwnSheet, cost: string): Booked {
    const transaction = ledger.view.sheets.get(sheet)?.booked.transaction;
    if (transaction === undefined)
      throw new BeltError("SHEET_UNKNOWN", "The booking was taken back by its chain.");
    const record = ledger.view.belts.get(belt);
    const advice = record && adviceOn(record, parts);
    return {
      ...{ sheet, belt, count, transaction, cost, deadline: timeOfSeconds(deadline) },
      ...(advice === undefined ? {} : { advice }),
    };
  }

  async function tryOut(own: OwnSheet, cost: string, { ledger: to }: Target): Promise<Booked> {
    const { belt, root, count, deadline, maxCost } = own;
    const { sheet, transaction } = await to.book({ belt, root, count, deadline, maxCost: BigInt(maxCost) });
    return { sheet, belt, count, transaction, cost, deadline: timeOfSeconds(deadline) };
  }
}
