import { z } from "zod";
import {
  BeltDocument,
  Bytes32,
  JsonSchema,
  Name,
  ProductDocument,
  Texts,
} from "../../pipeline/belt/index.ts";
import { JsonValue } from "../../pipeline/json.ts";
import { Reason, statuses } from "../../pipeline/receipt/index.ts";
import { Address } from "../../pipeline/tray/index.ts";
import { Problem } from "../problem.ts";

const Time = z.iso.datetime().describe("A time (RFC 3339), in UTC.");
const Count = z.int().nonnegative();
const Sentence = z.string().max(2_000);
const Version = z.string().min(1).max(64);
const CaseNumber = z.int().min(0).max(1_023).describe("The case's place in its sheet, from 0.");
const Seconds = z.int().positive();
const Amount = z
  .string()
  .regex(/^\d{1,39}$/, "use a whole number")
  .describe(
    "Credits of the ledger, a whole number as text, since it may be larger than JSON's numbers hold.",
  );
const AmountGiven = z
  .union([z.int().nonnegative(), Amount])
  .describe("Credits of the ledger, a whole number.");
const Data = z.record(z.string(), JsonValue);

export * from "./agreementSchemas.ts";
export * from "./governanceSchemas.ts";
export { Problem };

// --- the node

/**
 * How the node stands with the ledger: it follows its blocks, catches up with older ones, waits since no blocks are
 * made, cannot reach it and goes on when it can, or has stopped because this is not the ledger that it knows.
 */
export const LedgerState = z.enum(["following", "catching up", "stalled", "unreachable", "stopped"]);

export const StationKind = z.enum(["function", "http", "sql", "human", "timer"]);

export const NodeStatus = z.object({
  member: Address,
  name: Name,
  url: z.string(),
  version: z.string(),
  ledger: z.object({
    url: z.string().describe("Without user, password, path and query."),
    chainId: z.int().positive().optional(),
    directory: Address,
    block: Count.describe("The newest block that was read."),
    state: LedgerState,
    reason: Sentence.optional(),
  }),
  ready: z.boolean(),
  reasons: z.array(Sentence).describe("Why the node is not ready; empty when it is."),
  stations: z.array(
    z.object({
      name: Name,
      version: Version,
      kind: StationKind,
      offer: Bytes32.optional().describe("The station's live offer on the ledger, if it has one."),
    }),
  ),
  limits: z.record(z.string(), z.number()),
  clockSkewSeconds: z.number().optional().describe("How far this node's clock is ahead of the ledger's."),
});
export type NodeStatus = z.infer<typeof NodeStatus>;

// --- what is written on the ledger

/** How far a transaction is; what is `dropped` is sent again. */
export const TransactionState = z.enum(["signed", "sent", "dropped", "mined", "final"]);

export const Transaction = z.object({
  what: Sentence.describe("What it is to do."),
  state: TransactionState,
  nonce: Count,
  hash: Bytes32,
  block: Count.optional().describe("The block that it is in."),
  attempts: Count.describe("How often it was signed: each time it offers more than before."),
  resends: Count.describe("How often it was sent again, since the ledger's node had lost it."),
  problem: Problem.optional().describe(
    "Why it was reverted in its block, or why the ledger's node did not take it when it was sent last.",
  ),
});
export type Transaction = z.infer<typeof Transaction>;

export const DryRun = z.object({
  transactions: z.array(
    z.object({
      what: Sentence,
      already: z.boolean().describe("It is on the ledger already: nothing would be sent."),
      gas: Amount.optional().describe(
        "The most gas that it would use; left out when nothing would be sent, or when it can be told only once those before it are in a block.",
      ),
      fee: Amount.optional().describe("The most that the gas would cost, in wei of the network's own money."),
    }),
  ),
  escrow: Amount.describe("The credit that would be held in escrow."),
});
export type DryRun = z.infer<typeof DryRun>;

export const Readiness = z.object({ ready: z.boolean(), reasons: z.array(Sentence) });

// --- sheets and cases

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
    .describe("How long the stations have; as long as their offers allow when it is left out."),
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

/** How far a station is with the cases of a sheet: how many ended how, and how many are open. */
export const StationProgress = z.object({
  station: Name,
  member: Address,
  memberName: z.string(),
  done: Count,
  skipped: Count,
  unprocessable: Count,
  failed: Count,
  blocked: Count,
  open: Count,
});

export const SheetState = z.enum(["booking", "travelling", "finished", "expired"]);

export const Sheet = z.object({
  sheet: Bytes32,
  belt: z.object({ id: Bytes32, name: Name, version: Version, title: Texts }),
  count: Count,
  bookedAt: Time,
  deadline: Time,
  state: SheetState,
  stations: z.array(StationProgress),
});
export type Sheet = z.infer<typeof Sheet>;

/** What the stream of a sheet's events ends with. */
export const SheetEnd = z.object({ state: SheetState });

/** How a case stands at a station: `open` until the station's receipt is here, `expired` when none came in time. */
export const CaseStatus = z.enum(["open", ...statuses, "expired"]);

export const StationOutcome = z.object({
  status: CaseStatus,
  reason: Sentence.optional(),
  rules: Version.optional().describe("The version of the rules that the station applied."),
  receivedAt: Time.optional(),
  finishedAt: Time.optional(),
});

export const Case = z.object({
  case: CaseNumber,
  state: z.enum(["travelling", "done", "not done"]),
  result: Data.optional(),
  stations: z.record(Name, StationOutcome),
  reason: z
    .object({ station: Name, status: CaseStatus, text: Sentence })
    .optional()
    .describe("Why the case is not done: the first station that did not deliver."),
  seconds: z.number().nonnegative().optional().describe("From the booking to the result."),
});
export type Case = z.infer<typeof Case>;

