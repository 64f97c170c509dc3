import { BeltError } from "../../pipeline/errors.ts";
import type { Address, IndexView } from "../../pipeline/index/index.ts";
import { type Fees, mostPerGas, suggestFees } from "./fees.ts";
import { Call } from "./intents.ts";
import { decodeRevert, LedgerRevert } from "./revert.ts";
import { CallRefused, type Rpc } from "./rpc.ts";
import { Code, Quantity, quantity } from "./wire.ts";
import { namesIn } from "./words.ts";

/** What a transaction will take: nothing is signed or sent to know it. */
export interface Estimate {
  /** The gas that it may use: a fifth more than it used when it was tried out, and what one more checkpoint takes. */
  readonly gas: bigint;
  readonly fees: Fees;
  /** The most that it can cost, in wei. */
  readonly mostCost: bigint;
}

/** The first change of the members' votes in a second writes a checkpoint, which the next ones only overwrite. */
const checkpointGas = 25_000n;

export type Prepare = (call: Call) => Promise<Estimate>;

/**
 * Tries a call out on the state with all that is on its way, and prices it.
 *
 * @param view - what accounts are called, in refusals
 * @returns a function that throws {@link LedgerRevert} when the contract would refuse; {@link BeltError}
 * `LEDGER_FUNDS_SHORT` when the account cannot pay; and the errors of {@link Rpc.call}.
 */
export function createPrepare(rpc: Rpc, account: Address, view: IndexView): Prepare {
  /** Not every node can try a call out beyond the newest block. */
  let state: "pending" | "latest" = "pending";

  /** Not every node says with an estimate what the contract reverted with: those are asked again. */
  const toldWhy = async (refusal: unknown, transaction: object, at: string): Promise<unknown> => {
    if (!(refusal instanceof CallRefused && refusal.reverted && refusal.data === undefined)) return refusal;
    return rpc.call(Code, "eth_call", [transaction, at]).then(
      () => refusal,
      (error: unknown) => error,
    );
  };

  const tryOut = async (call: Call): Promise<bigint> => {
    const { what, to, data, value } = Call.parse(call);
    const transaction = { from: account, to, data, value: quantity(value) };
    const at = state;
    try {
      return await rpc.call(Quantity, "eth_estimateGas", [transaction, at]);
    } catch (refusal) {
      const error = await toldWhy(refusal, transaction, at);
      if (!(error instanceof CallRefused)) throw error;
      if (error.reverted) {
        const context = { words: error.words, nameOf: namesIn(view), cause: error };
        throw new LedgerRevert(what, decodeRevert(error.data), context);
      }
      if (/insufficient (?:funds|balance)/i.test(error.words)) throw fundsShort(account, what, error);
      if (at === "latest") throw error;
      state = "latest";
      return tryOut(call);
    }
  };

  return async (call) => {
    const { what, gas: given, value } = Call.parse(call);
    const [used, fees, balance] = await Promise.all([
      given ?? tryOut(call),
      suggestFees(rpc),
      rpc.call(Quantity, "eth_getBalance", [account, "latest"]),
    ]);
    const gas = given ?? used + used / 5n + checkpointGas;
    const mostCost = gas * mostPerGas(fees) + value;
    if (balance < mostCost) throw fundsShort(account, what);
    return { gas, fees, mostCost };
  };
}

/** Why a transaction that is in a block was reverted: tried out again where it stands. */
export async function explainRevert(
  { rpc, account, view }: { readonly rpc: Rpc; readonly account: Address; readonly view: IndexView },
  call: Call,
  block: number,
): Promise<LedgerRevert> {
  const { what, to, data, value } = Call.parse(call);
  const transaction = { from: account, to, data, value: quantity(value) };
  const nameOf = namesIn(view);
  for (const state of [block - 1, block]) {
    try {
      await rpc.call(Code, "eth_call", [transaction, quantity(state)]);
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      if (error.reverted)
        return new LedgerRevert(what, decodeRevert(error.data), { words: error.words, nameOf });
    }
  }
  return new LedgerRevert(what, decodeRevert(undefined), {
    words: "it ran out of gas, or its reason has gone since",
  });
}

function fundsShort(account: Address, what: string, cause?: unknown): BeltError {
  return new BeltError("LEDGER_FUNDS_SHORT", `The account ${account} cannot pay to ${what}.`, {
    cause,
  });
}
