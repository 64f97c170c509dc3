import {
  AbiCoder,
  BrowserProvider,
  type ContractTransactionResponse,
  Interface,
  id,
  isError,
  keccak256,
  MaxUint256,
  Result,
  type Wallet,
  ZeroAddress,
  ZeroHash,
} from "ethers";
import { network } from "hardhat";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { chainAccount } from "../../nodes/ledger/chainAccounts.ts";
import { interfaces } from "../../nodes/ledger/contracts.ts";
import { deploy } from "../../nodes/ledger/deploy.ts";
import type { Deployment } from "../../nodes/ledger/deployment.ts";
import { kindBits, type MemberKind } from "../../pipeline/governance/index.ts";
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

/**
 * The accounts of the tests: who deployed and has no rights any more, three members, and somebody who is none; the
 * others are none either, until a test has them {@link admitted}.
 */
export const roles = [
  "deployer",
  "consumer",
  "bank",
  "bureau",
  "stranger",
  "overseer",
  "deputy",
  "third",
] as const;
export type Role = (typeof roles)[number];

const kinds: Partial<Record<Role, readonly MemberKind[]>> = {
  consumer: ["consumer"],
  bank: ["producer"],
  bureau: ["producer", "consumer", "network-supplier"],
};

/** What the consumer and the bureau can book with. */
export const startingCredit = 10n ** 60n;

/** The seconds in which only the consumer can settle a report. */
export const acceptanceWindow = 3_600;

/** How the members decide, in seconds and percent: two of the three are enough. */
export const rules = {
  votingDelay: 10,
  votingPeriod: 1_000,
  executionDelay: 100,
  quorum: 50,
  superQuorum: 51,
} as const;

/** A call that the members are to decide on. */
export interface Governed {
  readonly target: string;
  readonly data: string;
}

type Contracts = ReturnType<typeof connect>;

/** The contracts, called by an account. */
function connect({ directory, contracts }: Deployment, account: Wallet) {
  return {
    directory: Directory__factory.connect(directory, account),
    profiles: Profiles__factory.connect(contracts.Profiles, account),
    offers: Offers__factory.connect(contracts.Offers, account),
    belts: Belts__factory.connect(contracts.Belts, account),
    credit: Credit__factory.connect(contracts.Credit, account),
    bookings: Bookings__factory.connect(contracts.Bookings, account),
    receipts: Receipts__factory.connect(contracts.Receipts, account),
    governance: Governance__factory.connect(contracts.Governance, account),
    access: Access__factory.connect(contracts.Access, account),
    supervision: Supervision__factory.connect(contracts.Supervision, account),
    communities: Communities__factory.connect(contracts.Communities, account),
    consents: Consents__factory.connect(contracts.Consents, account),
    connections: Connections__factory.connect(contracts.Connections, account),
  };
}

/** A chain in this process with the contracts on it and three members admitted. */
export class Ledger {
  readonly provider: BrowserProvider;
  readonly deployment: Deployment;
  readonly accounts: Readonly<Record<Role, Wallet>>;
  readonly close: () => Promise<void>;
  /** Made once an account: reading their ABIs takes longer than calling them. */
  readonly #contracts = new Map<Role, Contracts>();

  private constructor(
    provider: BrowserProvider,
    deployment: Deployment,
    accounts: Readonly<Record<Role, Wallet>>,
    close: () => Promise<void>,
  ) {
    this.provider = provider;
    this.deployment = deployment;
    this.accounts = accounts;
    this.close = close;
  }

  static async create(): Promise<Ledger> {
    const connection = await network.create();
    const provider = new BrowserProvider(connection.provider, undefined, { cacheTimeout: -1 });
    const account = (role: Role) => chainAccount(roles.indexOf(role)).connect(provider);
    const accounts = {
      deployer: account("deployer"),
      consumer: account("consumer"),
      bank: account("bank"),
      bureau: account("bureau"),
      stranger: account("stranger"),
      overseer: account("overseer"),
      deputy: account("deputy"),
      third: account("third"),
    };
    const members = roles.flatMap((role) => {
      const own = kinds[role];
      return own === undefined ? [] : [{ address: accounts[role].address, name: role, kinds: own }];
    });
    const deployment = await deploy(accounts.deployer, {
      members,
      credit: startingCredit,
      acceptanceWindow,
      rules,
    });
    const ledger = new Ledger(provider, deployment, accounts, async () => {
      provider.destroy();
      await connection.close();
    });
    for (const role of ["consumer", "bank", "bureau"] as const) {
      await ledger.as(role).credit.approve(deployment.contracts.Bookings, MaxUint256);
    }
    return ledger;
  }

  /** The contracts, called by one of the accounts. */
  as(role: Role): Contracts {
    const known = this.#contracts.get(role);
    if (known !== undefined) return known;
    const made = connect(this.deployment, this.accounts[role]);
    this.#contracts.set(role, made);
    return made;
  }

