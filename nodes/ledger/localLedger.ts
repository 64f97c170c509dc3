import { getCreateAddress } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { AddressText } from "../../pipeline/index/index.ts";
import { chainAccount } from "./chainAccounts.ts";
import { identify, type LedgerIdentity } from "./identity.ts";
import { openRpc } from "./rpc.ts";
import { Small } from "./wire.ts";

/**
 * The ledger of a development chain: its newest directory that the chain's first account deployed. A contract's
 * address follows from the account and the number of its transaction, so nobody needs to be told it.
 *
 * @throws {BeltError} `LEDGER_UNREACHABLE`, `LEDGER_NO_DIRECTORY`, `LEDGER_CALL_FAILED`, `INPUT_INVALID` for the URL
 */
export async function findLocalLedger(url: string): Promise<LedgerIdentity> {
  const rpc = openRpc({ url, signal: new AbortController().signal, timeout: 10_000 });
  const { address: from } = chainAccount(0);
  const sent = await rpc.call(Small, "eth_getTransactionCount", [from, "latest"]);
  for (let nonce = sent - 1; nonce >= 0; nonce--) {
    const directory = AddressText.parse(getCreateAddress({ from, nonce }));
    try {
      return await identify(rpc, { directory, chainId: undefined, known: undefined });
    } catch (error) {
      if (!(error instanceof BeltError) || error.code !== "LEDGER_NO_DIRECTORY") throw error;
    }
  }
  throw new BeltError("LEDGER_NO_DIRECTORY", "The chain's first account has deployed no directory.", {
    at: url,
  });
}
