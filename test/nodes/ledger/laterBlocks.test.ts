import { JsonRpcProvider } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chainAccount } from "../../../nodes/ledger/chainAccounts.ts";
import { deploy } from "../../../nodes/ledger/deploy.ts";
import { governLocally, localHost, localRules } from "../../../nodes/ledger/localGovernance.ts";
import { type Chain, startChain } from "../../../nodes/ledger/startChain.ts";
import { Credit__factory } from "../../../types/factories/Credit__factory.ts";
import { Profiles__factory } from "../../../types/factories/Profiles__factory.ts";
import { type RpcProxy, startProxy } from "./rpcProxy.ts";
import { addressOfMember } from "./testChain.ts";

/** A chain whose node answers as of the newest block, whatever it is asked for. */
let chain: Chain;
let proxy: RpcProxy;
let provider: JsonRpcProvider;
let asOfNewest: ReadonlySet<string> = new Set(["eth_estimateGas", "eth_call"]);

beforeAll(async () => {
  chain = await startChain();
  proxy = await startProxy(chain.url);
  proxy.refuse = ({ method, params }) => {
    if (asOfNewest.has(method)) params[1] = "latest";
    return undefined;
  };
  const options = { staticNetwork: true, cacheTimeout: -1, pollingInterval: 20 };
  provider = new JsonRpcProvider(proxy.url, chain.chainId, options);
});
afterAll(async () => {
  provider?.destroy();
  await proxy?.stop();
  await chain?.stop();
});

it("takes the contracts, members and their credit, each after what it refers to", async () => {
  await provider.send("evm_setAutomine", [false]);
  await provider.send("evm_setIntervalMining", [600]);
  const kinds = ["consumer"] as const;
  const members = [1, 2, 3].map((member) => ({
    address: addressOfMember(member),
    name: `m${member}`,
    kinds,
  }));
  const { contracts } = await deploy(chainAccount(0).connect(provider), {
    members,
    credit: 70n,
  });
  const credit = Credit__factory.connect(contracts.Credit, provider);
  for (const { address } of members) expect(await credit.balanceOf(address)).toBe(70n);
  await provider.send("evm_setIntervalMining", [0]);
  await provider.send("evm_setAutomine", [true]);
});

it.each([{ methods: ["eth_estimateGas", "eth_call"] }, { methods: ["eth_estimateGas"] }])(
  "lets the host decide, though no block comes by itself, and $methods see none that is to come",
  async ({ methods }) => {
    asOfNewest = new Set(methods);
    const { contracts } = await deploy(chainAccount(0).connect(provider), {
      members: [localHost],
      rules: localRules,
    });
    const profiles = Profiles__factory.connect(contracts.Profiles, provider);
    const data = profiles.interface.encodeFunctionData("admit", [addressOfMember(1), "late", 1]);
    await governLocally(provider, contracts.Governance, [{ target: contracts.Profiles, data }]);
    expect(await profiles.isActive(addressOfMember(1))).toBe(true);
  },
);