/** One station ended one case. */
export const CaseEvent = z.object({ case: CaseNumber, station: Name, status: CaseStatus, at: Time });
export type CaseEvent = z.infer<typeof CaseEvent>;

// --- tasks

export const Task = z.object({
  id: z.string().min(1).max(200),
  sheet: Bytes32,
  case: CaseNumber,
  station: Name,
  form: Data.describe("What the person is asked."),
  answer: JsonSchema.describe("The JSON Schema that the answer must fit."),
  since: Time,
});
export type Task = z.infer<typeof Task>;

export const TaskAnswer = z.strictObject({ answer: Data });

// --- cases in quarantine

export const QuarantinedCase = z.object({
  id: z.string().min(1).max(200),
  sheet: Bytes32,
  case: CaseNumber,
  station: Name,
  code: z.string().describe("The code of the error that every attempt ended with, at last."),
  reason: Sentence,
  attempts: Count.describe("How often the case was tried."),
  since: Time,
  until: Time.describe("When the case is failed unless somebody decides before."),
  receipt: z.string().describe("The signed failure receipt, a compact JWS."),
});
export type QuarantinedCase = z.infer<typeof QuarantinedCase>;

export const QuarantinedCaseDetail = QuarantinedCase.extend({
  input: Data.describe("What the station has to work with."),
});
export type QuarantinedCaseDetail = z.infer<typeof QuarantinedCaseDetail>;

export const Rejection = z.strictObject({
  reason: Reason.optional().describe("What the consumer is told; why the station failed when left out."),
});
export type Rejection = z.infer<typeof Rejection>;

// --- offers

export const Offer = z.object({
  offer: Bytes32,
  member: Address,
  memberName: z.string(),
  kind: z.enum(["station", "product"]),
  name: Name.optional().describe("Left out while the offer's document cannot be fetched."),
  version: Version.optional(),
  title: Texts.optional(),
  document: Bytes32,
  price: Amount.describe("The price of one case; of a product, of one unit for one day."),
  deadlineSeconds: Seconds.describe("Of a product: how long its report may take after the last day."),
  capacity: Count.describe("The most cases on a sheet; of a product, the units of every day."),
  validUntil: Time,
  live: z.boolean().describe("Neither withdrawn nor past its validity, by a member that is active."),
});
export type Offer = z.infer<typeof Offer>;

export const OfferDetail = Offer.extend({
  description: Texts.optional(),
  input: JsonSchema.optional(),
  output: JsonSchema.optional(),
  product: ProductDocument.shape.product.optional(),
  unit: Texts.optional().describe("What one unit of a product is."),
});
export type OfferDetail = z.infer<typeof OfferDetail>;

export const NewOffer = z.strictObject({
  station: Name.describe("The name of a station that this node runs."),
  price: AmountGiven,
  deadlineSeconds: Seconds.max(31_536_000),
  capacity: z.int().min(1).max(1_024).default(1_024),
  validDays: z.int().min(1).max(3_650).default(365),
});
export type NewOffer = z.infer<typeof NewOffer>;

export const NewProduct = z.strictObject({
  document: ProductDocument,
  price: AmountGiven.describe("The price of one unit for one day."),
  deadlineSeconds: Seconds.max(31_536_000).describe("How long the report may take after the last day."),
  units: z.int().min(1).max(65_535).default(1).describe("How many there are on every day."),
  validDays: z.int().min(1).max(3_650).default(365),
});
export type NewProduct = z.infer<typeof NewProduct>;

export const PublishedOffer = z.object({
  offer: Bytes32,
  document: Bytes32,
  transaction: Bytes32,
  supersedes: Bytes32.optional().describe("The former version, which is withdrawn."),
});
export type PublishedOffer = z.infer<typeof PublishedOffer>;

export const WithdrawnOffer = z.object({ offer: Bytes32, transaction: Bytes32 });
export type WithdrawnOffer = z.infer<typeof WithdrawnOffer>;

// --- belts

export { BeltTemplate } from "../../pipeline/belt/index.ts";

export const Belt = z.object({
  belt: Bytes32,
  name: Name,
  version: Version,
  title: Texts,
  member: Address,
  memberName: z.string(),
  parent: Bytes32.nullable(),
  stations: Count,
  price: Amount.describe("The price of one case at all stations."),
  deadlineSeconds: Seconds.describe(
    "How long a case may take, when every station takes as long as its offer allows.",
  ),
  live: z.boolean().describe("All its offers are live, so that it can be booked."),
  steward: Address.describe("Who answers for it."),
  stewardName: z.string(),
  candidate: Address.nullable().describe("Who may take it over, when the steward proposed anybody."),
  endorsements: Count.describe("How many active members endorse it."),
  deprecated: z.boolean().describe("Its steward advises against it; it can be booked all the same."),
  successor: Bytes32.nullable().describe("The belt to book instead, in the end."),
});
export type Belt = z.infer<typeof Belt>;

export const BeltDetail = Belt.extend({
  document: BeltDocument,
  offers: z.record(Name, Offer).describe("The offer of every station."),
});
export type BeltDetail = z.infer<typeof BeltDetail>;

export const Finding = z.object({ code: z.string(), sentence: Sentence, at: z.string() });

export const BeltCheck = z.object({
  findings: z.array(Finding).describe("What is wrong with the belt; empty when it can be published."),
  price: Amount.optional().describe("The price of one case, when all offers are known."),
  deadlineSeconds: Seconds.optional(),
});
export type BeltCheck = z.infer<typeof BeltCheck>;

export const PublishedBelt = z.object({ belt: Bytes32, transaction: Bytes32 });
export type PublishedBelt = z.infer<typeof PublishedBelt>;
