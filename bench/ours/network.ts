import { fileURLToPath } from "node:url";
import { JsonRpcProvider } from "ethers";
import { chainAccount } from "../../nodes/ledger/index.ts";
import { type Network, startNetwork } from "../../nodes/network/index.ts";
import { Credit__factory } from "../../types/factories/Credit__factory.ts";

/** The belt that is measured. */
const chain = fileURLToPath(new URL("../chain", import.meta.url));

/** Enough credit for every case of a run, at five stations. */
const credit = 1_000_000_000n;

/** Starts the whole product as `belt up` does: the ledger and five nodes, a process each. */
export async function startChainOfFive(data: string, signal: AbortSignal): Promise<Network> {
  const network = await startNetwork({ belt: chain, data, signal });
  try {
    await endow(network);
  } catch (error) {
    await network.stop();
    throw error;
  }
  return network;
}

/** Makes credit for the consumer: a local network gives less than a flood costs. */
async function endow({ chain: { url, chainId }, deployment, consumer }: Network): Promise<void> {
  const provider = new JsonRpcProvider(url, chainId, { staticNetwork: true, pollingInterval: 50 });
  try {
    const deployer = chainAccount(0).connect(provider);
    const contract = Credit__factory.connect(deployment.contracts.Credit, deployer);
    await (await contract.mint(consumer.address, credit)).wait();
  } finally {
    provider.destroy();
  }
}
