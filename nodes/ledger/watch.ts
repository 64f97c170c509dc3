import { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import { type Address, HashText } from "../../pipeline/index/index.ts";
import { baseFee, mostPerGas, raiseFees, suggestFees } from "./fees.ts";
import type { Follower, Log } from "./follow.ts";
import type { Attempt, Intent, Intents, Mined } from "./intents.ts";
import type { Counts } from "./nonces.ts";
import { explainRevert } from "./prepare.ts";
import { CallRefused, type Rpc } from "./rpc.ts";
import type { StallCheck } from "./stall.ts";
import { type Entry, enterState, lastAttempt, tell } from "./submission.ts";
import { type Bell, pause } from "./waiting.ts";
import { TransactionReceipt } from "./wire.ts";

export interface WatchParts {
  readonly rpc: Rpc;
  readonly account: Address;
  readonly counts: () => Promise<Counts>;
  readonly follower: Pick<Follower, "state" | "verified" | "view">;
  readonly intents: Intents;
  /** All transactions that are not final, by nonce; the watch takes out what is finished. */
  readonly entries: Map<number, Entry>;
  /** Signs an intent anew with other fees. */
  readonly sign: (intent: Omit<Intent, "attempts">, fees: Attempt["fees"]) => Promise<Attempt>;
  /** Writes down that a transaction is final, and forgets it. */
  readonly onFinal: (entry: Entry) => Promise<void>;
  /** Gives a transaction another nonce, since somebody else used its own. */
  readonly onNonceTaken: (entry: Entry) => Promise<void>;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  readonly bell: Bell;
  readonly stall: StallCheck;
  readonly log: Log;
  readonly poll: number;
  /** How long to wait before a transaction that the ledger's node no longer knows is sent again, in milliseconds. */
  readonly resendAfter: number;
  /** How long to wait, in milliseconds, before more is offered for a transaction that blocks leave out. */
  readonly raiseAfter: number;
  readonly signal: AbortSignal;
}

export interface Watch {
  /** Sends a transaction; whatever becomes of it, the watch goes on with it. */
  send(entry: Entry): Promise<void>;
  /** Watches until the signal, or throws the lasting reason for which the ledger is no longer followed. */
  run(): Promise<void>;
}

/** So many blocks have to leave a transaction out before more is offered for it. */
const blocksBeforeRaise = 3;
/** And no more often than this. */
const mostAttempts = 12;

/** Nodes say it in their own words. */
const alreadyThere = /already known|known transaction|already imported|already in/i;
/** It is in a block: one that is final, or one that the network has not decided on. */
const alreadyUsed = /nonce.*too low|invalid nonce.*less/i;
const tooCheap = /underpriced|(?:gas|fee|price|tip).*(?:too low|less than|below)/i;

/** Watches what was sent, until it is final: sends again what was dropped, and offers more for what is left out. */
export function createWatch(parts: WatchParts): Watch {
  const { rpc, account, follower, intents, entries, sign, now, bell, log, signal } = parts;
  const explaining = { rpc, account, view: follower.view };

  const send = async (entry: Entry) => {
    entry.sentAt = now();
    entry.problem = await offer(entry);
    if (!entry.problem && (entry.state === "signed" || entry.state === "dropped")) enterState(entry, "sent");
    bell.ring();
  };

  /** Why the ledger's node did not take it. That is never the last word: what is refused may be in a block already. */
  const offer = async (entry: Entry): Promise<BeltError | undefined> => {
    try {
      await rpc.call(HashText, "eth_sendRawTransaction", [lastAttempt(entry).raw]);
      return undefined;
    } catch (error) {
      if (error instanceof CallRefused && (alreadyThere.test(error.words) || alreadyUsed.test(error.words)))
        return undefined;
      log.debug({ intent: entry.intent.id, nonce: entry.intent.nonce, err: error }, "It was not taken.");
      return error instanceof BeltError
        ? error
        : new BeltError("LEDGER_UNREACHABLE", "The node stops.", { cause: error });
    }
  };

  const round = async () => {
    const all = [...entries.values()].sort((one, other) => one.intent.nonce - other.intent.nonce);
    // Most often it is in a block by the time it is asked for, and what is asked at once travels together. An answer that
    // fails to come is asked for again where it is needed.
    const asked = all.map((entry) =>
      isUnread(entry) ? findReceipt(entry).catch(() => undefined) : undefined,
    );
    const [found, ...receipts] = await Promise.all([parts.counts(), ...asked]);
    const outcomes = await Promise.allSettled(
      all.map((entry, i) =>
        entry.intent.nonce < found.mined ? settle(entry, receipts[i]) : attend(entry, found),
      ),
    );
    const next = all.find((entry) => entry.intent.nonce === found.mined);
    parts.stall.looked(follower.state().latest, next?.state === "sent");
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  };

  /** Whether it is in a block that cannot be taken back any more. */
  const isFinal = ({ mined }: Entry): boolean =>
    mined !== undefined && mined.block <= (follower.state().finalized ?? -1);

  /** Whether its receipt would say anything new. */
  const isUnread = (entry: Entry): boolean => entry.mined === undefined || isFinal(entry);

  /** The nonce is used: by one of our attempts, or by somebody else. */
  const settle = async (entry: Entry, found: TransactionReceipt | undefined) => {
    if (!isUnread(entry)) return;
    const receipt = found ?? (await findReceipt(entry));
    if (receipt) {
      entry.missingSince = undefined;
      await record(entry, receipt);
      if (isFinal(entry)) await finish(entry);
      return;
    }
    undo(entry);
    entry.missingSince ??= now();
    if (now() - entry.missingSince < 10 * parts.resendAfter) return;
    entry.missingSince = undefined;
    log.warn({ intent: entry.intent.id, nonce: entry.intent.nonce }, "Somebody else uses this account.");
    await parts.onNonceTaken(entry);
  };

  const findReceipt = async ({ intent }: Entry): Promise<TransactionReceipt | undefined> => {
    const receipts = await Promise.all(
      intent.attempts.map(({ hash }) =>
        rpc.call(TransactionReceipt.nullable(), "eth_getTransactionReceipt", [hash]),
      ),
    );
    return receipts.find((receipt) => receipt !== null) ?? undefined;
  };

  const record = async (entry: Entry, receipt: TransactionReceipt) => {
    const mined = minedOf(receipt);
    if (entry.mined?.blockHash === mined.blockHash) return;
    const failed = receipt.status !== 1;
    entry.revert = failed ? await explainRevert(explaining, entry.intent.call, mined.block) : undefined;
    entry.mined = mined;
    entry.problem = undefined;
    entry.place.leave();
    enterState(entry, "mined");
    if (entry.revert) entry.result.reject(entry.revert);
    else entry.result.resolve(mined);
  };

  const finish = async (entry: Entry) => {
    await parts.onFinal(entry);
    enterState(entry, "final");
  };

  /** A reorganisation took the block back. */
  const undo = (entry: Entry) => {
    if (!entry.mined) return;
    entry.mined = undefined;
    entry.revert = undefined;
    enterState(entry, "dropped");
  };

  /** The nonce is not used yet. */
  const attend = async (entry: Entry, { mined }: Counts) => {
    undo(entry);
    if (now() - entry.sentAt < parts.resendAfter * 2 ** Math.min(entry.resends, 6)) return;
    const known = await rpc.call(z.object({}).nullable(), "eth_getTransactionByHash", [
      lastAttempt(entry).hash,
    ]);
    const isNext = entry.intent.nonce === mined;
    if (isNext && (await isLeftOut(entry, known !== null))) return raise(entry);
    if (known) return;
    // What is in a block that the network has not decided on is in no pool, and counts all the same. Counted after it was
    // looked for: it may have been dropped since the round began.
    const { held } = await parts.counts();
    if (entry.state === "sent" && entry.intent.nonce >= held) enterState(entry, "dropped");
    entry.resends++;
    await send(entry);
  };

  /** Whether more has to be offered: the node says that it is too little, or blocks leave it out, or would. */
  const isLeftOut = async (entry: Entry, known: boolean): Promise<boolean> => {
    if (entry.intent.attempts.length >= mostAttempts) return false;
    const refused = entry.problem instanceof CallRefused && tooCheap.test(entry.problem.words);
    if (!known && refused) return true;
    if (now() - entry.pricedAt < parts.raiseAfter) return false;
    const blocks = (follower.state().latest ?? 0) - entry.pricedAtBlock;
    // Networks that make no empty blocks may never make another one at this price.
    return blocks >= blocksBeforeRaise || mostPerGas(lastAttempt(entry).fees) < (await baseFee(rpc));
  };

  const raise = async (entry: Entry) => {
    const fees = raiseFees(lastAttempt(entry).fees, await suggestFees(rpc));
    const attempt = await sign(entry.intent, fees);
    const intent = { ...entry.intent, attempts: [...entry.intent.attempts, attempt] };
    await intents.put(intent);
    entry.intent = intent;
    entry.pricedAt = now();
    entry.pricedAtBlock = follower.state().latest ?? 0;
    tell(entry);
    await send(entry);
  };

  /** Milliseconds until the next round: what is in a block waits for no more than others on top of it. */
  const between = (): number => {
    if (entries.size === 0) return Number.POSITIVE_INFINITY;
    return [...entries.values()].some(({ mined }) => mined === undefined) ? parts.poll : 10 * parts.poll;
  };

  return {
    send,
    async run() {
      while (!signal.aborted) {
        await bell.heard(between(), signal);
        if (signal.aborted) return;
        await follower.verified(signal);
        try {
          await round();
        } catch (error) {
          if (signal.aborted) return;
          const retried = error instanceof BeltError && error.retryable;
          log[retried ? "debug" : "error"](
            { err: error },
            "The transactions could not be watched; trying again.",
          );
          await pause(10 * parts.poll, signal);
        }
      }
    },
  };
}

function minedOf({
  transactionHash,
  blockNumber,
  blockHash,
  gasUsed,
  effectiveGasPrice,
}: TransactionReceipt): Mined {
  const fee = gasUsed * (effectiveGasPrice ?? 0n);
  return { hash: transactionHash, block: blockNumber, blockHash, gasUsed, fee };
}
