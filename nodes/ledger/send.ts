import type { Signer, TransactionRequest, TransactionResponse } from "ethers";

/**
 * Sends a transaction with half more gas than it takes at this moment. What a governed call takes depends on the second
 * in which it is mined: the first change of the votes in a second writes where the next ones only overwrite.
 *
 * @throws what ethers throws, a contract's refusal before anything is sent
 */
export async function sendGenerously(
  signer: Signer,
  request: TransactionRequest,
): Promise<TransactionResponse> {
  const gas = await signer.estimateGas(request);
  return signer.sendTransaction({ ...request, gasLimit: gas + gas / 2n });
}
