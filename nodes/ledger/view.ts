import type { Interface } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import type { Address } from "../../pipeline/index/index.ts";
import { decodeRevert, LedgerRevert } from "./revert.ts";
import { CallRefused, type Rpc } from "./rpc.ts";
import { Code } from "./wire.ts";

/** A question to a contract that changes nothing. */
export interface View {
  readonly to: Address;
  readonly known: Interface;
  readonly name: string;
  readonly values?: readonly unknown[];
  /** What it is to do, to follow "refuses to": such as "tell the credit". */
  readonly what: string;
  /** Whether the answer depends on the time now: where blocks come seldom, that of the newest one is long ago. */
  readonly now?: boolean;
}

/**
 * Asks a contract something as it is in the newest block, or in the next one when its answer depends on the time.
 *
 * @returns the answer's parts, to be parsed
 * @throws {LedgerRevert} when the contract refuses; {BeltError} `LEDGER_CALL_FAILED` when its answer is none, and the
 * errors of {@link Rpc.call}
 */
export async function readView(
  rpc: Rpc,
  { to, known, name, values = [], what, now = false }: View,
): Promise<readonly unknown[]> {
  const data = known.encodeFunctionData(name, values);
  const ask = (state: "pending" | "latest") => rpc.call(Code, "eth_call", [{ to, data }, state]);
  /** Not every node can ask beyond the newest block. */
  const askNow = async () => {
    try {
      return await ask("pending");
    } catch (error) {
      if (!(error instanceof CallRefused) || error.reverted) throw error;
      return ask("latest");
    }
  };
  const answer = await (now ? askNow() : ask("latest")).catch((error: unknown) => {
    if (!(error instanceof CallRefused && error.reverted)) throw error;
    throw new LedgerRevert(what, decodeRevert(error.data), { words: error.words, cause: error });
  });
  try {
    return known.decodeFunctionResult(name, answer).toArray();
  } catch (cause) {
    const words = `The contract at ${to} cannot ${what}: it is not what the directory says.`;
    throw new BeltError("LEDGER_CALL_FAILED", words, { cause });
  }
}
