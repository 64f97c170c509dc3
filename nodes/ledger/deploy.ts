import {
  type ContractTransactionResponse,
  getCreateAddress,
  isError,
  MaxUint256,
  type Provider,
  type Signer,
} from "ethers";
import { z } from "zod";
import { Name } from "../../pipeline/belt/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { AddressText } from "../../pipeline/index/index.ts";
import { Belts__factory } from "../../types/factories/Belts__factory.ts";
import { Bookings__factory } from "../../types/factories/Bookings__factory.ts";
import { Connections__factory } from "../../types/factories/Connections__factory.ts";
import { Consents__factory } from "../../types/factories/Consents__factory.ts";
import { Credit__factory } from "../../types/factories/Credit__factory.ts";
import { Directory__factory } from "../../types/factories/Directory__factory.ts";
import { Offers__factory } from "../../types/factories/Offers__factory.ts";
import { Profiles__factory } from "../../types/factories/Profiles__factory.ts";
import { Receipts__factory } from "../../types/factories/Receipts__factory.ts";
import { parseWith } from "../parse.ts";
import { Deployment, directoryKey, directoryNames } from "./deployment.ts";
import { kindBits, MemberKind } from "./memberKinds.ts";
import { decodeRevert, LedgerRevert } from "./revert.ts";

/** A member to admit: its account, its name in the consortium, and what it is. */
export const NewMember = z.strictObject({
  address: AddressText,
  name: Name,
  kinds: z.array(MemberKind).min(1).readonly(),
});
export type NewMember = z.infer<typeof NewMember>;

/** The list of members to admit: names and accounts are each their own. */
export const NewMembers = z
  .array(NewMember)
  .max(10_000)
  .readonly()
  .superRefine((members, context) => {
    for (const key of ["address", "name"] as const) {
      const seen = new Set<string>();
      members.forEach((member, place) => {
        if (seen.has(member[key])) {
          context.addIssue({ code: "custom", path: [place, key], message: `${member[key]} is there twice` });
        }
        seen.add(member[key]);
      });
    }
  });

export interface DeployOptions {
  /** Whom to admit; nobody when absent. */
  readonly members?: z.input<typeof NewMembers>;
  /** The ERC-20 in which bookings are paid; credit of the consortium's own when absent. */
  readonly currency?: string;
  /** How much of the consortium's own credit every consumer among the members begins with; nothing when absent. */
  readonly credit?: bigint;
  /** The seconds that consumers have to look at a report before anybody can settle it; a day when absent. */
  readonly acceptanceWindow?: number;
  /** Ends the deployment between two transactions; what was mined stays. */
  readonly signal?: AbortSignal;
}

/** How many transactions may wait to be mined: the pools of some nodes drop what is beyond 16 an account. */
const inFlight = 8;

const day = 86_400;

const Terms = z.strictObject({
  currency: AddressText.optional(),
  credit: z.bigint().nonnegative().max(MaxUint256).default(0n),
  acceptanceWindow: z
    .int()
    .nonnegative()
    .max(30 * day, "use 30 days at most")
    .default(day),
});
type Terms = z.infer<typeof Terms>;

/**
 * Deploys the contracts, enters them in a directory of their own, and admits the members. The signer becomes the
 * administrator of directory, profiles and credit.
 *
 * @param signer - an account with a provider; nothing else may send its transactions meanwhile
 * @throws {BeltError} `INPUT_INVALID` for a member or a term, `LEDGER_FUNDS_SHORT`, `LEDGER_UNREACHABLE`,
 * `LEDGER_CALL_FAILED`, and what a contract refuses ({@link LedgerRevert})
 */
