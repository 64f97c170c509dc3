import { sha256, toHex, utf8 } from "../../pipeline/bytes.ts";
import {
  type Address,
  AddressText,
  type Hash,
  keysAt,
  type Offer,
  type Position,
} from "../../pipeline/index/index.ts";
import type { Store } from "../store/index.ts";
import {
  type BeltRecord,
  type Booking,
  type ContractCall,
  calls,
  type LogHead,
  type OfferTerms,
  type ProfileUpdate,
  type StationReport,
} from "./calls.ts";
import { costOf } from "./credit.ts";
import { offerId, sheetId } from "./identifiers.ts";
import type { Call } from "./intents.ts";
import { type AfterTime, createPayments, type Payments, type Write, type Written } from "./payments.ts";
import type { Estimate } from "./prepare.ts";
import { connect, type LedgerReader, type LedgerReaderOptions } from "./reader.ts";
import { LedgerRevert } from "./revert.ts";
import type { Submission } from "./submission.ts";
import { openSubmitter, type SubmitOptions, type Wallet } from "./submit.ts";

export interface LedgerOptions extends LedgerReaderOptions {
  /** Where what was read, and what is being written, survives a crash. */
  readonly store: Store;
  /** The account of the member: nothing else may send its transactions. */
  readonly wallet: Wallet;
  /** How many transactions may be on their way at once. */
  readonly mostPending?: number;
  /** Milliseconds before a transaction that the ledger's node lost is sent again. */
  readonly resendAfter?: number;
  /** Milliseconds before more is offered for a transaction that blocks leave out. */
  readonly raiseAfter?: number;
}

/**
 * The ledger as a member reads and writes it.
 *
 * Every writing is idempotent: what is on the ledger already is not written again, and the same writing twice, at once
 * or after a crash, is one transaction. Each resolves when the transaction is in a block and the view shows it. They
 * wait while the ledger is known to be unreachable, and throw {@link LedgerRevert} when a contract refuses, or
 * {@link BeltError} as `Submitter.submit` does.
 */
export interface Ledger extends LedgerReader, Payments {
  /** The member's account. */
  readonly account: Address;
  publishProfile(update: ProfileUpdate, options?: SubmitOptions): Promise<Written>;
  publishOffer(terms: OfferTerms, options?: SubmitOptions): Promise<Written & { readonly offer: Hash }>;
  withdrawOffer(offer: Hash, options?: SubmitOptions): Promise<Written>;
  publishBelt(belt: BeltRecord, options?: SubmitOptions): Promise<Written>;
  /** Books, and before the first booking lets the bookings contract take what bookings cost. */
  book(booking: Booking, options?: SubmitOptions): Promise<Written & { readonly sheet: Hash }>;
  report(report: StationReport, options?: SubmitOptions): Promise<Written>;
  expire(sheet: Hash, options?: SubmitOptions): Promise<Written>;
  anchor(head: LogHead, options?: SubmitOptions): Promise<Written>;
  /** What a writing would take, and whether the contract would refuse it; nothing is sent. See `calls`. */
  estimate(call: ContractCall): Promise<Estimate>;
  /** The transactions that are not final yet, in the order of their nonces. */
  submissions(): Submission[];
}

/** Gas of what cannot be tried out because its time has only just come: an expiry reads 32 stations, and writes two. */
const untriedGas = 300_000n;

