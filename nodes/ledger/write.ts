import type { Address, Hash, IndexView, Position } from "../../pipeline/index/index.ts";
import type { ContractCall } from "./call.ts";
import type { ContractName } from "./contracts.ts";
import type { Call } from "./intents.ts";
import type { Estimate } from "./prepare.ts";
import type { LedgerReader } from "./reader.ts";
import { LedgerRevert, type Revert } from "./revert.ts";
import type { SubmitOptions, Submitter } from "./submit.ts";

/** The transaction that wrote something on the ledger: now, or before. */
export interface Written {
  readonly transaction: Hash;
  readonly block: number;
}

export interface WriteOptions extends SubmitOptions {
  /** How much gas it may use, when it cannot be tried out. */
  readonly gas?: bigint;
  /** The credit that it puts into escrow, for a dry run to tell. */
  readonly escrow?: bigint;
}

/** Submits a call under a name, unless what it does is on the ledger already. */
export type Write = (
  id: string | (() => string),
  call: ContractCall,
  already: () => Position | undefined,
  options?: WriteOptions,
) => Promise<Written>;

/** What the ledger takes only after a time, in seconds since 1970; `early` is its error until then. */
export interface AfterTime {
  readonly id: string;
  readonly call: ContractCall;
  readonly early: string;
  readonly after: (revert: Revert) => number;
  /** How much gas it may use when it cannot be tried out, since its time has only just come. */
  readonly gas: bigint;
}

export type WriteAfter = (
  what: AfterTime,
  already: () => Position | undefined,
  options?: SubmitOptions,
) => Promise<Written>;

/** One transaction as a dry run finds it. */
export interface DryTransaction {
  /** What it is to do, such as "book". */
  readonly what: string;
  /** It is on the ledger already: nothing would be sent. */
  readonly already: boolean;
  /** What it would take; undefined when nothing is to be sent, or when it can be told only after those before it. */
  readonly estimate: Estimate | undefined;
}

/** What a dry run finds: nothing of it was signed or sent. */
export interface DryRun {
  readonly transactions: readonly DryTransaction[];
  /** The credit that would be held in escrow. */
  readonly escrow: bigint;
}

export interface WriteParts {
  readonly submitter: Pick<Submitter, "submit" | "estimate">;
  readonly reader: Pick<LedgerReader, "reached">;
  readonly view: IndexView;
  readonly addressOf: (contract: ContractName, signal?: AbortSignal) => Promise<Address>;
}

/** Where a call goes, once the view has caught up. */
export async function locate(
  { contract, what, data }: ContractCall,
  { addressOf }: Pick<WriteParts, "addressOf">,
  { signal, gas }: WriteOptions = {},
): Promise<Call> {
  return { what, to: await addressOf(contract, signal), data, ...(gas === undefined ? {} : { gas }) };
}

/** Writing in earnest: it resolves when the transaction is in a block and the view shows it. */
export function createWrite(parts: WriteParts): Write {
  const { submitter, reader } = parts;
  return async (id, call, already, options = {}) => {
    const located = await locate(call, parts, options);
    const found = already();
    if (found) return { transaction: found.transaction, block: found.block };
    const mined = await submitter.submit(typeof id === "string" ? id : id(), located, options);
    await reader.reached(mined.block, options.signal);
    return { transaction: mined.hash, block: mined.block };
  };
}

/** What a dry run gives for the hash of a transaction that there is not. */
const noTransaction: Hash = `0x${"0".repeat(64)}`;

/**
 * Writing that only tries out: it has no way to sign or send. What it gives is on no ledger; `found` has what it found.
 *
 * @throws what writing in earnest would throw before anything is sent
 */
export function createDryWrite(parts: WriteParts): { readonly write: Write; found(): DryRun } {
  const { submitter, view } = parts;
  const transactions: DryTransaction[] = [];
  let escrow = 0n;
  const estimate = async (call: Call): Promise<Estimate | undefined> => {
    try {
      return await submitter.estimate(call);
    } catch (error) {
      const first = transactions.every(({ already }) => already);
      if (first || !isUnapproved(error)) throw error;
      return undefined;
    }
  };
  return {
    async write(_, call, already, options = {}) {
      const located = await locate(call, parts, options);
      const { what } = call;
      const found = already();
      if (found) {
        transactions.push({ what, already: true, estimate: undefined });
        return { transaction: found.transaction, block: found.block };
      }
      transactions.push({ what, already: false, estimate: await estimate(located) });
      escrow += options.escrow ?? 0n;
      return { transaction: noTransaction, block: view.head?.number ?? 0 };
    },
    found: () => ({ transactions, escrow }),
  };
}

/** The contracts take credit last, so a call that lacks nothing but the approval before it is right otherwise. */
function isUnapproved(error: unknown): boolean {
  if (!(error instanceof LedgerRevert)) return false;
  const { error: name } = error.revert;
  // Other currencies say it in words of their own.
  return name === "ERC20InsufficientAllowance" || name === "Error" || name === "";
}

/**
 * Writing what the ledger takes only after a time.
 *
 * @param now - this machine's clock: milliseconds since 1970
 */
export function createWriteAfter(write: Write, now: () => number): WriteAfter {
  return async ({ id, call, early, after, gas }, already, options) => {
    try {
      return await write(id, call, already, options);
    } catch (error) {
      // A node may try it out at the time of the newest block, which can be long ago.
      const tooEarly = error instanceof LedgerRevert && error.revert.error === early;
      if (!tooEarly || now() / 1_000 <= after(error.revert) + 1) throw error;
      return write(id, call, already, { ...options, gas });
    }
  };
}
