import { FetchRequest, JsonRpcProvider, type TransactionResponse, type Wallet } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { kindBits, type MemberKind } from "../../pipeline/governance/index.ts";
import { Credit__factory } from "../../types/factories/Credit__factory.ts";
import { Profiles__factory } from "../../types/factories/Profiles__factory.ts";
import type { Identity } from "../identity.ts";
import {
  chainAccount,
  type Deployment,
  deploy,
  errorOfEthers,
  type GovernedCall,
  governLocally,
  localHost,
  localRules,
} from "../ledger/index.ts";

/** A member as the ledger is to know it. */
export interface Founder {
  readonly name: string;
  readonly kinds: readonly MemberKind[];
  readonly url: string;
  readonly identity: Identity;
}

/** The ledger of a local network as its first account has it, which deploys, gives money, and is a member: the host. */
export interface Consortium {
  readonly deployment: Deployment;
  /** Whether the contracts were there already. */
  readonly kept: boolean;
  /**
   * Has the host propose and carry out what is missing of members' admissions and consumers' credit, gives their
   * accounts money, and has them publish their profiles; what is so already stays.
   *
   * @throws {BeltError} as {@link openConsortium}
   */
  admit(members: readonly Founder[]): Promise<void>;
  close(): void;
}

/** What every account gets for its transactions, in wei; on a local chain it is worth nothing. */
const allowance = 10n ** 20n;
/** The credit that every consumer has to book with. */
const startingCredit = 1_000_000n;

/**
 * Connects to a ledger, and deploys the contracts unless they are there, with the host and others as founding members.
 *
 * @param known - where the contracts were when the network was last up
 * @throws {BeltError} `LEDGER_UNREACHABLE`, `LEDGER_FUNDS_SHORT`, `LEDGER_CALL_FAILED`, and what a contract refuses
 */
export async function openConsortium(
  { url, chainId }: { readonly url: string; readonly chainId: number },
  { known, founders }: { readonly known: Deployment | undefined; readonly founders: readonly Founder[] },
  signal: AbortSignal,
): Promise<Consortium> {
  const provider = connect(url, chainId);
  const deployer = chainAccount(0).connect(provider);
  try {
    const kept = known !== undefined && (await isThere(provider, known)) ? known : undefined;
    const members = founders.map(({ name, kinds, identity: { address } }) => ({ address, name, kinds }));
    const genesis = { members: [localHost, ...members], credit: startingCredit, rules: localRules };
    const deployment = kept ?? (await deploy(deployer, { ...genesis, signal }));
    return {
      deployment,
      kept: kept !== undefined,
      admit: (members) => explained(admit(members, deployment, deployer)),
      close: () => provider.destroy(),
    };
  } catch (error) {
    provider.destroy();
    throw refusal(error);
  }
}

function connect(url: string, chainId: number): JsonRpcProvider {
  const request = new FetchRequest(url);
  request.timeout = 10_000;
  // The chain is on this machine: waiting for more calls to send together, or between questions, is time lost.
  const options = { cacheTimeout: -1, batchStallTime: 0, pollingInterval: 50, staticNetwork: true } as const;
  return new JsonRpcProvider(request, chainId, options);
}

/** Whether the ledger is the one that the contracts were deployed on, and still has them. */
async function isThere(provider: JsonRpcProvider, { genesis, directory }: Deployment): Promise<boolean> {
  const [first, code] = await Promise.all([provider.getBlock(0), provider.getCode(directory)]);
  return first?.hash === genesis && code !== "0x";
}

async function admit(members: readonly Founder[], deployment: Deployment, deployer: Wallet): Promise<void> {
  const { provider } = deployer;
  if (provider === null) throw new TypeError("The deployer is connected.");
  const { Governance, ...contracts } = deployment.contracts;
  const profiles = Profiles__factory.connect(contracts.Profiles, provider);
  const credit = Credit__factory.connect(contracts.Credit, provider);
  const calls: GovernedCall[] = [];
  let nonce = await deployer.getNonce("pending");
  const sent: TransactionResponse[] = [];
  for (const { name, kinds, identity } of members) {
    const { address } = identity;
    const [member, balance, credits] = await Promise.all([
      profiles.memberNamed(name),
      provider.getBalance(address),
      credit.balanceOf(address),
    ]);
    if (balance < allowance / 2n) {
      sent.push(await deployer.sendTransaction({ to: address, value: allowance, nonce: nonce++ }));
    }
    if (member.toLowerCase() !== address) {
      const data = profiles.interface.encodeFunctionData("admit", [address, name, kindBits(kinds)]);
      calls.push({ target: contracts.Profiles, data });
    }
    if (kinds.includes("consumer") && credits < startingCredit / 2n) {
      const data = credit.interface.encodeFunctionData("mint", [address, startingCredit - credits]);
      calls.push({ target: contracts.Credit, data });
    }
  }
  await Promise.all(sent.map((transaction) => transaction.wait()));
  if (calls.length > 0) await governLocally(provider, Governance, calls);
  await Promise.all(members.map((member) => join(member, deployment, deployer)));
}

/** Has a member publish its profile, unless it is on the ledger as it is. */
async function join({ url, identity }: Founder, deployment: Deployment, { provider }: Wallet): Promise<void> {
  const { account, address, signing, sealing } = identity;
  const profiles = Profiles__factory.connect(deployment.contracts.Profiles, account.connect(provider));
  const now = await profiles.profileOf(address);
  if (now.url === url && now.signingKey === signing.raw && now.sealingKey === sealing.raw) return;
  await (await profiles.publish(url, signing.raw, sealing.raw)).wait();
}

const explained = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw refusal(error);
  });

function refusal(cause: unknown): unknown {
  const error = errorOfEthers(cause, "set the network up");
  if (error.code === "LEDGER_FUNDS_SHORT") {
    const words =
      "The first account of the local chain's phrase cannot pay here: is this a development chain?";
    return new BeltError("LEDGER_FUNDS_SHORT", words, { at: "--ledger", cause });
  }
  return error.code === "LEDGER_CALL_FAILED" ? cause : error;
}