/** Opens the ledger for a member; it need not answer yet. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const connection = await connect(options);
  const { reader, now } = connection;
  const { view, addressOf } = reader;
  const submitter = await openSubmitter({ ...connection, ...settings(options), follower: reader });
  const account = AddressText.parse(options.wallet.address);

  const locate = async ({ contract, what, data }: ContractCall, signal?: AbortSignal): Promise<Call> => ({
    what,
    to: await addressOf(contract, signal),
    data,
  });

  /** Submits a call under a name, unless what it does is on the ledger already. */
  const write: Write = async (id, call, already, submitOptions = {}) => {
    const { signal, gas } = submitOptions;
    const located = await locate(call, signal);
    const found = already();
    if (found) return { transaction: found.transaction, block: found.block };
    const name = typeof id === "string" ? id : id();
    const mined = await submitter.submit(
      name,
      gas === undefined ? located : { ...located, gas },
      submitOptions,
    );
    await reader.reached(mined.block, signal);
    return { transaction: mined.hash, block: mined.block };
  };

  /** Writes what the ledger takes only after a time, in seconds; `early` is its error until then. */
  const writeAfter = async (
    { id, call, early, after }: AfterTime,
    already: () => Position | undefined,
    submitOptions?: SubmitOptions,
  ): Promise<Written> => {
    try {
      return await write(id, call, already, submitOptions);
    } catch (error) {
      // A node may try it out at the time of the newest block, which can be long ago.
      const tooEarly = error instanceof LedgerRevert && error.revert.error === early;
      if (!tooEarly || now() / 1_000 <= after(error.revert) + 1) throw error;
      return write(id, call, already, { ...submitOptions, gas: untriedGas });
    }
  };

  const { provide, ...payments } = createPayments({
    ...{ rpc: connection.rpc, view, account, addressOf, write, writeAfter },
  });

  return {
    ...reader,
    ...payments,
    account,

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
        const digest = toHex(sha256(utf8(`${url} ${signingKey} ${sealingKey}`)));
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

    async book(booking, submitOptions = {}) {
      const bookings = await addressOf("Bookings", submitOptions.signal);
      const { chainId } = await reader.verified(submitOptions.signal);
      const sheet = sheetId(chainId, bookings, account, booking.root);
      const already = () => {
        const known = view.sheets.get(sheet);
        const { belt, count, deadline } = booking;
        const same = known?.belt === belt && known.count === count && known.deadline === deadline;
        return same ? known.booked : undefined;
      };
      const cost = costOf(view, booking.belt, booking.count);
      if (!already() && !submitter.pending().some(({ id }) => id === `book/${booking.root}`))
        await provide(cost === undefined || cost > booking.maxCost ? 0n : cost, submitOptions);
      const written = await write(`book/${booking.root}`, calls.book(booking), already, submitOptions);
      return { ...written, sheet };
    },

    report(report, submitOptions) {
      const { sheet, station } = report;
      const already = () => view.sheets.get(sheet)?.reports[station]?.reported;
      return write(`report/${sheet}/${station}`, calls.report(report), already, submitOptions);
    },

    expire: (sheet, submitOptions) =>
      writeAfter(
        {
          id: `expire/${sheet}`,
          call: calls.expire(sheet),
          early: "DeadlineNotPassed",
          after: ({ parameters }) => Number(parameters["deadline"]),
        },
        () => view.sheets.get(sheet)?.expiry?.expired,
        submitOptions,
      ),

    anchor(head, submitOptions) {
      const already = () =>
        view.heads.get(account)?.findLast(({ size, root }) => size === head.size && root === head.root)
          ?.anchored;
      return write(`anchor/${head.size}/${head.root}`, calls.anchor(head), already, submitOptions);
    },

    estimate: async (call) => submitter.estimate(await locate(call)),
    submissions: () => submitter.pending(),

    async close() {
      await reader.close();
      await submitter.ended;
    },
  };
}

function sameTerms(
  offer: Offer,
  { kind, price, deadlineSeconds, capacity, validUntil }: OfferTerms,
): boolean {
  const sameKind = offer.kind === (kind === "station" ? 1 : 2);
  const sameTimes = offer.deadlineSeconds === deadlineSeconds && offer.validUntil === validUntil;
  return sameKind && sameTimes && offer.price === price && offer.capacity === capacity;
}

/** The settings of the submitter that are given. */
function settings({ store, wallet, mostPending, resendAfter, raiseAfter }: LedgerOptions) {
  return {
    store,
    wallet,
    ...(mostPending === undefined ? {} : { mostPending }),
    ...(resendAfter === undefined ? {} : { resendAfter }),
    ...(raiseAfter === undefined ? {} : { raiseAfter }),
  };
}
