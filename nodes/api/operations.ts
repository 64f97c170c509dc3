import type { AgreementOperations } from "./agreementOperations.ts";
import type { GovernanceOperations } from "./governanceOperations.ts";
import type {
  Acceptance,
  Belt,
  BeltCheck,
  BeltDetail,
  BeltTemplate,
  Booked,
  BookedProduct,
  Booking,
  Cancellation,
  Case,
  CaseEvent,
  CasesInDispute,
  Declination,
  Delivery,
  DisputeDecision,
  NewOffer,
  NewProduct,
  NodeStatus,
  Offer,
  OfferDetail,
  ProductBooking,
  PublishedBelt,
  PublishedOffer,
  QuarantinedCase,
  QuarantinedCaseDetail,
  Rejection,
  Sheet,
  SheetChanged,
  Task,
  Transaction,
  WithdrawnOffer,
} from "./schemas.ts";
import type { Writing } from "./writing.ts";

export type { WriteOptions, Writing } from "./writing.ts";

/** A booking, and what the client calls it by, if it may be asked for again. */
export type UnderKey<Asked> = Asked & { readonly key?: string };

/**
 * What an operator can ask of a node: all that the operator's API knows of it. Every operation throws a
 * `BeltError` when it refuses; then nothing was done.
 */
export interface NodeOperations extends AgreementOperations, GovernanceOperations {
  status(): Promise<NodeStatus>;
  /** A backup of the node's store as it is now, without its keys, while it goes on working. */
  backup(): AsyncIterable<Uint8Array>;
  /** This account's transactions that are not final yet, in the order of their nonces. */
  transactions(): Promise<readonly Transaction[]>;

  /**
   * Books one sheet, all cases or none. Under a key of the client's it is made once, however often it is asked for.
   *
   * @throws {BeltError} `CASE_INVALID` with the place of the first misfit (`/cases/3/loan`), `NOT_FOUND` for a belt
   *   that is not known, `BELT_OFFER_UNAVAILABLE`, `IDEMPOTENCY_CONFLICT`, and what the ledger refuses
   */
  readonly book: Writing<UnderKey<Booking>, Booked>;
  /**
   * Books units of a product for some days. Under a key of the client's it is made once, however often it is asked for.
   *
   * @throws {BeltError} `NOT_FOUND`, `IDEMPOTENCY_CONFLICT`, and what the ledger refuses
   */
  readonly bookProduct: Writing<UnderKey<ProductBooking>, BookedProduct>;
  /** Cancels a sheet that this member booked: its stations have one more hour. */
  readonly cancelSheet: Writing<Cancellation, SheetChanged>;
  /** Gives up what a station of this member has not reported of a sheet. */
  readonly declineStation: Writing<Declination, SheetChanged>;
  /** Reports a sheet of a single offer of this member, such as a product's: the node reports belts by itself. */
  readonly deliver: Writing<Delivery, SheetChanged>;
  /** Accepts the reports of stations of a sheet that this member booked. */
  readonly acceptReports: Writing<Acceptance, SheetChanged>;
  /** Disputes cases of a sheet that this member booked. */
  readonly disputeCases: Writing<CasesInDispute, SheetChanged>;
  /** Decides a dispute as a supervisor. */
  readonly resolveDispute: Writing<DisputeDecision, SheetChanged>;
  /** The sheets that this member booked, the newest first. */
  sheets(): Promise<readonly Sheet[]>;
  /** @throws {BeltError} `NOT_FOUND` */
  sheet(sheet: string): Promise<Sheet>;
  /** @throws {BeltError} `NOT_FOUND` */
  cases(sheet: string): Promise<readonly Case[]>;
  /** @throws {BeltError} `NOT_FOUND` */
  case(sheet: string, number: number): Promise<Case>;
  /**
   * What happens to the cases of a sheet: first all that has happened, then the rest as it happens. Ends when the
   * sheet is finished or expired, or `signal` aborts.
   *
   * @throws {BeltError} `NOT_FOUND`
   */
  watch(sheet: string, signal: AbortSignal): AsyncIterable<CaseEvent>;

  /** The tasks of this node's stations that wait for a person, the oldest first. */
  tasks(): Promise<readonly Task[]>;
  /** @throws {BeltError} `TASK_UNKNOWN`, `INPUT_INVALID` when the answer does not fit the task's schema */
  completeTask(id: string, answer: Task["form"]): Promise<void>;

  /** The cases that crashed or hung this node's stations and wait for a decision, the oldest first. */
  quarantine(): Promise<readonly QuarantinedCase[]>;
  /** One of them with what the station has to work with. @throws {BeltError} `QUARANTINE_UNKNOWN` */
  quarantined(id: string): Promise<QuarantinedCaseDetail>;
  /** Tries it again, if it is still to be done. @throws {BeltError} `QUARANTINE_UNKNOWN` */
  retryQuarantined(id: string): Promise<void>;
  /** Fails it; resolves once that is written. @throws {BeltError} `QUARANTINE_UNKNOWN` */
  rejectQuarantined(id: string, rejection: Rejection): Promise<void>;

  offers(filter: { readonly mine: boolean }): Promise<readonly Offer[]>;
  /** @throws {BeltError} `NOT_FOUND` */
  offer(offer: string): Promise<OfferDetail>;
  /** @throws {BeltError} `NOT_FOUND` when this node runs no such station, and what the ledger refuses */
  readonly publishOffer: Writing<NewOffer, PublishedOffer>;
  /** Publishes a product, as a new version of this member's former one of the name. */
  readonly publishProduct: Writing<NewProduct, PublishedOffer>;
  /** @throws {BeltError} `NOT_FOUND`, and what the ledger refuses */
  readonly withdrawOffer: Writing<string, WithdrawnOffer>;

  belts(): Promise<readonly Belt[]>;
  /** By id, name or name@version. @throws {BeltError} `NOT_FOUND` */
  belt(belt: string): Promise<BeltDetail>;
  /** Checks a belt as a whole without publishing it. */
  checkBelt(template: BeltTemplate): Promise<BeltCheck>;
  /** @throws {BeltError} the first finding of the check, and what the ledger refuses */
  readonly publishBelt: Writing<BeltTemplate, PublishedBelt>;
}
