import { isError } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { decodeRevert, LedgerRevert } from "./revert.ts";
import type { NameOf } from "./words.ts";

/**
 * What ethers throws while it sends transactions and waits for them, as an error of the catalogue.
 *
 * @param what - what they are to do, to follow "refuses to", such as "deploy the contracts"
 * @param nameOf - what accounts are called
 * @returns {LedgerRevert} when a contract refuses; {BeltError} `LEDGER_FUNDS_SHORT`, `LEDGER_UNREACHABLE`, or else
 * `LEDGER_CALL_FAILED`
 */
export function errorOfEthers(error: unknown, what: string, nameOf?: NameOf): BeltError {
  if (error instanceof BeltError) return error;
  const cause = { cause: error };
  const words = error instanceof Error ? error.message : String(error);
  // Nodes say it in words of their own, of which ethers knows some.
  if (isError(error, "INSUFFICIENT_FUNDS") || /(?:insufficient|enough) (?:funds|balance)/i.test(words)) {
    return new BeltError("LEDGER_FUNDS_SHORT", `The account cannot pay to ${what}.`, cause);
  }
  if (isError(error, "CALL_EXCEPTION")) {
    const context = { words: error.shortMessage, ...(nameOf && { nameOf }), ...cause };
    return new LedgerRevert(what, decodeRevert(error.data ?? undefined), context);
  }
  if (isAway(error))
    return new BeltError("LEDGER_UNREACHABLE", `The ledger does not answer: ${words}`, cause);
  return new BeltError("LEDGER_CALL_FAILED", `The ledger did not take a transaction: ${words}`, cause);
}

/** Whether nobody answered: ethers says so itself, or passes on what the operating system said of the connection. */
function isAway(error: unknown): boolean {
  const known =
    isError(error, "NETWORK_ERROR") || isError(error, "TIMEOUT") || isError(error, "SERVER_ERROR");
  return known || (error instanceof Error && "syscall" in error);
}
