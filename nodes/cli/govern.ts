import { Command } from "commander";
import type { NodeOperations, Proposal, ProposalDetail } from "../api/index.ts";
import { type JsonOption, type NodeOptions, withExamples, withJson, withNode } from "./command.ts";
import { proposeCommand } from "./governPropose.ts";
import { withListing } from "./listing.ts";
import {
  type Column,
  print,
  printable,
  printFields,
  printJson,
  printTable,
  short,
  styled,
} from "./output.ts";
import { placesOf } from "./places.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

/** `belt govern`: what the members decide together. */
export function governCommand(): Command {
  return withExamples(
    new Command("govern")
      .summary("propose, vote, carry out what the members decide")
      .description(
        "Take part in what the members decide: who is a member and what it is, the credit, the communities, the rules themselves. One active member, one vote.",
      ),
    ["belt govern propose admit 0x8ba1… --name acme --kinds producer", "propose a new member"],
    ["belt govern vote 0x3e10 for", "say yes to a proposal"],
    ["belt govern execute 0x3e10", "carry out what has passed"],
  )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(proposeCommand())
    .addCommand(voteCommand())
    .addCommand(executeCommand())
    .addCommand(cancelCommand())
    .addCommand(pauseCommand())
    .addCommand(resignCommand());
}

/** How a proposal's votes stand: `2 for, 1 against, 0 abstain`. */
export const votesOf = ({ votes }: Pick<Proposal, "votes">): string =>
  `${votes.for} for, ${votes.against} against, ${votes.abstain} abstain`;

export const proposalColumns: readonly Column<Proposal>[] = [
  { title: "PROPOSAL", of: ({ proposal }) => short(proposal) },
  { title: "BY", of: ({ proposerName }) => proposerName },
  {
    title: "STATE",
    of: ({ state }) => state,
    style: ({ state }) => (state === "active" ? "green" : state === "defeated" ? "dim" : undefined),
  },
  { title: "VOTES", of: votesOf },
  { title: "CLOSES", of: ({ closesAt }) => closesAt.slice(0, 19) },
  { title: "WHAT", of: ({ calls }) => calls.join("; ") },
];

function listCommand(): Command {
  const command = new Command("list")
    .description("List the proposals, the newest first: their state, votes, and what they would do.")
    .option("--open", "only those that can be voted on, or carried out", false);
  const going = new Set<Proposal["state"]>(["pending", "active", "succeeded", "queued"]);
  const listing = withListing(command, {
    async rows(node, { open: only }: { readonly open: boolean }) {
      const all = await node.proposals();
      return only ? all.filter(({ state }) => going.has(state)) : all;
    },
    as: "proposals",
    columns: proposalColumns,
    none: "There are no proposals.",
  });
  return withExamples(listing, ["belt govern list --open", "what is to be decided"]);
}

function showCommand(): Command {
  const command = new Command("show")
    .description("Show a proposal: what it would do, who voted how, and when it can be carried out.")
    .argument("<proposal>", "its id, or a beginning of it")
    .action(async (given: string, { json, ...options }: NodeOptions & JsonOption) => {
      const { node, proposal } = await open(given, options);
      const found = await node.proposal(proposal);
      if (json) printJson(found);
      else printProposal(found);
    });
  return withExamples(withJson(withNode(command)), ["belt govern show 0x3e10", "by the beginning of its id"]);
}

export function printProposal(found: ProposalDetail): void {
  const { quorum, superQuorum } = found;
  const needs = `${quorum ?? "?"} for it or in abstention; ${superQuorum ?? "?"} for it decide at once`;
  printFields([
    ["proposal", found.proposal],
    ["state", found.state],
    ["reference", found.reference],
    ["by", `${found.proposerName} (${found.proposer})`],
    ["proposed", found.proposedAt],
    ["vote", `${found.opensAt} to ${found.closesAt}`],
    ["votes", votesOf(found)],
    ["needs", quorum === undefined ? undefined : needs],
    ["can be carried out", found.dueAt],
    ["carried out", found.executedAt],
  ]);
  print();
  print(styled("bold", "What it does"));
  for (const call of found.calls) print(`  ${printable(call)}`);
  print();
  printTable(
    found.ballots,
    [
      { title: "MEMBER", of: ({ memberName }) => memberName },
      { title: "VOTE", of: ({ support }) => support },
      { title: "AT", of: ({ at }) => at.slice(0, 19) },
    ],
    "Nobody has voted.",
  );
}

