import {
  type ContractTransaction,
  getCreateAddress,
  type Provider,
  type Signer,
  type TransactionResponse,
} from "ethers";
import type { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import { kindBits } from "../../pipeline/governance/index.ts";
import { Access__factory } from "../../types/factories/Access__factory.ts";
import { Belts__factory } from "../../types/factories/Belts__factory.ts";
import { Bookings__factory } from "../../types/factories/Bookings__factory.ts";
import { Communities__factory } from "../../types/factories/Communities__factory.ts";
import { Connections__factory } from "../../types/factories/Connections__factory.ts";
import { Consents__factory } from "../../types/factories/Consents__factory.ts";
import { Credit__factory } from "../../types/factories/Credit__factory.ts";
import { Directory__factory } from "../../types/factories/Directory__factory.ts";
import { Governance__factory } from "../../types/factories/Governance__factory.ts";
import { Offers__factory } from "../../types/factories/Offers__factory.ts";
import { Profiles__factory } from "../../types/factories/Profiles__factory.ts";
import { Receipts__factory } from "../../types/factories/Receipts__factory.ts";
import { Supervision__factory } from "../../types/factories/Supervision__factory.ts";
import { parseWith } from "../parse.ts";
import { Deployment, directoryKey, directoryNames } from "./deployment.ts";
import { errorOfEthers } from "./ethersError.ts";
import { sendGenerously } from "./send.ts";
import { type NewMember, NewMembers, type Rules, Terms } from "./terms.ts";

export interface DeployOptions {
  /** The founding members. */
  readonly members: z.input<typeof NewMembers>;
  /** The ERC-20 in which bookings are paid; credit of the consortium's own when absent. */
  readonly currency?: string | undefined;
  /** How much of the consortium's own credit every consumer among the members begins with; nothing when absent. */
  readonly credit?: bigint | undefined;
  /** The seconds that consumers have to look at a report before anybody can settle it; a day when absent. */
  readonly acceptanceWindow?: number | undefined;
  /** How the members decide, as far as it is to differ from the defaults. */
  readonly rules?: z.input<typeof Rules>;
  /** Ends the deployment between two transactions; what was mined stays. */
  readonly signal?: AbortSignal;
}

/** How many transactions may wait to be mined: the pools of some nodes drop what is beyond 16 an account. */
const inFlight = 8;

/**
 * Deploys the contracts, enters them in a directory of their own, admits the founding members and gives them their
 * credit. Then the signer hands all of its rights to the members' Governance contract, and has none left.
 *
 * @param signer - an account with a provider; nothing else may send its transactions meanwhile
 * @throws {BeltError} `INPUT_INVALID` for a member, a term, or when there are no members; `LEDGER_FUNDS_SHORT`,
 * `LEDGER_UNREACHABLE`, `LEDGER_CALL_FAILED`, and what a contract refuses ({@link LedgerRevert})
 */
export async function deploy(
  signer: Signer,
  { members, signal, ...rest }: DeployOptions,
): Promise<Deployment> {
  const terms = parseWith(Terms, rest, { at: "" });
  if (terms.currency !== undefined && terms.credit > 0n) {
    throw new BeltError("INPUT_INVALID", "Credit of another currency cannot be made here.", {
      at: "/credit",
    });
  }
  const founders = parseWith(NewMembers, members, { at: "/members" });
  const { provider } = signer;
  if (provider === null)
    throw new BeltError("LEDGER_UNREACHABLE", "The account is not connected to a ledger.");
  try {
    return await deployAll({ signer, provider, terms, signal }, founders);
  } catch (error) {
    signal?.throwIfAborted();
    throw errorOfEthers(error, "deploy the contracts");
  }
}

interface Site {
  readonly signer: Signer;
  readonly provider: Provider;
  readonly terms: Terms;
  readonly signal: AbortSignal | undefined;
}

async function deployAll(
  { signer, provider, terms, signal }: Site,
  founders: readonly NewMember[],
): Promise<Deployment> {
  const deployer = await signer.getAddress();
  let nonce = await signer.getNonce("pending");
  const next = () => {
    signal?.throwIfAborted();
    return { nonce: nonce++ };
  };
  const { currency, credit, acceptanceWindow, rules } = terms;
  // An address follows from the account and its nonce: nothing waits for what it only refers to.
  const Access = await new Access__factory(signer).deploy(deployer, next());
  const directory = await new Directory__factory(signer).deploy(Access, next());
  const Profiles = await new Profiles__factory(signer).deploy(Access, next());
  const Offers = await new Offers__factory(signer).deploy(Profiles, next());
  const Belts = await new Belts__factory(signer).deploy(Profiles, Offers, next());
  const Receipts = await new Receipts__factory(signer).deploy(Profiles, next());
  const Supervision = await new Supervision__factory(signer).deploy(Access, Profiles, next());
  const Consents = await new Consents__factory(signer).deploy(Profiles, next());
  const Connections = await new Connections__factory(signer).deploy(Profiles, next());
  const Communities = await new Communities__factory(signer).deploy(Access, Profiles, Belts, next());
  // The credit knows its escrow from the beginning, which is deployed right after it.
  const escrow = getCreateAddress({ from: deployer, nonce: nonce + 1 });
  const Credit =
    currency === undefined
      ? await new Credit__factory(signer).deploy(Access, Profiles, escrow, next())
      : Credit__factory.connect(currency, signer);
  const records = { Profiles, Offers, Belts, Receipts, Consents, Connections };
  const early = { Access, Supervision, Communities, ...records };
  const own = currency === undefined ? [Credit] : [];
  for (const contract of [directory, ...Object.values(early), ...own]) await contract.waitForDeployment();
  // These ask the others when they are deployed.
  const Bookings = await new Bookings__factory(signer).deploy(
    Profiles,
    Offers,
    Belts,
    Supervision,
    Credit,
    acceptanceWindow,
    next(),
  );
  const Governance = await new Governance__factory(signer).deploy(Access, Profiles, rules, next());
  const contracts = { ...early, Credit, Bookings, Governance };
  for (const contract of [Bookings, Governance]) await contract.waitForDeployment();
  const send = (calls: readonly Promise<ContractTransaction>[]) => sendAll(signer, calls, next);
  await send(
    directoryNames.map((name) => directory.set.populateTransaction(directoryKey(name), contracts[name])),
  );
  await send(
    founders.map(({ address, name, kinds }) =>
      Profiles.admit.populateTransaction(address, name, kindBits(kinds)),
    ),
  );
  const funded = founders.filter(({ kinds }) => credit > 0n && kinds.includes("consumer"));
  await send(funded.map(({ address }) => Credit.mint.populateTransaction(address, credit)));
  const everything = await Access.ADMIN_ROLE();
  await send([Access.grantRole.populateTransaction(everything, Governance, rules.executionDelay)]);
  await send([Access.renounceRole.populateTransaction(everything, deployer)]);
  const addresses = directoryNames.map(async (name) => [name, await contracts[name].getAddress()]);
  return Deployment.parse({
    chainId: Number((await provider.getNetwork()).chainId),
    genesis: (await provider.getBlock(0))?.hash,
    block: Number(await directory.deployedAt()),
    directory: await directory.getAddress(),
    contracts: Object.fromEntries(await Promise.all(addresses)),
  });
}

/** Sends in order, some at a time, and resolves when all are mined. */
async function sendAll(
  signer: Signer,
  calls: readonly Promise<ContractTransaction>[],
  next: () => { readonly nonce: number },
): Promise<void> {
  for (let start = 0; start < calls.length; start += inFlight) {
    const sent: TransactionResponse[] = [];
    for (const call of await Promise.all(calls.slice(start, start + inFlight)))
      sent.push(await sendGenerously(signer, { ...call, ...next() }));
    for (const transaction of sent) await transaction.wait();
  }
}
