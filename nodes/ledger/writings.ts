import { sha256, toHex } from "../../pipeline/bytes.ts";
import { type Address, type Hash, keysAt, type Offer, type Sheet } from "../../pipeline/index/index.ts";
import { type Agreements, createAgreements } from "./agreements.ts";
import type { Booking, OfferBooking, ProductBooking } from "./bookingCalls.ts";
import type { ContractCall } from "./call.ts";
import { type BeltRecord, calls, type LogHead, type OfferTerms, type ProfileUpdate } from "./calls.ts";
import { type CreditParts, costOf } from "./credit.ts";
import { createGoverning, type Governing } from "./governing.ts";
import { offerId, sheetId } from "./identifiers.ts";
import { createPayments, type Payments } from "./payments.ts";
import type { LedgerReader } from "./reader.ts";
import { createSheets, type Sheets } from "./sheets.ts";
import type { SubmitOptions, Submitter } from "./submit.ts";
import { createWriteAfter, type Write, type Written } from "./write.ts";

/**
 * What a member writes on the ledger.
 *
 * Every writing is idempotent: what is on the ledger already is not written again, and the same writing twice, at once
 * or after a crash, is one transaction. Each resolves when the transaction is in a block and the view shows it. They
 * wait while the ledger cannot be reached, and throw {@link LedgerRevert} when a contract refuses, or
 * {@link BeltError} as `Submitter.submit` does.
 */
export interface Writings extends Payments, Sheets, Governing, Agreements {
  publishProfile(update: ProfileUpdate, options?: SubmitOptions): Promise<Written>;
  publishOffer(terms: OfferTerms, options?: SubmitOptions): Promise<Written & { readonly offer: Hash }>;
  withdrawOffer(offer: Hash, options?: SubmitOptions): Promise<Written>;
  publishBelt(belt: BeltRecord, options?: SubmitOptions): Promise<Written>;
  /** Books, and before the first booking lets the bookings contract take what bookings cost. */
  book(booking: Booking, options?: SubmitOptions): Promise<Written & { readonly sheet: Hash }>;
  /**
   * Whether a booking of this account with this root is on its way to a block, or in one that can still be taken back: even
   * one that was reverted may then be on the ledger in the end.
   */
  isBeingBooked(root: Hash): boolean;
  /** Books on a single offer of a station, like `book`. */
  bookOffer(booking: OfferBooking, options?: SubmitOptions): Promise<Written & { readonly sheet: Hash }>;
  /** Books units of a product for some days, like `book`. */
  bookProduct(booking: ProductBooking, options?: SubmitOptions): Promise<Written & { readonly sheet: Hash }>;
  anchor(head: LogHead, options?: SubmitOptions): Promise<Written>;
}

export interface WritingParts extends CreditParts {
  /** How to write: in earnest, or in a dry run. Everything here writes by it alone. */
  readonly write: Write;
  readonly account: Address;
  readonly verified: LedgerReader["verified"];
  /** Reads what the ledger has by now. */
  readonly refresh: LedgerReader["refresh"];
  /** The transactions that are under way. */
  readonly pending: Submitter["pending"];
  /** The number of the last block that cannot be taken back; undefined while the ledger has not been asked. */
  readonly finalized: () => number | undefined;
  /** This machine's clock: milliseconds since 1970. */
  readonly now: () => number;
}