type ProposalOptions = NodeOptions & WritingOptions;
const places = placesOf({ proposal: "<proposal>", support: "<vote>", name: "<name>" });

function voteCommand(): Command {
  const command = new Command("vote")
    .description("Vote on a proposal. Every member that was active when the vote opened has one vote, once.")
    .argument("<proposal>", "its id, or a beginning of it")
    .argument("<vote>", "for, against or abstain")
    .action(async (given: string, text: string, options: ProposalOptions) => {
      const { Support } = await import("../api/index.ts");
      const { parseWith } = await import("../parse.ts");
      const support = parseWith(Support, text, { code: "USAGE_INVALID", at: "<vote>" });
      const { node, proposal } = await open(given, options);
      const voted = await perform(node.vote, { proposal, support }, { ...options, places });
      if (voted === undefined) return;
      if (options.json) printJson(voted);
      else print(`This member's vote on ${short(proposal)}: ${support}.`);
    });
  return withExamples(
    withWriting(withNode(command)),
    ["belt govern vote 0x3e10 for", "yes"],
    ["belt govern vote 0x3e10 abstain --dry-run", "whether this member can vote on it"],
  );
}

function executeCommand(): Command {
  const command = new Command("execute")
    .description(
      "Carry out a proposal that has passed: it is queued, and executed once its delay is over. Anybody can do either.",
    )
    .argument("<proposal>", "its id, or a beginning of it")
    .action(async (given: string, options: ProposalOptions) => {
      const { node, proposal } = await open(given, options);
      const done = await perform(node.carryOut, proposal, { ...options, places });
      if (done === undefined) return;
      if (options.json) printJson(done);
      else if (done.state === "executed") print(`Proposal ${short(proposal)} is carried out.`);
      else print(`Proposal ${short(proposal)} is queued: execute it again from ${done.dueAt} on.`);
    });
  return withExamples(withWriting(withNode(command)), ["belt govern execute 0x3e10", "what has passed"]);
}

function cancelCommand(): Command {
  const command = new Command("cancel")
    .description("Take back a proposal of this member, as long as its vote is not open.")
    .argument("<proposal>", "its id, or a beginning of it")
    .action(async (given: string, options: ProposalOptions) => {
      const { node, proposal } = await open(given, options);
      const done = await perform(node.cancelProposal, proposal, { ...options, places });
      if (done === undefined) return;
      if (options.json) printJson(done);
      else print(`Proposal ${short(proposal)} is taken back.`);
    });
  return withExamples(withWriting(withNode(command)), ["belt govern cancel 0x3e10", "an own proposal"]);
}

function pauseCommand(): Command {
  const command = new Command("pause")
    .description(
      "Move, as a supervisor, to pause new bookings. When another supervisor does so within 24 hours they are paused for 72 hours. What is booked goes on.",
    )
    .action(async (options: ProposalOptions) => {
      const { connect } = await import("./connect.ts");
      const done = await perform((await connect(options)).movePause, {}, { ...options, places });
      if (done === undefined) return;
      if (options.json) printJson(done);
      else print("The motion is on the ledger: `belt ledger pause` shows whether it is the second.");
    });
  return withExamples(withWriting(withNode(command)), ["belt govern pause", "by two supervisors"]);
}

function resignCommand(): Command {
  const command = new Command("resign")
    .description(
      "End this member's membership. What it has booked and is owed stays its own; only the members can admit it again.",
    )
    .argument("<name>", "this member's own name, against mistakes")
    .action(async (name: string, options: ProposalOptions) => {
      const { connect } = await import("./connect.ts");
      const done = await perform((await connect(options)).resign, { name }, { ...options, places });
      if (done === undefined) return;
      if (options.json) printJson(done);
      else print(`${name} is no member any more.`);
    });
  return withExamples(withWriting(withNode(command)), [
    "belt govern resign acme --dry-run",
    "whether it could, without doing it",
  ]);
}

/** The node, and the whole id of a proposal. */
export async function open(
  given: string,
  options: NodeOptions,
): Promise<{ readonly node: NodeOperations; readonly proposal: string }> {
  const [{ connect }, { find }] = await Promise.all([import("./connect.ts"), import("./find.ts")]);
  const node = await connect(options);
  const proposal = await find(given, "proposal", async () =>
    (await node.proposals()).map(({ proposal: id }) => ({ id, names: [] })),
  );
  return { node, proposal };
}
