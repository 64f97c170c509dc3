import { encodeBytes32String } from "ethers";
import { z } from "zod";
import { Bytes32, Name } from "../../pipeline/belt/index.ts";
import { type Address, AddressText } from "../../pipeline/index/index.ts";
import { type ContractCall, call as contractCall } from "./call.ts";
import { interfaces } from "./contracts.ts";
import { kindBits, MemberKind } from "./memberKinds.ts";

const kinds = z.array(MemberKind).min(1).readonly();
const amount = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,77}$/, "use a whole number")]);
const seconds = z.int().nonnegative().max(7_776_000, "use 90 days at most").optional();
const percent = z.int().min(1, "use 1 to 100").max(100, "use 1 to 100").optional();
const data = z.string().regex(/^0x(?:[0-9a-fA-F]{2}){4,10000}$/, "use bytes: 0x and hexadecimal digits");
const stewards = z.array(AddressText).min(1).max(32).readonly();
const decision = <What extends string, Shape extends z.ZodRawShape>(what: What, shape: Shape) =>
  z.strictObject({ decision: z.literal(what), ...shape });

/** One thing that only the members can decide. Accounts are addresses; amounts are in the currency's smallest unit. */
export const Decision = z.discriminatedUnion("decision", [
  decision("admit", { account: AddressText, name: Name, kinds }),
  decision("suspend", { member: AddressText }),
  decision("reinstate", { member: AddressText }),
  decision("remove", { member: AddressText }),
  decision("kinds", { member: AddressText, kinds }),
  decision("mint", { member: AddressText, amount }),
  decision("burn", { member: AddressText, amount }),
  decision("directory", {
    name: z.string().regex(/^[A-Za-z]\w{0,30}$/, "use a short name"),
    target: AddressText,
  }),
  decision("lift", {}),
  decision("found", { name: Name, stewards }),
  decision("stewards", { community: Bytes32, stewards }),
  decision("rules", {
    votingDelay: seconds,
    votingPeriod: seconds,
    executionDelay: seconds,
    quorum: percent,
    superQuorum: percent,
  }),
  decision("call", { target: AddressText, data }),
]);
export type Decision = z.infer<typeof Decision>;

/** A call whose target may be a contract by its name in the directory, or any address. */
export type DecidedCall = ContractCall | { readonly target: Address; readonly data: string };

/** What is to be called when a decision is carried out; for the rules of deciding as many calls as there are changes. */
export function callsOf(given: Decision, governance: Address): DecidedCall[] {
  const { Profiles, Credit, Directory, Supervision, Communities } = interfaces;
  switch (given.decision) {
    case "admit": {
      const { account, name, kinds: all } = given;
      return one("Profiles", "admit a member", () =>
        Profiles.encodeFunctionData("admit", [account, name, kindBits(all)]),
      );
    }
    case "suspend":
      return one("Profiles", "suspend a member", () =>
        Profiles.encodeFunctionData("suspend", [given.member]),
      );
    case "reinstate":
      return one("Profiles", "reinstate a member", () =>
        Profiles.encodeFunctionData("reinstate", [given.member]),
      );
    case "remove":
      return one("Profiles", "remove a member", () => Profiles.encodeFunctionData("remove", [given.member]));
    case "kinds":
      return one("Profiles", "change what a member is", () =>
        Profiles.encodeFunctionData("changeKinds", [given.member, kindBits(given.kinds)]),
      );
    case "mint":
      return one("Credit", "make credit", () =>
        Credit.encodeFunctionData("mint", [given.member, BigInt(given.amount)]),
      );
    case "burn":
      return one("Credit", "take credit out of the world", () =>
        Credit.encodeFunctionData("burn", [given.member, BigInt(given.amount)]),
      );
    case "directory":
      return one("Directory", "change the directory", () =>
        Directory.encodeFunctionData("set", [encodeBytes32String(given.name), given.target]),
      );
    case "lift":
      return one("Supervision", "lift the pause", () => Supervision.encodeFunctionData("lift"));
    case "found":
      return one("Communities", "found a community", () =>
        Communities.encodeFunctionData("found", [given.name, [...given.stewards]]),
      );
    case "stewards":
      return one("Communities", "replace stewards", () =>
        Communities.encodeFunctionData("replaceStewards", [given.community, [...given.stewards]]),
      );
    case "rules":
      return rulesOf(given, governance);
    case "call":
      return [{ target: given.target, data: given.data }];
  }
}

const one = (...call: Parameters<typeof contractCall>): DecidedCall[] => [contractCall(...call)];

/** The role of whoever may do everything; only Governance has it. */
const everything = 0;

function rulesOf(given: Extract<Decision, { decision: "rules" }>, governance: Address): DecidedCall[] {
  const { Governance, Access } = interfaces;
  const { votingDelay, votingPeriod, executionDelay, quorum, superQuorum } = given;
  const change = (encode: () => string) => one("Governance", "change the rules", encode);
  const grant = (delay: number) =>
    one("Access", "change the rules", () =>
      Access.encodeFunctionData("grantRole", [everything, governance, delay]),
    );
  const setSuperQuorum = (share: number) =>
    change(() => Governance.encodeFunctionData("updateSuperQuorumNumerator", [share]));
  return [
    votingDelay === undefined
      ? []
      : change(() => Governance.encodeFunctionData("setVotingDelay", [votingDelay])),
    votingPeriod === undefined
      ? []
      : change(() => Governance.encodeFunctionData("setVotingPeriod", [votingPeriod])),
    // For what the access contract knows, and for the rest.
    executionDelay === undefined
      ? []
      : [
          ...grant(executionDelay),
          ...change(() => Governance.encodeFunctionData("setBaseDelaySeconds", [executionDelay])),
        ],
    // The quorum is never above the super quorum, also between these calls.
    quorum === undefined || superQuorum === undefined ? [] : setSuperQuorum(100),
    quorum === undefined
      ? []
      : change(() => Governance.encodeFunctionData("updateQuorumNumerator", [quorum])),
    superQuorum === undefined ? [] : setSuperQuorum(superQuorum),
  ].flat();
}
