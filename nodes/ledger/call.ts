import { BeltError } from "../../pipeline/errors.ts";
import type { ContractName } from "./contracts.ts";

/** What to call, before it is known where the contract is. */
export interface ContractCall {
  readonly contract: ContractName;
  readonly what: string;
  readonly data: string;
}

/** @throws {BeltError} `INPUT_INVALID` for what the ledger cannot hold. */
export function call(contract: ContractName, what: string, encode: () => string): ContractCall {
  try {
    return { contract, what, data: encode() };
  } catch (cause) {
    const words = cause instanceof Error && "shortMessage" in cause ? `: ${String(cause.shortMessage)}` : "";
    throw new BeltError("INPUT_INVALID", `The ledger cannot hold what it is asked to ${what}${words}.`, {
      cause,
    });
  }
}
