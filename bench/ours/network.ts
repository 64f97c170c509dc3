import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider } from "ethers";
import { governLocally } from "../../nodes/ledger/index.ts";
import { type Network, startNetwork } from "../../nodes/network/index.ts";
import { Credit__factory } from "../../types/factories/Credit__factory.ts";

/** The belt that is measured. */
const chain = fileURLToPath(new URL("../chain", import.meta.url));

/** Enough credit for every case of a run, at five stations. */
const credit = 1_000_000_000n;

/** Starts the whole product as `belt up` does: the ledger and five nodes, a process each. */
export async function startChainOfFive(data: string, signal: AbortSignal): Promise<Network> {
  // As the command `belt` has it: the processes then load what is compiled instead of a compiler.
  process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");
  const network = await startNetwork({ belt: chain, data, signal });
  try {
    await endow(network);
  } catch (error) {
    await network.stop();
    throw error;
  }
  return network;
}

/** Has the host of the local network vote for the consumer's credit: a network begins with less than a flood costs. */
async function endow({ chain: { url, chainId }, deployment, consumer }: Network): Promise<void> {
  const { Credit, Governance } = deployment.contracts;
  const provider = new JsonRpcProvider(url, chainId, { staticNetwork: true, pollingInterval: 50 });
  try {
    const data = Credit__factory.createInterface().encodeFunctionData("mint", [consumer.address, credit]);
    await governLocally(provider, Governance, [{ target: Credit, data }]);
  } finally {
    provider.destroy();
  }
}