  /** Has two members decide on calls, as {@link governBy}. */
  govern(...calls: readonly Governed[]): Promise<ContractTransactionResponse> {
    return this.governBy(["consumer", "bank"], ...calls);
  }

  /**
   * Has members decide on calls, and carry them out: resolves with the transaction that did, or throws what it was
   * refused with.
   */
  async governBy(
    voters: readonly [Role, ...Role[]],
    ...calls: readonly Governed[]
  ): Promise<ContractTransactionResponse> {
    const { governance } = this.as(voters[0]);
    const { propose, opens, queue, due, content } = await this.proposal(voters[0], ...calls);
    await propose();
    await this.travelTo(await opens());
    for (const role of voters) await this.as(role).governance.castVote(content.proposal, 1);
    await queue();
    await this.travelTo(await due());
    return governance.execute(content.targets, content.values, content.data, content.description);
  }

  /** The steps of a proposal by a member that is new at this block. */
  async proposal(proposer: Role, ...calls: readonly Governed[]) {
    const { governance } = this.as(proposer);
    const text = `decision-${await this.provider.getBlockNumber()}`;
    const targets = calls.map(({ target }) => target);
    const [values, data] = [calls.map(() => 0n), calls.map((call) => call.data)];
    const description = id(text);
    const proposal = await governance.hashProposal(targets, values, data, description);
    return {
      /** What the governing contract's calls name it by. */
      content: { proposal, targets, values, data, description, text },
      propose: () => governance.propose(targets, values, data, text),
      queue: () => governance.queue(targets, values, data, description),
      /** The first second in which it can be voted on; the first in which it can be carried out, once it is queued. */
      opens: async () => Number(await governance.proposalSnapshot(proposal)) + 1,
      due: async () => Number(await governance.proposalEta(proposal)),
    };
  }

  address(role: Role): string {
    return this.accounts[role].address;
  }

  /** The time of the newest block, in seconds since 1970. */
  async now(): Promise<number> {
    return (await this.block()).timestamp;
  }

  async block(): Promise<{ readonly number: number; readonly timestamp: number }> {
    const block = await this.provider.getBlock("latest");
    if (block === null) throw new Error("the chain has no block");
    return block;
  }

  /** Mines a block with this time; the next transaction comes a second later. */
  async travelTo(time: number): Promise<void> {
    await this.provider.send("evm_setNextBlockTimestamp", [time]);
    await this.provider.send("evm_mine", []);
  }

  /** Gives the block of the next transaction this time. */
  async nextBlockAt(time: number): Promise<void> {
    await this.provider.send("evm_setNextBlockTimestamp", [time]);
  }
}

/** What the members can decide, by what it does. */
export const decisions = ({ deployment: { directory, contracts } }: Ledger) => ({
  admit: (member: string, name: string, kinds: number) => ({
    target: contracts.Profiles,
    data: interfaces.Profiles.encodeFunctionData("admit", [member, name, kinds]),
  }),
  suspend: (member: string) => ({
    target: contracts.Profiles,
    data: interfaces.Profiles.encodeFunctionData("suspend", [member]),
  }),
  reinstate: (member: string) => ({
    target: contracts.Profiles,
    data: interfaces.Profiles.encodeFunctionData("reinstate", [member]),
  }),
  remove: (member: string) => ({
    target: contracts.Profiles,
    data: interfaces.Profiles.encodeFunctionData("remove", [member]),
  }),
  changeKinds: (member: string, kinds: number) => ({
    target: contracts.Profiles,
    data: interfaces.Profiles.encodeFunctionData("changeKinds", [member, kinds]),
  }),
  mint: (member: string, amount: bigint) => ({
    target: contracts.Credit,
    data: interfaces.Credit.encodeFunctionData("mint", [member, amount]),
  }),
  burn: (holder: string, amount: bigint) => ({
    target: contracts.Credit,
    data: interfaces.Credit.encodeFunctionData("burn", [holder, amount]),
  }),
  set: (name: string, target: string) => ({
    target: directory,
    data: interfaces.Directory.encodeFunctionData("set", [name, target]),
  }),
  lift: () => ({
    target: contracts.Supervision,
    data: interfaces.Supervision.encodeFunctionData("lift"),
  }),
  found: (name: string, stewards: readonly string[]) => ({
    target: contracts.Communities,
    data: interfaces.Communities.encodeFunctionData("found", [name, [...stewards]]),
  }),
  replaceStewards: (community: string, stewards: readonly string[]) => ({
    target: contracts.Communities,
    data: interfaces.Communities.encodeFunctionData("replaceStewards", [community, [...stewards]]),
  }),
});

/** One chain for the tests of a file; each test finds it as `prepare` left it. */
export function useLedger(prepare: (ledger: Ledger) => Promise<void> = async () => undefined): () => Ledger {
  let ledger: Ledger | undefined;
  let snapshot: unknown;
  const current = () => {
    if (ledger === undefined) throw new Error("the chain is there only while tests run");
    return ledger;
  };
  beforeAll(async () => {
    ledger = await Ledger.create();
    await prepare(ledger);
    snapshot = await ledger.provider.send("evm_snapshot", []);
  });
  beforeEach(async () => {
    await current().provider.send("evm_revert", [snapshot]);
    snapshot = await current().provider.send("evm_snapshot", []);
  });
  afterAll(async () => {
    await ledger?.close();
  });
  return current;
}

