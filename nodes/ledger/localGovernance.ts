import {
  type ContractTransaction,
  id,
  isError,
  NonceManager,
  type Provider,
  type TransactionReceipt,
} from "ethers";
import { Governance__factory } from "../../types/factories/Governance__factory.ts";
import { Profiles__factory } from "../../types/factories/Profiles__factory.ts";
import { chainAccount } from "./chainAccounts.ts";
import { decodeRevert } from "./revert.ts";
import { sendGenerously } from "./send.ts";
import type { NewMember, Rules } from "./terms.ts";
import { pause } from "./waiting.ts";

/**
 * The founding member that every local network has besides its own: the chain's first account, whose key everybody
 * knows. It supplies the network, and decides for whoever tries it. Every command loads this file, and deriving the
 * address from the phrase would take it longer than all the rest.
 */
export const localHost: NewMember = {
  address: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
  name: "host",
  kinds: ["network-supplier"],
};

/** How a local network decides: one vote is enough, so that nobody who tries it has to wait for others. */
export const localRules: Rules = {
  votingDelay: 0,
  votingPeriod: 3_600,
  executionDelay: 1,
  quorum: 1,
  superQuorum: 1,
};

/** One call that the members decide on. */
export interface GovernedCall {
  readonly target: string;
  readonly data: string;
}

/** OpenZeppelin's IGovernor.ProposalState, as far as it is waited for here. */
const pending = 0n;
const votedFor = 1;

/** Milliseconds between two looks at a chain on this machine. */
const poll = 100;
/** After so many looks in vain a block is made. */
const patience = 20;

/**
 * Has the host of a local network propose calls, vote for them, and carry them out: the same steps as anywhere else,
 * in some seconds.
 *
 * @returns the block in which they were carried out
 * @throws what ethers throws: `CALL_EXCEPTION` when a contract refuses, or the host is no member there
 */
export async function governLocally(
  provider: Provider,
  governance: string,
  calls: readonly GovernedCall[],
): Promise<number> {
  const host = new NonceManager(chainAccount(0).connect(provider));
  const governor = Governance__factory.connect(governance, host);
  const targets = calls.map(({ target }) => target);
  const values = calls.map(() => 0n);
  const data = calls.map((call) => call.data);
  const now = () => governor.clock({ blockTag: "pending" });
  const profiles = Profiles__factory.connect(await governor.token(), provider);
  // Time passes with blocks, and some networks make none that nobody has a transaction for.
  const makeBlock = async () => void (await (await host.sendTransaction({ to: localHost.address })).wait());
  const until = (condition: () => Promise<boolean>) => waitFor(condition, makeBlock);
  // Who has just become a member can propose from the next second on; who is none, never.
  if (await profiles.isActive(localHost.address)) {
    await until(async () => {
      const before = (await now()) - 1n;
      return (await profiles.getPastVotes(localHost.address, before, { blockTag: "pending" })) > 0n;
    });
  }
  const send = async (call: Promise<ContractTransaction>, tries = 3): Promise<TransactionReceipt | null> => {
    try {
      return await (await sendGenerously(host, await call)).wait();
    } catch (error) {
      // Nodes may try it out as of the newest block, which can be before its time.
      if (tries === 1 || !isEarly(error)) throw error;
      await makeBlock();
      return send(call, tries - 1);
    }
  };
  const description = `local-${await host.getNonce("latest")}`;
  await send(governor.propose.populateTransaction(targets, values, data, description));
  const descriptionHash = id(description);
  const proposal = await governor.hashProposal(targets, values, data, descriptionHash);
  await until(async () => (await governor.state(proposal, { blockTag: "pending" })) !== pending);
  await send(governor.castVote.populateTransaction(proposal, votedFor));
  await send(governor.queue.populateTransaction(targets, values, data, descriptionHash));
  const due = await governor.proposalEta(proposal);
  await until(async () => (await now()) >= due);
  const done = await send(governor.execute.populateTransaction(targets, values, data, descriptionHash));
  return done?.blockNumber ?? 0;
}

/** What the contracts say to whom votes, queues or carries out before its time. */
const early = new Set([
  "GovernorInsufficientProposerVotes",
  "GovernorUnexpectedProposalState",
  "GovernorUnmetDelay",
  "AccessManagerNotReady",
]);

const isEarly = (error: unknown): boolean =>
  isError(error, "CALL_EXCEPTION") && early.has(decodeRevert(error.data ?? undefined).error);

const never = new AbortController().signal;

async function waitFor(condition: () => Promise<boolean>, makeBlock: () => Promise<unknown>): Promise<void> {
  for (let looks = 1; !(await condition()); looks++) {
    if (looks % patience === 0) await makeBlock();
    await pause(poll, never);
  }
}
