import { Command } from "commander";
import type { LedgerReader } from "../ledger/index.ts";
import { withExamples } from "./command.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { print, printJson, printTable, short } from "./output.ts";
import { timeOf } from "./time.ts";

/** `belt ledger proposals`: what the members decide. */
export function proposalsCommand(): Command {
  const command = new Command("proposals")
    .description("List what was proposed to the members: its state, the votes, and what it does.")
    .action(async (options: LedgerOptions) => {
      const proposals = await readLedger(options, proposalsIn);
      if (options.json) printJson({ proposals });
      else {
        printTable(
          proposals,
          [
            { title: "PROPOSAL", of: ({ proposal }) => short(proposal) },
            { title: "BY", of: ({ proposerName }) => proposerName },
            { title: "STATE", of: ({ state }) => state },
            { title: "FOR", of: ({ votes }) => votes.for, align: "right" },
            { title: "AGAINST", of: ({ votes }) => votes.against, align: "right" },
            { title: "ABSTAIN", of: ({ votes }) => votes.abstain, align: "right" },
            { title: "CLOSES", of: ({ closesAt }) => closesAt.slice(0, 19) },
            { title: "WHAT", of: ({ calls }) => calls.join("; ") },
          ],
          "Nothing was proposed yet.",
        );
      }
    });
  return withExamples(withLedger(command), ["belt ledger proposals --json", "with every member's vote"]);
}

async function proposalsIn(reader: LedgerReader) {
  const { view } = reader;
  const [{ tally }, { describeCall }] = await Promise.all([
    import("../../pipeline/index/index.ts"),
    import("../ledger/index.ts"),
  ]);
  const nameOf = (member: `0x${string}`) => view.profiles.get(member)?.name ?? member;
  return Promise.all(
    [...view.proposals.values()].map(async ({ id, proposer, description, calls, ...record }) => ({
      ...{ proposal: id, proposer, proposerName: nameOf(proposer), description },
      ...(await reader.standingOf(id)),
      votes: tally(view, id),
      ballots: (view.votes.get(id) ?? []).map(({ voter, support, cast }) => ({
        ...{ member: voter, memberName: nameOf(voter), support, at: timeOf(cast.at) },
      })),
      calls: calls.map((call) => describeCall(reader, call)),
      ...{ opensAt: timeOf(record.opens), closesAt: timeOf(record.closes) },
      ...{ dueAt: record.due === undefined ? null : timeOf(record.due) },
      ...{ proposedAt: timeOf(record.proposed.at), transaction: record.proposed.transaction },
      executedAt: record.executed === undefined ? null : timeOf(record.executed.at),
    })),
  );
}

/** `belt ledger communities`: branches of the consortium. */
export function communitiesCommand(): Command {
  const command = new Command("communities")
    .description("List the communities: their stewards, members, adopted belts and channels.")
    .action(async (options: LedgerOptions) => {
      const communities = await readLedger(options, ({ view }) => {
        const nameOf = (member: `0x${string}`) => view.profiles.get(member)?.name ?? member;
        return [...view.communities.values()].map(
          ({ id, name, founded, stewards, members, belts, channels }) => ({
            ...{ community: id, name, foundedAt: timeOf(founded.at), stewards: [...stewards].map(nameOf) },
            ...{ members: [...members.keys()].map(nameOf), belts: [...belts.keys()] },
            channels: Object.fromEntries(channels),
          }),
        );
      });
      if (options.json) printJson({ communities });
      else {
        printTable(
          communities,
          [
            { title: "COMMUNITY", of: ({ name }) => name },
            { title: "STEWARDS", of: ({ stewards }) => stewards.join(", ") },
            { title: "MEMBERS", of: ({ members }) => members.join(", ") },
            { title: "BELTS", of: ({ belts }) => belts.map(short).join(", ") },
            { title: "CHANNELS", of: ({ channels }) => Object.entries(channels).flat().join(" ") },
          ],
          "There are no communities.",
        );
      }
    });
  return withExamples(withLedger(command), ["belt ledger communities", "one line each"]);
}

/** `belt ledger pause`: whether new bookings are paused. */
export function pauseCommand(): Command {
  const command = new Command("pause")
    .description("Say whether supervisors have paused new bookings, until when, and what is moved.")
    .action(async (options: LedgerOptions) => {
      const now = Date.now() / 1_000;
      const found = await readLedger(options, async ({ view }) => {
        const { openMotion, pausedUntil } = await import("../../pipeline/index/index.ts");
        const nameOf = (member: `0x${string}`) => view.profiles.get(member)?.name ?? member;
        const [until, motion, { pause }] = [pausedUntil(view, now), openMotion(view, now), view.supervision];
        return {
          paused: until !== undefined,
          until: until === undefined ? null : timeOf(until),
          supervisors: until === undefined ? [] : (pause?.supervisors ?? []).map(nameOf),
          motion: motion ? { by: nameOf(motion.supervisor), lapsesAt: timeOf(motion.lapsesAt) } : null,
        };
      });
      if (options.json) printJson(found);
      else {
        const { until, supervisors, motion } = found;
        if (until === null) print("New bookings are not paused.");
        else print(`New bookings are paused until ${until}, by ${supervisors.join(" and ")}.`);
        if (motion)
          print(`${motion.by} moves to pause; a second supervisor can join until ${motion.lapsesAt}.`);
      }
    });
  return withExamples(withLedger(command), ["belt ledger pause", "whether anybody can book now"]);
}
