import { AbiCoder, decodeBytes32String, keccak256, id as keccakOf } from "ethers";
import { z } from "zod";
import { kindsOf, type ProposalState, proposalStates } from "../../pipeline/governance/index.ts";
import {
  type Address,
  type Hash,
  HashText,
  type IndexView,
  type ProposedCall,
} from "../../pipeline/index/index.ts";
import { type ContractName, interfaceOf, interfaces } from "./contracts.ts";
import { LedgerRevert } from "./revert.ts";
import type { Rpc } from "./rpc.ts";
import { readView } from "./view.ts";
import { namesIn } from "./words.ts";

/** The hash by which calls of the governing contract name a proposal's description. */
export const descriptionHash = (description: string): Hash => HashText.parse(keccakOf(description));

/** The id that a proposal has: it follows from everything in it. */
export function proposalId(calls: readonly ProposedCall[], description: string): Hash {
  const types = ["address[]", "uint256[]", "bytes[]", "bytes32"];
  const values = [
    calls.map(({ target }) => target),
    calls.map(({ value }) => value),
    calls.map(({ data }) => data),
    descriptionHash(description),
  ];
  return HashText.parse(keccak256(AbiCoder.defaultAbiCoder().encode(types, values)));
}

/** How a proposal stands now, and how many members' votes it needs. */
export interface ProposalStanding {
  readonly state: ProposalState;
  /** How many must be for it or abstain; undefined before the vote opens. */
  readonly quorum: number | undefined;
  /** How many decide it at once by being for it; undefined before the vote opens. */
  readonly superQuorum: number | undefined;
}

/** How the members decide: times in seconds, shares in percent of the members. */
export interface GovernanceRules {
  readonly votingDelay: number;
  readonly votingPeriod: number;
  readonly executionDelay: number;
  readonly quorum: number;
  readonly superQuorum: number;
}

export interface GovernanceParts {
  readonly rpc: Rpc;
  readonly view: IndexView;
  readonly addressOf: (contract: ContractName, signal?: AbortSignal) => Promise<Address>;
}

const Whole = z.bigint().nonnegative().transform(Number);

/**
 * Asks the governing contract how a proposal stands.
 *
 * @throws {BeltError} `NOT_FOUND` when it knows no such proposal, and those of {@link readView}
 */
export async function readStanding(
  { rpc, view, addressOf }: GovernanceParts,
  proposal: Hash,
  signal?: AbortSignal,
): Promise<ProposalStanding> {
  const to = await addressOf("Governance", signal);
  const ask = async (name: "state" | "quorum" | "superQuorum", value: bigint) => {
    const known = interfaces.Governance;
    const question = { to, known, name, values: [value], what: "tell how the proposal stands" };
    return Whole.parse((await readView(rpc, { ...question, now: true }))[0]);
  };
  const opens = BigInt(view.proposals.get(proposal)?.opens ?? 0);
  /** The number of members then is known from the next second on. */
  const share = (name: "quorum" | "superQuorum") => ask(name, opens).catch(notYet);
  const [state, quorum, superQuorum] = await Promise.all([
    ask("state", BigInt(proposal)),
    share("quorum"),
    share("superQuorum"),
  ]);
  return { state: proposalStates[state] ?? "pending", quorum, superQuorum };
}

function notYet(error: unknown): undefined {
  if (error instanceof LedgerRevert && error.revert.error === "ERC5805FutureLookup") return undefined;
  throw error;
}

/** Asks the governing contract by which rules the members decide now. */
export async function readRules(
  { rpc, addressOf }: GovernanceParts,
  signal?: AbortSignal,
): Promise<GovernanceRules> {
  const to = await addressOf("Governance", signal);
  const ask = async (name: string) => {
    const view = { to, known: interfaces.Governance, name, what: "tell the rules" };
    return Whole.parse((await readView(rpc, view))[0]);
  };
  const [votingDelay, votingPeriod, executionDelay, quorum, superQuorum] = await Promise.all([
    ask("votingDelay"),
    ask("votingPeriod"),
    ask("baseDelaySeconds"),
    ask("quorumNumerator()"),
    ask("superQuorumNumerator()"),
  ]);
  return { votingDelay, votingPeriod, executionDelay, quorum, superQuorum };
}

/** What a call of a proposal does, for people: the contract's and function's names, and the parameters. */
export function describeCall(
  { view, directory }: { readonly view: IndexView; readonly directory: Address },
  { target, data, value }: ProposedCall,
): string {
  const nameOf = namesIn(view);
  const sends = value === 0n ? "" : `, sending ${value} wei`;
  const names = target === directory ? ["Directory"] : (view.contracts.get(target)?.names.keys() ?? []);
  for (const name of names) {
    const call = interfaceOf(name)?.parseTransaction({ data });
    if (!call) continue;
    const parameters = call.fragment.inputs.map((input, place) => {
      const parameter: unknown = call.args[place];
      return `${input.name} ${parameterText(input.name, parameter, nameOf)}`;
    });
    return `${name}.${call.name}(${parameters.join(", ")})${sends}`;
  }
  return `${nameOf(target) ?? target}: ${data.slice(0, 74)}${data.length > 74 ? "…" : ""}${sends}`;
}

function parameterText(
  name: string,
  value: unknown,
  nameOf: (account: string) => string | undefined,
): string {
  if (Array.isArray(value)) return `[${value.map((each) => parameterText(name, each, nameOf)).join(", ")}]`;
  const text = String(value);
  if (name === "name" && text.startsWith("0x")) return shortText(text);
  if (name === "kinds") return kindsOf(Number(value)).join("+");
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return nameOf(text.toLowerCase()) ?? text.toLowerCase();
  return text;
}

/** A name of the directory: 32 bytes with a short text, or whatever else they are. */
function shortText(bytes: string): string {
  try {
    return decodeBytes32String(bytes);
  } catch {
    return bytes;
  }
}