export async function deploy(
  signer: Signer,
  { members = [], signal, ...rest }: DeployOptions = {},
): Promise<Deployment> {
  const terms = parseWith(Terms, rest, { at: "" });
  if (terms.currency !== undefined && terms.credit > 0n) {
    throw new BeltError("INPUT_INVALID", "Credit of another currency cannot be made here.", {
      at: "/credit",
    });
  }
  const admitted = parseWith(NewMembers, members, { at: "/members" });
  const { provider } = signer;
  if (provider === null)
    throw new BeltError("LEDGER_UNREACHABLE", "The account is not connected to a ledger.");
  try {
    return await deployAll({ signer, provider, terms, signal }, admitted);
  } catch (error) {
    signal?.throwIfAborted();
    throw ledgerError(error);
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
  members: readonly NewMember[],
): Promise<Deployment> {
  const administrator = await signer.getAddress();
  let nonce = await signer.getNonce("pending");
  const next = () => {
    signal?.throwIfAborted();
    return { nonce: nonce++ };
  };
  // An address follows from the account and its nonce: nothing waits for what it refers to.
  const directory = await new Directory__factory(signer).deploy(administrator, next());
  const Profiles = await new Profiles__factory(signer).deploy(administrator, next());
  const Offers = await new Offers__factory(signer).deploy(Profiles, next());
  const Belts = await new Belts__factory(signer).deploy(Profiles, Offers, next());
  const { currency, credit, acceptanceWindow } = terms;
  // The credit knows its escrow from the beginning, which is deployed right after it.
  const escrow = getCreateAddress({ from: administrator, nonce: nonce + 1 });
  const Credit =
    currency === undefined
      ? await new Credit__factory(signer).deploy(administrator, Profiles, escrow, next())
      : Credit__factory.connect(currency, signer);
  const Bookings = await new Bookings__factory(signer).deploy(
    Profiles,
    Offers,
    Belts,
    Credit,
    acceptanceWindow,
    next(),
  );
  const Receipts = await new Receipts__factory(signer).deploy(Profiles, next());
  const Consents = await new Consents__factory(signer).deploy(Profiles, next());
  const Connections = await new Connections__factory(signer).deploy(Profiles, next());
  const contracts = { Profiles, Offers, Belts, Credit, Bookings, Receipts, Consents, Connections };
  for (const contract of [directory, ...Object.values(contracts)]) await contract.waitForDeployment();
  await sendAll([
    ...directoryNames.map((name) => () => directory.set(directoryKey(name), contracts[name], next())),
    ...members.map(
      ({ address, name, kinds }) =>
        () =>
          Profiles.admit(address, name, kindBits(kinds), next()),
    ),
    ...members
      .filter(({ kinds }) => credit > 0n && kinds.includes("consumer"))
      .map(
        ({ address }) =>
          () =>
            Credit.mint(address, credit, next()),
      ),
  ]);
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
async function sendAll(calls: readonly (() => Promise<ContractTransactionResponse>)[]): Promise<void> {
  for (let start = 0; start < calls.length; start += inFlight) {
    const sent: ContractTransactionResponse[] = [];
    for (const call of calls.slice(start, start + inFlight)) sent.push(await call());
    for (const transaction of sent) await transaction.wait();
  }
}

function ledgerError(error: unknown): BeltError {
  if (error instanceof BeltError) return error;
  const cause = { cause: error };
  const words = error instanceof Error ? error.message : String(error);
  // Nodes say it in words of their own, of which ethers knows some.
  if (isError(error, "INSUFFICIENT_FUNDS") || /(?:insufficient|enough) (?:funds|balance)/i.test(words)) {
    return new BeltError("LEDGER_FUNDS_SHORT", "The account cannot pay for the deployment.", cause);
  }
  if (isError(error, "CALL_EXCEPTION")) {
    const context = { words: error.shortMessage, ...cause };
    return new LedgerRevert("deploy the contracts", decodeRevert(error.data ?? undefined), context);
  }
  if (isAway(error))
    return new BeltError("LEDGER_UNREACHABLE", `The ledger does not answer: ${words}`, cause);
  return new BeltError("LEDGER_CALL_FAILED", `The ledger did not take a transaction: ${words}`, cause);
}

/** Whether nobody answered: ethers says so itself, or passes on what the operating system said of the connection. */
function isAway(error: unknown): boolean {
  const known =
    isError(error, "NETWORK_ERROR") || isError(error, "TIMEOUT") || isError(error, "SERVER_ERROR");
  return known || (error instanceof Error && "syscall" in error);
}
