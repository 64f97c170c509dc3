import { z } from "zod";
import { Bytes32, Name } from "../../pipeline/belt/index.ts";
import { Decision, MemberKind, MemberName, proposalStates } from "../../pipeline/governance/index.ts";
import { Address } from "../../pipeline/tray/index.ts";
import { Time } from "./values.ts";

const Votes = z.int().nonnegative();
const Seconds = z.int().nonnegative();

export const Standing = z
  .enum(["active", "suspended", "left", "removed"])
  .describe("Only an active member may act; the others are or were members.");

export const Member = z.object({
  member: Address,
  name: Name,
  kinds: z.array(MemberKind).readonly(),
  standing: Standing,
  url: z.string().nullable(),
  admittedAt: Time,
});
export type Member = z.infer<typeof Member>;

export const Support = z.enum(["for", "against", "abstain"]);

export const ProposalState = z.enum(proposalStates);

/** How the members decide: times in seconds, shares in percent of the members. */
export const GovernanceRules = z.object({
  votingDelay: Seconds.describe("From a proposal to the opening of its vote."),
  votingPeriod: Seconds,
  executionDelay: Seconds.describe("From queuing what passed to carrying it out."),
  quorum: z.int().describe("Percent of the members that must be for it or abstain."),
  superQuorum: z.int().describe("Percent of the members that decide it at once by being for it."),
});
export type GovernanceRules = z.infer<typeof GovernanceRules>;

export const Proposal = z.object({
  proposal: Bytes32,
  state: ProposalState,
  reference: z.string().describe("Leads to where it is explained."),
  proposer: Address,
  proposerName: z.string(),
  calls: z.array(z.string()).describe("What is called when it is carried out."),
  votes: z.object({ for: Votes, against: Votes, abstain: Votes }),
  quorum: Votes.optional().describe("How many must be for it or abstain; known once the vote is open."),
  superQuorum: Votes.optional().describe("How many decide it at once by being for it."),
  proposedAt: Time,
  opensAt: Time,
  closesAt: Time,
  dueAt: Time.optional().describe("From when on it can be carried out, once it is queued."),
  executedAt: Time.optional(),
});
export type Proposal = z.infer<typeof Proposal>;

export const Ballot = z.object({ member: Address, memberName: z.string(), support: Support, at: Time });

export const ProposalDetail = Proposal.extend({ ballots: z.array(Ballot) });
export type ProposalDetail = z.infer<typeof ProposalDetail>;

export const NewProposal = z.strictObject({
  decisions: z.array(Decision).min(1).max(32).describe("All of them are carried out, or none."),
  reference: z
    .string()
    .regex(/^[\x21-\x7e]{1,204}$/, "use 1 to 204 visible ASCII characters without spaces")
    .describe(
      "Leads to where it is explained, such as a hash, a URL or a slug: the ledger holds no free text.",
    ),
});
export type NewProposal = z.infer<typeof NewProposal>;

export const Proposed = z.object({ proposal: Bytes32, transaction: Bytes32 });
export type Proposed = z.infer<typeof Proposed>;

export const NewVote = z.strictObject({ support: Support });

export const Voted = z.object({ proposal: Bytes32, support: Support, transaction: Bytes32 });
export type Voted = z.infer<typeof Voted>;

export const CarriedOut = z.object({
  proposal: Bytes32,
  state: z.enum(["queued", "executed"]),
  dueAt: Time.optional().describe("When it is queued: from when on it can be carried out."),
  transaction: Bytes32,
});
export type CarriedOut = z.infer<typeof CarriedOut>;

export const Cancelled = z.object({ proposal: Bytes32, transaction: Bytes32 });
export type Cancelled = z.infer<typeof Cancelled>;

export const Resignation = z.strictObject({
  name: Name.describe("The member's own name, against mistakes."),
});
export type Resignation = z.infer<typeof Resignation>;

export const NewMotion = z.strictObject({});
export type NewMotion = z.infer<typeof NewMotion>;

export const Written = z.object({ transaction: Bytes32 });
export type Written = z.infer<typeof Written>;

// --- communities

export const Community = z.object({
  community: Bytes32,
  name: Name,
  foundedAt: Time,
  stewards: z.array(z.object({ member: Address, memberName: z.string() })),
  members: z.array(z.object({ member: Address, memberName: z.string() })),
  belts: z.array(Bytes32),
  channels: z.record(z.string(), z.string()).describe("Where its channels are, by name."),
});
export type Community = z.infer<typeof Community>;

const change = <What extends string, Shape extends z.ZodRawShape>(what: What, shape: Shape) =>
  z.strictObject({ change: z.literal(what), ...shape });

export const CommunityChange = z.discriminatedUnion("change", [
  change("join", {}),
  change("quit", {}),
  change("add-steward", { member: MemberName }),
  change("remove-steward", { member: MemberName }),
  change("adopt", { belt: Bytes32 }),
  change("drop", { belt: Bytes32 }),
  change("channel", {
    channel: Name,
    url: z.string().max(256).nullable().describe("Where the channel is; null to close it."),
  }),
]);
export type CommunityChange = z.infer<typeof CommunityChange>;
