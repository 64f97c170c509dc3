import { z } from "zod";
import { Bytes32, Name } from "../../pipeline/belt/index.ts";
import { Amount, AmountGiven, CaseNumber, Count, Data, Seconds, Sentence, Time } from "./values.ts";

/** The belt's id, its name (the newest version that can be booked), or name@version. */
export const BeltName = z
  .union([Bytes32, z.string().regex(/^[a-z][a-z0-9-]{0,47}(?:@[0-9A-Za-z][0-9A-Za-z.+-]{0,31})?$/)], {
    error: "use a belt's id, its name, or name@version",
  })
  .describe("The belt's id, its name (the newest version that can be booked), or name@version.");

export const Booking = z.strictObject({
  belt: BeltName,
  cases: z.array(Data).min(1).max(1_024),
  deadlineSeconds: Seconds.max(31_536_000)
    .optional()
    .describe(
      "How long the stations have; left out, as long as their offers allow, and a minute to get onto the ledger.",
    ),
  maxCost: AmountGiven.optional().describe("The booking is refused when it costs more."),
});
export type Booking = z.infer<typeof Booking>;

export const Booked = z.object({
  sheet: Bytes32,
  belt: Bytes32,
  count: Count,
  cost: Amount,
  deadline: Time,
  transaction: Bytes32,
  advice: Sentence.optional().describe("What the belt's steward advises, when it is deprecated."),
});
export type Booked = z.infer<typeof Booked>;

const Cases = z.array(CaseNumber).max(1_024);

/** A sheet of the ledger, also one that another member booked. */
export const SheetReference = z
  .string()
  .regex(/^0x[0-9a-f]{4,64}$/, "use a sheet's id, or the beginning of it")
  .describe("The sheet's id, or a beginning of it that no other sheet of the ledger has.");

const StationReference = z
  .union([z.int().min(0).max(31), Name])
  .describe("The station's number on the ledger, or its name in the belt.");

export const ProductBooking = z.strictObject({
  offer: Bytes32,
  from: z.iso.date().describe("The first day, in UTC."),
  days: z.int().min(1).max(1_024).default(1),
  units: z.int().min(1).max(1_024).default(1).describe("Of each day."),
  maxCost: AmountGiven.optional().describe("The booking is refused when it costs more."),
});
export type ProductBooking = z.infer<typeof ProductBooking>;

/** What a client calls a request by, so that it may send it again: the header `Idempotency-Key`. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "use 1 to 255 visible ASCII characters")
  .describe("The client's own name for this booking: sent again under it, it is made once.");

export const BookedProduct = z.object({
  sheet: Bytes32,
  offer: Bytes32,
  from: z.iso.date(),
  days: Count,
  units: Count,
  cost: Amount,
  deadline: Time,
  transaction: Bytes32,
});
export type BookedProduct = z.infer<typeof BookedProduct>;

/** What is done with a station of a sheet that is booked. */
const OfStation = z.strictObject({ sheet: SheetReference, station: StationReference.default(0) });

export const Cancellation = z.strictObject({ sheet: SheetReference });
export type Cancellation = z.infer<typeof Cancellation>;

export const Declination = OfStation;
export type Declination = z.infer<typeof Declination>;

export const Delivery = OfStation.extend({
  notDone: Cases.default([]).describe("The cases that are not done; all others are."),
});
export type Delivery = z.infer<typeof Delivery>;

export const Acceptance = z.strictObject({
  sheet: SheetReference,
  stations: z
    .array(StationReference)
    .min(1)
    .max(32)
    .optional()
    .describe("All that have reported and are not settled when it is left out."),
});
export type Acceptance = z.infer<typeof Acceptance>;

export const CasesInDispute = OfStation.extend({
  cases: Cases.min(1),
  evidence: Bytes32.describe("The SHA-256 of what shows it."),
});
export type CasesInDispute = z.infer<typeof CasesInDispute>;

export const DisputeDecision = OfStation.extend({
  refund: Cases.describe("The disputed cases to be refunded; the others are paid."),
});
export type DisputeDecision = z.infer<typeof DisputeDecision>;

/** Something was done with a sheet on the ledger. */
export const SheetChanged = z.object({ sheet: Bytes32, transaction: Bytes32 });
export type SheetChanged = z.infer<typeof SheetChanged>;
