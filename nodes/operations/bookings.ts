import { randomBytes } from "node:crypto";
import { derive, toHex } from "../../pipeline/bytes.ts";
import { BeltError, type Code } from "../../pipeline/errors.ts";
import { type Hash, HashText, type Sheet, unsettled } from "../../pipeline/index/index.ts";
import type {
  Acceptance,
  Cancellation,
  CasesInDispute,
  Declination,
  Delivery,
  DisputeDecision,
  NodeOperations,
  ProductBooking,
  UnderKey,
} from "../api/index.ts";
import type { ParsedDocuments } from "./documents.ts";
import { otherBooking } from "./keyedBookings.ts";
import { type OperationParts, timeOfSeconds } from "./parts.ts";
import { writing } from "./writing.ts";

type BookingOperations = Pick<
  NodeOperations,
  | "bookProduct"
  | "cancelSheet"
  | "declineStation"
  | "deliver"
  | "acceptReports"
  | "disputeCases"
  | "resolveDispute"
>;

const secondsADay = 86_400;

/** What this member does with the ledger's sheets, besides what its engine does by itself; and products. */
export function bookingOperations(parts: OperationParts, documents: ParsedDocuments): BookingOperations {
  const { ledger, clock, signal } = parts;
  const { view } = ledger;

  /** A sheet by its id, or a beginning of it. */
  async function sheetOf(reference: string): Promise<Sheet> {
    await ledger.refresh(signal);
    const fitting = [...view.sheets.values()].filter(({ id }) => id.startsWith(reference));
    const [found, other] = fitting;
    if (found === undefined)
      throw new BeltError("NOT_FOUND", `There is no sheet ${reference} on the ledger.`, { at: "/sheet" });
    if (other !== undefined)
      throw new BeltError("INPUT_INVALID", `Several sheets begin with ${reference}.`, { at: "/sheet" });
    return found;
  }

  /** A station's number: what is no number is its name in the belt. */
  async function numberOf({ belt, offers }: Sheet, station: number | string): Promise<number> {
    const names = async () =>
      belt === null ? [] : Object.keys((await documents.belt(belt)).stations).toSorted();
    const number = typeof station === "number" ? station : (await names()).indexOf(station);
    if (number >= 0 && number < offers.length) return number;
    throw new BeltError("NOT_FOUND", `The sheet has no station ${station}.`, { at: "/station" });
  }

  async function placeOf({ sheet, station }: Declination) {
    const found = await sheetOf(sheet);
    return { found, place: { sheet: found.id, station: await numberOf(found, station) } };
  }

  /**
   * It needs no manifest: what makes it this member's own is that nobody else can know its root. Under a key of the
   * client's it is the same again, so that the ledger itself knows a booking that was made before.
   */
  const rootOf = (key: string | undefined): Hash =>
    toHex(key === undefined ? randomBytes(32) : derive(parts.secret, `product booking ${key}`));

  return {
    bookProduct: writing(parts, async (given: UnderKey<ProductBooking>, { ledger: to, options }) => {
      const { from, days, units } = given;
      await ledger.refresh(signal);
      const offer = view.offers.get(HashText.parse(given.offer));
      if (offer === undefined)
        throw new BeltError("NOT_FOUND", `There is no offer ${given.offer}.`, { at: "/offer" });
      const firstDay = Date.parse(from) / (secondsADay * 1_000);
      const cost = offer.price * BigInt(days * units);
      const booking = {
        ...{ offer: offer.id, firstDay, dayCount: days, units },
        root: rootOf(given.key),
        maxCost: given.maxCost === undefined ? cost : BigInt(given.maxCost),
      };
      const { sheet, transaction } = await to.bookProduct(booking, options).catch((error: unknown) => {
        throw given.key === undefined ? error : keptApart(error, given.key);
      });
      const deadline = (firstDay + days) * secondsADay + offer.deadlineSeconds;
      const booked = { sheet, offer: offer.id, from, days, units, transaction };
      return { ...booked, cost: cost.toString(), deadline: timeOfSeconds(deadline) };
    }),
    cancelSheet: writing(parts, async (given: Cancellation, { ledger: to, options }) => {
      const { id } = await sheetOf(given.sheet);
      return { sheet: id, transaction: (await to.cancelSheet(id, options)).transaction };
    }),
    declineStation: writing(parts, async (given: Declination, { ledger: to, options }) => {
      const { place } = await placeOf(given);
      return { sheet: place.sheet, transaction: (await to.decline(place, options)).transaction };
    }),
    deliver: writing(parts, async (given: Delivery, { ledger: to, options }) => {
      const { found, place } = await placeOf(given);
      if (found.belt !== null)
        throw new BeltError("INPUT_INVALID", "Sheets of a belt are reported by the node itself.", {
          at: "/sheet",
        });
      const exceptions = new Map(given.notDone.map((number) => [number, "failed"] as const));
      const { transaction } = await to.report({ ...place, exceptions }, options);
      return { sheet: place.sheet, transaction };
    }),
    acceptReports: writing(parts, async (given: Acceptance, { ledger: to, options }) => {
      const found = await sheetOf(given.sheet);
      const due = unsettled(found, Math.floor(clock.now() / 1_000));
      const named = given.stations?.map((station) => numberOf(found, station));
      const stations = named === undefined ? due : await Promise.all(named);
      if (stations.length === 0)
        throw new BeltError("NOT_FOUND", "No report of the sheet is to be settled.", { at: "/sheet" });
      const { transaction } = await to.accept({ sheet: found.id, stations }, options);
      return { sheet: found.id, transaction };
    }),
    disputeCases: writing(parts, async (given: CasesInDispute, { ledger: to, options }) => {
      const { place } = await placeOf(given);
      const dispute = { ...place, cases: given.cases, evidence: HashText.parse(given.evidence) };
      return { sheet: place.sheet, transaction: (await to.dispute(dispute, options)).transaction };
    }),
    resolveDispute: writing(parts, async (given: DisputeDecision, { ledger: to, options }) => {
      const { place } = await placeOf(given);
      const decision = { ...place, upheld: given.refund };
      return { sheet: place.sheet, transaction: (await to.resolve(decision, options)).transaction };
    }),
  };
}

/** Other words for what the ledger refuses since another booking was made under this key. */
const keptApart = (error: unknown, key: string): unknown =>
  error instanceof BeltError && taken.has(error.code) ? otherBooking(key, error) : error;

const taken: ReadonlySet<Code> = new Set(["LEDGER_INTENT_CONFLICT", "LEDGER_DONE_BEFORE"]);