export function createWritings(parts: WritingParts): Writings {
  const { write, view, account, addressOf, verified, pending, finalized, now } = parts;
  const writeAfter = createWriteAfter(write, now);
  const { provide, ...payments } = createPayments(parts);

  /** Books, unless a sheet with this root is on the ledger that is what was to be booked. */
  const book = async (call: ContractCall, { root, maxCost, cost, is, submitOptions = {} }: NewSheet) => {
    const bookings = await addressOf("Bookings", submitOptions.signal);
    const { chainId } = await verified(submitOptions.signal);
    const sheet = sheetId(chainId, bookings, account, root);
    const already = () => {
      const known = view.sheets.get(sheet);
      return known && is(known) ? known.booked : undefined;
    };
    if (!already() && !pending().some(({ id }) => id === bookingId(root)))
      await provide(cost === undefined || cost > maxCost ? 0n : cost, submitOptions);
    const options = { ...submitOptions, ...(cost === undefined ? {} : { escrow: cost }) };
    return { ...(await write(bookingId(root), call, already, options)), sheet };
  };

  return {
    ...payments,
    ...createSheets({ ...parts, writeAfter }),
    ...createGoverning({ ...parts, writeAfter }),
    ...createAgreements(parts),

    publishProfile(update, submitOptions) {
      const already = () => {
        const [profile, keys] = [view.profiles.get(account), keysAt(view, account)];
        const same = profile?.url === update.url && keys?.signingKey === update.signingKey;
        return same && keys?.sealingKey === update.sealingKey ? profile.published : undefined;
      };
      // A member may come back to keys that it had: what it replaces is part of what is to be done.
      const id = () => {
        const since = view.profiles.get(account)?.published;
        const { url, signingKey, sealingKey } = update;
        const digest = toHex(sha256(`${url} ${signingKey} ${sealingKey}`));
        return `profile/${digest}/${since ? `${since.block}-${since.logIndex}` : "first"}`;
      };
      return write(id, calls.publishProfile(update), already, submitOptions);
    },

    async publishOffer(terms, submitOptions) {
      const offer = offerId(account, terms.document);
      const already = () => {
        const known = view.offers.get(offer);
        return known && sameTerms(known, terms) ? known.published : undefined;
      };
      const written = await write(
        `offer/${terms.document}`,
        calls.publishOffer(terms),
        already,
        submitOptions,
      );
      return { ...written, offer };
    },

    withdrawOffer(offer, submitOptions) {
      const already = () => view.offers.get(offer)?.withdrawn;
      return write(`withdraw/${offer}`, calls.withdrawOffer(offer), already, submitOptions);
    },

    publishBelt(belt, submitOptions) {
      const already = () => view.belts.get(belt.document)?.published;
      return write(`belt/${belt.document}`, calls.publishBelt(belt), already, submitOptions);
    },

    book(booking, submitOptions) {
      const { belt, count, deadline } = booking;
      return book(calls.book(booking), {
        ...booking,
        cost: costOf(view, view.belts.get(belt)?.offers, count),
        is: (sheet) =>
          sheet.belt === belt && sheet.count === count && firstDeadline(sheet, deadline) === deadline,
        submitOptions,
      });
    },

    isBeingBooked: (root) =>
      pending().some(
        ({ id, block }) => id === bookingId(root) && (block === undefined || block > (finalized() ?? -1)),
      ),

    bookOffer(booking, submitOptions) {
      const { offer, count } = booking;
      return book(calls.bookOffer(booking), {
        ...booking,
        cost: costOf(view, [offer], count),
        is: ({ belt, stay, ...sheet }) =>
          belt === null && stay === undefined && sheet.offers[0] === offer && sheet.count === count,
        submitOptions,
      });
    },

    bookProduct(booking, submitOptions) {
      const { offer, firstDay, dayCount, units } = booking;
      return book(calls.bookProduct(booking), {
        ...booking,
        cost: costOf(view, [offer], dayCount * units),
        is: ({ offers, stay }) => {
          const same = stay?.firstDay === firstDay && stay.dayCount === dayCount && stay.units === units;
          return same && offers[0] === offer;
        },
        submitOptions,
      });
    },

    anchor(head, submitOptions) {
      const already = () =>
        view.heads.get(account)?.findLast(({ size, root }) => size === head.size && root === head.root)
          ?.anchored;
      return write(`anchor/${head.size}/${head.root}`, calls.anchor(head), already, submitOptions);
    },
  };
}

/** What the transaction that books a manifest is called. */
const bookingId = (root: Hash): string => `book/${root}`;

/** What is to be booked, and how to tell that it is. */
interface NewSheet {
  readonly root: Hash;
  readonly maxCost: bigint;
  /** By the offers as the view has them; undefined when it does not know them. */
  readonly cost: bigint | undefined;
  readonly is: (sheet: Sheet) => boolean;
  readonly submitOptions: SubmitOptions | undefined;
}

/** The deadline that a sheet was booked with, as far as it can be told: a cancellation brought it forward. */
const firstDeadline = ({ cancelled, deadline }: Sheet, wanted: number): number =>
  cancelled && deadline < wanted ? wanted : deadline;

function sameTerms(
  offer: Offer,
  { kind, price, deadlineSeconds, capacity, validUntil, supersedes }: OfferTerms,
): boolean {
  const sameKind = offer.kind === (kind === "station" ? 1 : 2) && offer.supersedes === supersedes;
  const sameTimes = offer.deadlineSeconds === deadlineSeconds && offer.validUntil === validUntil;
  return sameKind && sameTimes && offer.price === price && offer.capacity === capacity;
}
