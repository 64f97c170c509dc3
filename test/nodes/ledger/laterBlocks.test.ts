import { JsonRpcProvider, Wallet } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chainAccount } from "../../../nodes/ledger/chainAccounts.ts";
import { deploy } from "../../../nodes/ledger/deploy.ts";
import { type Chain, startChain } from "../../../nodes/ledger/startChain.ts";
import { Credit__factory } from "../../../types/factories/Credit__factory.ts";
import { type RpcProxy, startProxy } from "./rpcProxy.ts";
import { addressOfMember } from "./testChain.ts";

/** A chain whose blocks come later than its transactions, and whose node tries out on the newest block only. */
let chain: Chain;
let proxy: RpcProxy;
let provider: JsonRpcProvider;

beforeAll(async () => {
  chain = await startChain();
  proxy = await startProxy(chain.url);
  proxy.refuse = ({ method, params }) => {
    if (method === "eth_estimateGas" || method === "eth_call") params[1] = "latest";
    return undefined;
  };
  const options = { staticNetwork: true, cacheTimeout: -1, pollingInterval: 20 };
  provider = new JsonRpcProvider(proxy.url, chain.chainId, options);
  await provider.send("evm_setAutomine", [false]);
  await provider.send("evm_setIntervalMining", [600]);
});
afterAll(async () => {
  provider?.destroy();
  await proxy?.stop();
  await chain?.stop();
});

it("takes the contracts, members and their credit, each after what it refers to", async () => {
  const kinds = ["consumer"] as const;
  const members = [1, 2, 3].map((member) => ({
    address: addressOfMember(member),
    name: `m${member}`,
    kinds,
  }));
  const { contracts } = await deploy(new Wallet(chainAccount(0).privateKey, provider), {
    members,
    credit: 70n,
  });
  const credit = Credit__factory.connect(contracts.Credit, provider);
  for (const { address } of members) expect(await credit.balanceOf(address)).toBe(70n);
});
