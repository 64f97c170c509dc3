import { encodeBytes32String, id } from "ethers";
import { type Decision, kindBits } from "../../pipeline/governance/index.ts";
import { type Address, AddressText } from "../../pipeline/index/index.ts";
import { type ContractCall, call as contractCall } from "./call.ts";
import { interfaces } from "./contracts.ts";

/** A call whose target may be a contract by its name in the directory, or any address. */
export type DecidedCall = ContractCall | { readonly target: Address; readonly data: string };

/** What is to be called when a decision is carried out, members being meant by address; for the rules of deciding as many calls as there are changes. */
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
        Communities.encodeFunctionData("replaceStewards", [id(given.community), [...given.stewards]]),
      );
    case "rules":
      return rulesOf(given, governance);
    case "call":
      return [{ target: AddressText.parse(given.target), data: given.data }];
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
