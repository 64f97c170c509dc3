import { JsonRpcProvider } from "ethers";
import { chainAccount } from "../../../nodes/ledger/chainAccounts.ts";
import { deploy } from "../../../nodes/ledger/deploy.ts";
import type { Deployment } from "../../../nodes/ledger/deployment.ts";
import { type Ledger, type LedgerOptions, openLedger } from "../../../nodes/ledger/index.ts";
import {
  type GovernedCall,
  governLocally,
  localHost,
  localRules,
} from "../../../nodes/ledger/localGovernance.ts";
import { startChain } from "../../../nodes/ledger/startChain.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { memberKinds } from "../../../pipeline/governance/index.ts";
import type { Address, Hash } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";

/** A local chain with the contracts, the members m1 to m4, whose accounts are the chain's 1 to 4, and its host. */
export interface TestChain {
  readonly url: string;
  readonly port: number;
  readonly deployment: Deployment;
  /** Calls the chain's own JSON-RPC. */
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
  /** Mines so many blocks. */
  mine(blocks: number): Promise<void>;
  height(): Promise<number>;
  /** How many transactions of a member are in blocks. */
  transactionsOf(member: number): Promise<number>;
  /** Has the host decide on calls, and carry them out. */
  govern(...calls: readonly GovernedCall[]): Promise<number>;
  /** Opens the ledger for a member; it is closed with the chain. */
  open(member: number, options?: Partial<LedgerOptions>): Promise<Ledger>;
  stop(): Promise<void>;
}

/** What every member can book with. */
export const startingCredit = 1_000_000n;

/** The seconds in which only the consumer can settle a report. */
export const acceptanceWindow = 1_000;

export const walletOf = chainAccount;
export const addressOfMember = (member: number) => chainAccount(member).address.toLowerCase() as Address;

export async function startTestChain({
  port = 0,
  chainId = 31_337,
  rules = localRules,
} = {}): Promise<TestChain> {
  const chain = await startChain({ port, chainId });
  const provider = new JsonRpcProvider(chain.url, chain.chainId, {
    staticNetwork: true,
    cacheTimeout: -1,
    batchStallTime: 0,
  });
  const members = [1, 2, 3, 4].map((member) => ({
    address: addressOfMember(member),
    name: `m${member}`,
    kinds: [...memberKinds],
  }));
  const deployment = await deploy(chainAccount(0).connect(provider), {
    members: [...members, localHost],
    credit: startingCredit,
    acceptanceWindow,
    rules,
  });
  const opened: Ledger[] = [];
  const rpc = (method: string, ...params: unknown[]) => provider.send(method, params);
  return {
    url: chain.url,
    port: chain.port,
    deployment,
    rpc,
    async mine(blocks) {
      // Not hardhat_mine, which makes up blocks that name no parent.
      await Promise.all(Array.from({ length: blocks }, () => rpc("evm_mine")));
    },
    height: async () => Number(await rpc("eth_blockNumber")),
    transactionsOf: async (member) =>
      Number(await rpc("eth_getTransactionCount", addressOfMember(member), "latest")),
    govern: (...calls) => governLocally(provider, deployment.contracts.Governance, calls),
    async open(member, options) {
      const { directory } = deployment;
      const base = {
        url: chain.url,
        directory,
        store: new MemoryStore(),
        wallet: walletOf(member),
        poll: 10,
      };
      const ledger = await openLedger({ ...base, resendAfter: 100, ...options });
      opened.push(ledger);
      return ledger;
    },
    async stop() {
      await Promise.all(opened.map((ledger) => ledger.close()));
      provider.destroy();
      await chain.stop();
    },
  };
}

export const year2100 = 4_102_444_800;

/** The terms of an offer that everybody can book. */
export const terms = (document: string) => ({
  document: hashOf("document", document),
  kind: "station" as const,
  price: 5n,
  deadlineSeconds: 60,
  capacity: 1_024,
  validUntil: year2100,
});

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

/** A chain on which member 1 is the producer of a belt, of this name, that member 2, its consumer, has read of. */
export async function startMarket(name: string) {
  const chain = await startTestChain();
  const [producer, consumer] = [await chain.open(1), await chain.open(2)];
  const belt = await publishBelt(producer, name);
  await consumer.reached(producer.view.head?.number ?? 0);
  return { chain, producer, consumer, belt };
}

/** Publishes an offer of the member and a belt of it alone. */
export async function publishBelt(ledger: Ledger, name: string): Promise<Hash> {
  const { offer } = await ledger.publishOffer(terms(name));
  const document = hashOf("belt", name);
  await ledger.publishBelt({ document, parent: null, offers: [offer] });
  return document;
}
