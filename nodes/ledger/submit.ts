import { keccak256 } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { AddressText, HashText } from "../../pipeline/index/index.ts";
import type { Store } from "../store/index.ts";
import type { Fees } from "./fees.ts";
import type { Follower, Log } from "./follow.ts";
import {
  type Attempt,
  Call,
  callDigest,
  checkIntentId,
  type Intent,
  type Mined,
  openIntents,
} from "./intents.ts";
import { createLine, type Place } from "./line.ts";
import { createCounts } from "./nonces.ts";
import { createPrepare, type Estimate } from "./prepare.ts";
import { LedgerRevert } from "./revert.ts";
import type { Rpc } from "./rpc.ts";
import { checkStall } from "./stall.ts";
import { createEntry, type Entry, type Submission, submissionOf } from "./submission.ts";
import { createBell, orAborted, pause } from "./waiting.ts";
import { createWatch } from "./watch.ts";

/** The key of an account, such as a wallet of ethers. */
export interface Wallet {
  readonly address: string;
  signTransaction(transaction: object): Promise<string>;
}

export interface SubmitOptions {
  /**
   * Gives up waiting. Before the transaction is written down it is then never sent; after that it takes its course,
   * and submitting it again by the same name gives its result.
   */
  readonly signal?: AbortSignal;
  /** Is told every state of the transaction, and when it is signed again to offer more. */
  readonly onState?: (submission: Submission) => void;
}

/** Submits the transactions of one account: each is mined at most once, in the order of submission. */
export interface Submitter {
  /**
   * Submits a call under a name, and resolves when it is in a block; a ledger that is away is waited for. The same
   * name again, also after a restart, sends nothing and gives the first result; only a transaction that was reverted,
   * and so did nothing, can be tried anew.
   *
   * @throws {LedgerRevert} when the contract refuses: before anything is sent, when that can be told.
   * @throws {BeltError} `LEDGER_INTENT_CONFLICT` when another call had the name; `LEDGER_FUNDS_SHORT` or `LEDGER_CALL_FAILED` before it was written down;
   * the lasting reason for which the ledger is no longer followed; or the signal's reason.
   */
  submit(id: string, call: Call, options?: SubmitOptions): Promise<Mined>;
  /** All transactions that are not final, in the order of their nonces. */
  pending(): Submission[];
  /**
   * How many transactions the ledger's node holds of the account, in no block yet, that are none of these: another process
   * has sent them. None, where that node cannot tell what it holds.
   *
   * @throws {BeltError} as {@link Rpc.call} does
   */
  foreign(): Promise<number>;
  /** What a call would take; throws like `submit`, and sends nothing. */
  estimate(call: Call): Promise<Estimate>;
  /** Why transactions do not get into blocks though the ledger's node has them; undefined while they do. */
  stalled(): BeltError | undefined;
  /** Resolves when the submitter has ended. */
  readonly ended: Promise<void>;
}

export interface SubmitterOptions {
  readonly rpc: Rpc;
  readonly follower: Pick<Follower, "state" | "verified" | "view">;
  readonly store: Store;
  readonly wallet: Wallet;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  readonly log: Log;
  readonly poll: number;
  /** How many transactions may be on their way at once: the pools of some nodes drop what is beyond 16 an account. */
  readonly mostPending?: number;
  readonly resendAfter?: number;
  readonly raiseAfter?: number;
  readonly stallAfter?: number | undefined;
  readonly signal: AbortSignal;
}

