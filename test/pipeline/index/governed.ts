import type { IndexView } from "../../../pipeline/index/index.ts";
import { addressOf, type Fact, hashOf } from "./ledger.ts";

/** What the contracts by which the members govern say. */
export const proposed = (proposal: string, proposer: string, calls = 1): Fact => ({
  event: "ProposalCreated",
  proposalId: BigInt(hashOf("proposal", proposal)),
  proposer,
  targets: Array.from({ length: calls }, (_, place) => addressOf("target", place)),
  values: Array.from({ length: calls }, () => 0n),
  signatures: Array.from({ length: calls }, () => ""),
  calldatas: Array.from({ length: calls }, (_, place) => `0x0${place % 10}`),
  voteStart: 1_700_000_100n,
  voteEnd: 1_700_000_900n,
  description: `minutes-${proposal}`,
});

export const voted = (proposal: string, voter: string, support: number): Fact => ({
  event: "VoteCast",
  voter,
  proposalId: BigInt(hashOf("proposal", proposal)),
  support,
  weight: 1n,
  reason: "",
});

export const moved = (what: "Queued" | "Executed" | "Canceled", proposal: string): Fact => ({
  event: `Proposal${what}`,
  proposalId: BigInt(hashOf("proposal", proposal)),
  ...(what === "Queued" ? { etaSeconds: 1_700_001_000n } : {}),
});

export const community = (name: string) => hashOf("community", name);

/** A fact that these contracts could say next, chosen by two numbers from what the ledger says so far. */
export function governedFact(view: IndexView, choice: number, value: number): Fact | undefined {
  const members = [...view.profiles.keys()];
  const member = members[value % Math.max(1, members.length)];
  const name = String(value % 5);
  if (member === undefined) return undefined;
  const inCommunity = { community: community(name), member };
  const facts: readonly Fact[] = [
    { event: "MemberSuspended", member },
    { event: "MemberReinstated", member },
    { event: "MemberRemoved", member },
    { event: "MemberLeft", member },
    { event: "KindsChanged", member, kinds: value % 32 },
    ...(view.proposals.has(hashOf("proposal", name)) ? [] : [proposed(name, member, 1 + (value % 3))]),
    voted(name, member, value % 4),
    moved("Queued", name),
    moved("Executed", name),
    moved("Canceled", name),
    { event: "PauseMoved", supervisor: member, lapsesAt: value },
    { event: "PauseBegun", first: member, second: member, until: value },
    { event: "PauseLifted" },
    ...(view.communities.has(community(name))
      ? []
      : [{ event: "CommunityFounded", community: community(name), name }]),
    { event: "StewardAdded", ...inCommunity },
    { event: "StewardRemoved", ...inCommunity },
    { event: "CommunityJoined", ...inCommunity },
    { event: "CommunityLeft", ...inCommunity },
    { event: "BeltAdopted", community: community(name), belt: hashOf("belt", value % 3) },
    { event: "BeltDropped", community: community(name), belt: hashOf("belt", value % 3) },
    { event: "ChannelSet", community: community(name), channel: "chat", url: value % 2 === 0 ? "" : name },
  ];
  return facts[choice % facts.length];
}
