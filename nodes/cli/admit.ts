import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import type { NodeOperations } from "../api/index.ts";
import { amount, withExamples, withNode } from "./command.ts";
import { decisionOf, lowered, type ProposeOptions, proposeTo } from "./governPropose.ts";
import { print, printJson, short } from "./output.ts";
import { placesOf } from "./places.ts";
import { perform, withWriting } from "./write.ts";

interface AdmitOptions extends ProposeOptions {
  readonly name: string;
  readonly kinds: string;
  readonly credit?: string;
}

const places = placesOf({ account: "<account>", name: "--name", kinds: "--kinds", amount: "--credit" });

/** `belt admit`: a newcomer, as far as this member can bring it. */
export function admitCommand(): Command {
  const command = new Command("admit")
    .summary("propose a new member, and decide if one vote is enough")
    .description(
      "Propose to admit a newcomer. Where the rules let one vote decide within seconds, as on the network of `belt up`, this member votes for it and it is carried out; elsewhere the members vote.",
    )
    .argument("<account>", "the newcomer's address, as its `belt init` printed it")
    .requiredOption("--name <name>", "its name; it stays")
    .option("--kinds <kinds>", "what it is, separated by commas", "producer,consumer")
    .option("--credit <amount>", "credit that it is to begin with", amount)
    .option("--reference <text>", "leads to where it is explained (default: admit-NAME)")
    .action(async (account: string, options: AdmitOptions) => {
      const { connect } = await import("./connect.ts");
      const { name, kinds, credit } = options;
      const to = lowered(account);
      const decisions = await Promise.all(
        [
          { decision: "admit", account: to, name, kinds: kinds.split(",") },
          ...(credit === undefined ? [] : [{ decision: "mint", member: to, amount: credit }]),
        ].map((given) => decisionOf(given, places)),
      );
      const node = await connect(options);
      const made = await proposeTo(node, decisions, `admit-${name}`, { ...options, places });
      if (made === undefined) return;
      const state = await decide(node, made.proposal, options);
      if (options.json) printJson({ ...made, state });
      else tell(name, made.proposal, state);
    });
  return withExamples(
    withWriting(withNode(command)),
    ["belt admit 0x8ba1… --name acme", "propose it, or decide it on a local network"],
    ["belt admit 0x8ba1… --name acme --credit 1000", "with credit to begin with"],
  );
}

function tell(name: string, proposal: string, state: string): void {
  if (state === "executed") print(`${name} is a member.`);
  else {
    print(`The admission of ${name} is proposed: ${proposal}`);
    print(`The members vote on it: belt govern vote ${short(proposal)} for|against|abstain`);
  }
}

/** What is decided within so many seconds is waited for. */
const patience = 30;
const poll = 200;

/** Votes for a proposal and carries it out, if the rules are such that this is a matter of seconds. */
async function decide(node: NodeOperations, proposal: string, options: ProposeOptions): Promise<string> {
  const { votingDelay, executionDelay } = await node.rules();
  if (votingDelay > patience || executionDelay > patience) return "pending";
  const end = Date.now() + 1_000 * patience;
  const stateNow = async () => (await node.proposal(proposal)).state;
  let state = await stateNow();
  while (state === "pending" && Date.now() < end) {
    await pause(poll);
    state = await stateNow();
  }
  if (state === "active") {
    await perform(node.vote, { proposal, support: "for" }, options);
    state = await stateNow();
  }
  if (state !== "succeeded" && state !== "queued") return state;
  return (await perform(node.carryOut, proposal, options))?.state ?? state;
}
