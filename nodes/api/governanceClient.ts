import { z } from "zod";
import { writingOver } from "./clientWriting.ts";
import type { GovernanceOperations } from "./governanceOperations.ts";
import {
  Cancelled,
  CarriedOut,
  Community,
  type CommunityChange,
  GovernanceRules,
  Member,
  type NewMotion,
  type NewProposal,
  Proposal,
  ProposalDetail,
  Proposed,
  type Resignation,
  Voted,
  Written,
} from "./governanceSchemas.ts";
import type { ApiClientParts, Ask } from "./request.ts";

type AskFor = <T extends z.ZodType>(name: string, schema: T, given?: Ask) => Promise<z.output<T>>;

/** What the members decide and have in common, over a running node's API. */
export function governanceClient(parts: ApiClientParts, ask: AskFor): GovernanceOperations {
  const ofProposal = (proposal: string) => ({ params: { proposal } });
  return {
    members: async () => (await ask("members", z.object({ members: z.array(Member) }))).members,
    rules: () => ask("rules", GovernanceRules),
    proposals: async () => (await ask("proposals", z.object({ proposals: z.array(Proposal) }))).proposals,
    proposal: (proposal) => ask("proposal", ProposalDetail, ofProposal(proposal)),
    propose: writingOver(parts, "propose", { answer: Proposed, asked: (body: NewProposal) => ({ body }) }),
    vote: writingOver(parts, "vote", {
      answer: Voted,
      asked: ({ proposal, support }: { readonly proposal: string; readonly support: Voted["support"] }) => ({
        ...ofProposal(proposal),
        body: { support },
      }),
    }),
    carryOut: writingOver(parts, "carryOut", { answer: CarriedOut, asked: ofProposal }),
    cancelProposal: writingOver(parts, "cancelProposal", { answer: Cancelled, asked: ofProposal }),
    resign: writingOver(parts, "resign", { answer: Written, asked: (body: Resignation) => ({ body }) }),
    movePause: writingOver(parts, "movePause", { answer: Written, asked: (body: NewMotion) => ({ body }) }),
    communities: async () =>
      (await ask("communities", z.object({ communities: z.array(Community) }))).communities,
    changeCommunity: writingOver(parts, "changeCommunity", {
      answer: Written,
      asked: (given: { readonly community: string; readonly change: CommunityChange }) => ({
        params: { community: given.community },
        body: given.change,
      }),
    }),
  };
}