/** Opens the submitter of an account, with all that it left unfinished when it ended or crashed. */
export async function openSubmitter(options: SubmitterOptions): Promise<Submitter> {
  const { rpc, follower, store, wallet, now, log, poll, signal } = options;
  const { mostPending = 8, resendAfter = 2_000, raiseAfter = 60_000 } = options;
  const account = AddressText.parse(wallet.address);
  const intents = openIntents(store, account);
  const prepare = createPrepare(rpc, account, follower.view);
  const counts = createCounts(rpc, account);
  const line = createLine(mostPending);
  const bell = createBell();
  const exclusively = createExclusion();
  const entries = new Map<number, Entry>();
  const byId = new Map<string, Entry>();
  /** Calls that are not written down yet, by name. */
  const starting = new Map<string, Promise<unknown>>();
  let next: number | undefined;

  const sign = async ({ nonce, call, gas }: Omit<Intent, "attempts">, fees: Fees): Promise<Attempt> => {
    const { chainId } = await follower.verified(signal);
    const { to, data, value } = Call.parse(call);
    const raw = await wallet.signTransaction({ ...fees, chainId, nonce, to, data, value, gasLimit: gas });
    return { hash: HashText.parse(keccak256(raw)), raw, fees };
  };

  const nextNonce = async (): Promise<number> =>
    Math.max((await counts()).held, ...[...entries.keys()].map((used) => used + 1));

  /** Gives the next nonce to an intent and writes it down, in the place of what it was before. */
  const writeDown = (id: string, call: Call, { gas, fees }: Estimate, former?: Intent): Promise<Intent> =>
    exclusively(async () => {
      const nonce = former || next === undefined ? Math.max(next ?? 0, await nextNonce()) : next;
      const unsigned = { id, nonce, call: Call.parse(call), gas };
      const intent = { ...unsigned, attempts: [await sign(unsigned, fees)] };
      await intents.put(intent, former?.nonce);
      next = nonce + 1;
      return intent;
    });

  const hold = (entry: Entry) => {
    entries.set(entry.intent.nonce, entry);
    byId.set(entry.intent.id, entry);
    entry.pricedAt = now();
    entry.pricedAtBlock = follower.state().latest ?? 0;
  };

  const letGo = (entry: Entry) => {
    entries.delete(entry.intent.nonce);
    if (byId.get(entry.intent.id) === entry) byId.delete(entry.intent.id);
  };

  const onFinal = async (entry: Entry) => {
    const { intent, mined, revert } = entry;
    if (!mined) return;
    const superseded = byId.get(intent.id) !== entry;
    const { nonce, call } = intent;
    const done = { what: call.what, call: callDigest(call), nonce, mined, revert: revert?.revert ?? null };
    if (superseded) await intents.drop(intent);
    else await intents.finish(intent, done);
    letGo(entry);
  };

  const onNonceTaken = async (entry: Entry) => {
    const former = entry.intent;
    try {
      const estimate = await prepare(former.call);
      const intent = await writeDown(former.id, former.call, estimate, former);
      letGo(entry);
      entry.intent = intent;
      hold(entry);
      await watch.send(entry);
    } catch (error) {
      if (!(error instanceof LedgerRevert)) throw error;
      await intents.drop(former);
      letGo(entry);
      entry.place.leave();
      entry.result.reject(error);
    }
  };

  const stall = checkStall({
    now,
    ...(options.stallAfter === undefined ? {} : { tolerance: options.stallAfter }),
    onChange: (warning) => {
      if (warning) log.warn({ code: warning.code }, warning.message);
      else log.info({}, "The ledger makes blocks again.");
    },
  });
  const watch = createWatch({
    ...{ rpc, account, counts, follower, intents, entries, sign, onFinal, onNonceTaken },
    ...{ now, bell, stall, log, poll, resendAfter, raiseAfter, signal },
  });

  /** Asks the ledger, again and again while it is away: whoever asks keeps its place in the line meanwhile. */
  const reaching = async <T>(ask: () => Promise<T>, ends: AbortSignal): Promise<T> => {
    for (;;) {
      await follower.verified(ends);
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof BeltError && error.code === "LEDGER_UNREACHABLE")) throw error;
        await orAborted(pause(poll, ends), ends);
      }
    }
  };

  const start = async (
    id: string,
    call: Call,
    entering: Promise<Place>,
    ends: AbortSignal,
  ): Promise<Entry | Mined> => {
    const place = await entering;
    try {
      const done = await intents.done(id);
      if (done && !done.revert) {
        if (done.call !== callDigest(call)) throw conflict(id);
        place.leave();
        return done.mined;
      }
      const estimate = await reaching(() => orAborted(prepare(call), ends), ends);
      await orAborted(place.turn, ends);
      const entry = createEntry(await reaching(() => writeDown(id, call, estimate), ends), place);
      hold(entry);
      place.passOn();
      void watch.send(entry);
      return entry;
    } catch (error) {
      place.leave();
      throw error;
    }
  };

  const submit: Submitter["submit"] = async (id, call, submitOptions = {}) => {
    const { signal: callSignal, onState } = submitOptions;
    checkIntentId(id);
    const ends = callSignal ? AbortSignal.any([signal, callSignal]) : signal;
    let entry: Entry | Mined | undefined = byId.get(id);
    if (!entry || entry.revert) {
      const other = starting.get(id);
      if (other) {
        await orAborted(
          other.catch(() => undefined),
          ends,
        );
        return submit(id, call, submitOptions);
      }
      const started = start(id, call, line.enter(ends), ends);
      starting.set(id, started);
      entry = await started.finally(() => starting.delete(id));
    }
    if (!("intent" in entry)) return entry;
    if (callDigest(entry.intent.call) !== callDigest(call)) throw conflict(id);
    if (onState) {
      entry.listeners.add(onState);
      onState(submissionOf(entry));
    }
    return orAborted(entry.result.promise, ends);
  };

  for (const intent of await intents.pending()) hold(createEntry(intent, line.takeUp()));
  bell.ring();

  const ended = watch.run().catch((reason: unknown) => {
    for (const entry of entries.values()) {
      entry.result.reject(reason);
    }
  });

  return {
    submit,
    pending: () => [...entries.values()].map(submissionOf).sort((one, other) => one.nonce - other.nonce),
    async foreign() {
      const { mined, held } = await counts();
      const own = [...entries.keys()].filter((nonce) => nonce >= mined && nonce < held);
      return held - mined - own.length;
    },
    async estimate(call) {
      await follower.verified(signal);
      return prepare(call);
    },
    stalled: stall.warning,
    ended,
  };
}

function conflict(id: string): BeltError {
  return new BeltError(
    "LEDGER_INTENT_CONFLICT",
    "Another transaction was submitted under this name before.",
    {
      at: id,
    },
  );
}

/** Runs one task after another, whether the ones before succeed or not. */
function createExclusion(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task, task);
    last = run.catch(() => undefined);
    return run;
  };
}