/** The errors of all contracts. */
export const errors = new Interface(
  Object.values<Interface>(interfaces).flatMap(({ fragments }) =>
    fragments.filter(({ type }) => type === "error"),
  ),
);

/** Has the members admit these accounts. */
export async function admitted(
  ledger: Ledger,
  kinds: readonly MemberKind[],
  ...admittedRoles: readonly Role[]
): Promise<void> {
  const { admit } = decisions(ledger);
  await ledger.govern(...admittedRoles.map((role) => admit(ledger.address(role), role, kindBits(kinds))));
}

/** The custom error with which a contract refuses a call, and its parameters by name. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ error: string; [parameter: string]: unknown }> {
  try {
    await call;
  } catch (error) {
    const description = isError(error, "CALL_EXCEPTION") ? errors.parseError(error.data ?? "0x") : null;
    if (description === null) throw error;
    return { error: description.name, ...plain(description.args) };
  }
  throw new Error("the contract did not refuse");
}

/** The events of a transaction that a contract's interface knows, in order, with their parameters by name. */
export async function eventsOf(
  sent: Promise<ContractTransactionResponse>,
  contract: { readonly interface: Interface },
): Promise<{ event: string; [parameter: string]: unknown }[]> {
  const receipt = await (await sent).wait();
  return (receipt?.logs ?? []).flatMap((log) => {
    const event = contract.interface.parseLog(log);
    return event === null ? [] : [{ event: event.name, ...plain(event.args) }];
  });
}

/** A contract's answer as a plain object, its lists as plain lists. */
export function plain(result: object): Record<string, unknown> {
  if (!(result instanceof Result)) throw new Error("this is no answer of a contract");
  return Object.fromEntries(
    Object.entries(result.toObject()).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...value] : value,
    ]),
  );
}

/** A hash that stands for a document, a root or a key. */
export function hash(number: number): string {
  return `0x${number.toString(16).padStart(64, "0")}`;
}

/** The id that the protocol gives to an offer. */
export function offerId(member: string, document: string): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [member, document]));
}

/** The id that the protocol gives to a consent. */
export function consentIdOf(use: {
  readonly owner: string;
  readonly grantee: string;
  readonly source: string;
  readonly purpose: string;
}): string {
  const types = ["address", "address", "bytes32", "bytes32"];
  const { owner, grantee, source, purpose } = use;
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [owner, grantee, source, purpose]));
}

/** The id that the protocol gives to a sheet. */
export function sheetId(ledger: Ledger, role: Role, root: string): string {
  const { chainId, contracts } = ledger.deployment;
  const fields = [chainId, contracts.Bookings, ledger.address(role), root];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "address", "address", "bytes32"], fields));
}

/** The terms of the offers that {@link offersOf} makes. */
export const offerTerms = {
  kind: 1,
  price: 250n,
  deadlineSeconds: 3_600,
  capacity: 1_024,
  days: 30,
} as const;

/** The ids of so many offers of a member, in order; makes those that are not there yet. */
export async function offersOf(ledger: Ledger, role: Role, count: number): Promise<string[]> {
  const { offers } = ledger.as(role);
  const { kind, price, deadlineSeconds, capacity, days } = offerTerms;
  const validUntil = (await ledger.now()) + days * 86_400;
  const ids: string[] = [];
  for (let place = 0; place < count; place++) {
    const document = hash(1_000 + place);
    const id = keccak256(
      AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [ledger.address(role), document]),
    );
    if ((await offers.memberOf(id)) === ZeroAddress) {
      await offers.publish(document, kind, price, deadlineSeconds, capacity, validUntil);
    }
    ids.push(id);
  }
  return ids;
}

/** Publishes a belt of two stations: 0 is the bank's, 1 the bureau's. */
export async function publishTwoStations(ledger: Ledger, belt: string, by: Role = "consumer"): Promise<void> {
  const offers = [...(await offersOf(ledger, "bank", 1)), ...(await offersOf(ledger, "bureau", 1))];
  await ledger.as(by).belts.publish(belt, ZeroHash, offers);
}

/** Books a sheet of the consumer, and gives its id. */
export async function sheetOf(
  ledger: Ledger,
  sheet: {
    readonly belt: string;
    readonly root: string;
    readonly count: number;
    readonly deadline: number;
  },
): Promise<string> {
  const { bookings } = ledger.as("consumer");
  const booking = bookings.book(sheet.belt, sheet.root, sheet.count, sheet.deadline, MaxUint256);
  const nothing: Record<string, unknown> = {};
  const [{ sheet: id } = nothing] = await eventsOf(booking, bookings);
  if (typeof id !== "string") throw new Error("nothing was booked");
  return id;
}
