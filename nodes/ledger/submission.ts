import type { BeltError } from "../../pipeline/errors.ts";
import type { Hash } from "../../pipeline/index/index.ts";
import type { Attempt, Intent, Mined } from "./intents.ts";
import type { Place } from "./line.ts";
import type { LedgerRevert } from "./revert.ts";

/**
 * How far a transaction is: signed and written down; taken by the ledger's node; gone from there, to be sent again;
 * in a block; in a block that cannot be taken back.
 */
export type SubmissionState = "signed" | "sent" | "dropped" | "mined" | "final";

/** What is to be told of a transaction. */
export interface Submission {
  readonly id: string;
  readonly what: string;
  readonly state: SubmissionState;
  readonly nonce: number;
  readonly hash: Hash;
  readonly block: number | undefined;
  /** How often it was signed: each time it offers more than before. */
  readonly attempts: number;
  /** How often it was sent again, since the ledger's node had lost it. */
  readonly resends: number;
  /** Why it was reverted, or why the ledger's node did not take it when it was sent last. */
  readonly problem: BeltError | undefined;
}

/** A transaction that is not final yet, as the submitter holds it. */
export interface Entry {
  intent: Intent;
  state: SubmissionState;
  mined: Mined | undefined;
  /** Why it was reverted in its block. */
  revert: LedgerRevert | undefined;
  problem: BeltError | undefined;
  /** Settled when it is in a block: rejected when it was reverted there. */
  readonly result: PromiseWithResolvers<Mined>;
  readonly place: Place;
  readonly listeners: Set<(submission: Submission) => void>;
  /** When it was sent last, in milliseconds of the given clock; before everything when it never was. */
  sentAt: number;
  /** When its fees were set, and the ledger's newest block then. */
  pricedAt: number;
  pricedAtBlock: number;
  resends: number;
  /** Since when its nonce is taken, though none of its attempts is in a block. */
  missingSince: number | undefined;
}

export function createEntry(intent: Intent, place: Place): Entry {
  const entry: Entry = {
    intent,
    state: "signed",
    mined: undefined,
    revert: undefined,
    problem: undefined,
    result: Promise.withResolvers(),
    place,
    listeners: new Set(),
    sentAt: Number.NEGATIVE_INFINITY,
    pricedAt: Number.NEGATIVE_INFINITY,
    pricedAtBlock: 0,
    resends: 0,
    missingSince: undefined,
  };
  // Nobody may be waiting: after a restart, or when the caller has given up.
  entry.result.promise.catch(() => undefined);
  return entry;
}

export function lastAttempt({ intent }: Entry): Attempt {
  const attempt = intent.attempts.at(-1);
  if (!attempt) throw new RangeError(`The intent ${intent.id} has no attempt.`);
  return attempt;
}

export function submissionOf(entry: Entry): Submission {
  const { intent, state, mined, resends } = entry;
  const problem = entry.revert ?? entry.problem;
  const { id, nonce, call } = intent;
  const hash = mined?.hash ?? lastAttempt(entry).hash;
  const attempts = intent.attempts.length;
  return { id, what: call.what, state, nonce, hash, block: mined?.block, attempts, resends, problem };
}

/** Moves a transaction to a state, and tells those who listen. */
export function enterState(entry: Entry, state: SubmissionState): void {
  if (entry.state === state) return;
  entry.state = state;
  tell(entry);
}

/** Tells those who listen how a transaction stands. */
export function tell(entry: Entry): void {
  for (const listener of entry.listeners) listener(submissionOf(entry));
}
