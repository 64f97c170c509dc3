import { type Address, AddressText } from "../../pipeline/index/index.ts";
import type { Store } from "../store/index.ts";
import type { ContractCall } from "./call.ts";
import type { Estimate } from "./prepare.ts";
import { connect, type LedgerReader, type LedgerReaderOptions } from "./reader.ts";
import type { Submission } from "./submission.ts";
import { openSubmitter, type Wallet } from "./submit.ts";
import { createDryWrite, createWrite, type DryRun, locate, type Write } from "./write.ts";
import { createWritings, type Writings } from "./writings.ts";

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
  /** Milliseconds that a transaction may wait without any block before the ledger counts as stalled. */
  readonly stallAfter?: number;
}

/** The ledger as a member reads and writes it. */
export interface Ledger extends LedgerReader, Writings {
  /** The member's account. */
  readonly account: Address;
  /**
   * Runs writings on a ledger that only tries them out, and tells what they would take: nothing is signed or sent.
   *
   * @param act - writes on the ledger that it is given; what it gets for it is on no ledger
   * @throws what the writing would throw before anything is sent
   */
  dryRun(act: (ledger: Writings) => Promise<unknown>): Promise<DryRun>;
  /** What a call would take, and whether the contract would refuse it; nothing is sent. See `calls`. */
  estimate(call: ContractCall): Promise<Estimate>;
  /** The transactions that are not final yet, in the order of their nonces. */
  submissions(): Submission[];
  /** How many transactions of the account are on their way that this process does not send. See {@link Submitter.foreign}. */
  foreign(): Promise<number>;
}

/** Opens the ledger for a member; it need not answer yet. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const connection = await connect(options);
  const { reader, rpc, now } = connection;
  const { view, addressOf, verified, refresh } = reader;
  const submitter = await openSubmitter({ ...connection, ...settings(options), follower: reader });
  const account = AddressText.parse(options.wallet.address);
  const { pending } = submitter;
  const parts = { submitter, reader, view, addressOf };
  const finalized = () => reader.state().finalized;
  const writings = (write: Write) =>
    createWritings({ write, rpc, view, account, addressOf, verified, refresh, pending, finalized, now });

  return {
    ...reader,
    ...writings(createWrite(parts)),
    account,

    state() {
      const state = reader.state();
      const reason = submitter.stalled();
      return reason && state.phase === "following" ? { ...state, phase: "stalled", reason } : state;
    },

    async dryRun(act) {
      const { write, found } = createDryWrite(parts);
      await act(writings(write));
      return found();
    },
    estimate: async (call) => submitter.estimate(await locate(call, parts)),
    submissions: () => submitter.pending(),
    foreign: submitter.foreign,
    async close() {
      await reader.close();
      await submitter.ended;
    },
  };
}

/** The settings of the submitter that are given. */
function settings({ store, wallet, mostPending, resendAfter, raiseAfter, stallAfter }: LedgerOptions) {
  return {
    store,
    wallet,
    ...(mostPending === undefined ? {} : { mostPending }),
    ...(resendAfter === undefined ? {} : { resendAfter }),
    ...(raiseAfter === undefined ? {} : { raiseAfter }),
    ...(stallAfter === undefined ? {} : { stallAfter }),
  };
}
