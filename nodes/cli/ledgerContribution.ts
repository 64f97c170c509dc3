import { Command } from "commander";
import { withExamples } from "./command.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { print, printJson, printTable } from "./output.ts";

/** `belt ledger contribution`: what every member contributed, computed anew from the ledger. */
export function contributionCommand(): Command {
  const command = new Command("contribution")
    .description(
      "Compute what every member contributed: cases that it served for others who accepted them, and endorsements of its belts, less cases lost in disputes. Cases of its own, in a ring of two, in return, or that nobody accepted are shown apart and do not count.",
    )
    .action(async (options: LedgerOptions) => {
      const index = await readLedger(options, async ({ view }) => {
        const { contributionsOf } = await import("../../pipeline/contribution/index.ts");
        return contributionsOf(view);
      });
      const { members, rings, weights } = index;
      if (options.json) return printJson(index);
      printTable(
        members,
        [
          { title: "MEMBER", of: ({ name }) => name },
          { title: "POINTS", of: ({ points }) => points, align: "right" },
          { title: "SERVED", of: ({ served }) => served, align: "right" },
          { title: "CONSUMED", of: ({ consumed }) => consumed, align: "right" },
          { title: "ENDORSEMENTS", of: ({ endorsements }) => endorsements, align: "right" },
          { title: "LOST", of: ({ lost }) => lost, align: "right" },
          { title: "APART: OWN", of: ({ apart }) => apart.own, align: "right" },
          { title: "RING", of: ({ apart }) => apart.ring, align: "right" },
          { title: "IN RETURN", of: ({ apart }) => apart.mutual, align: "right" },
          { title: "UNCONFIRMED", of: ({ apart }) => apart.unconfirmed, align: "right" },
          { title: "DISPUTED", of: ({ apart }) => apart.disputed, align: "right" },
        ],
        "Nobody is a member.",
      );
      const named = new Map(members.map(({ member, name }) => [member, name]));
      for (const [one, other] of rings) {
        print(`${named.get(one)} and ${named.get(other)} serve nobody but each other: that does not count.`);
      }
      print(
        `Points: ${weights.served} a case served, ${weights.endorsed} an endorsement, -${weights.lost} a case lost in a dispute.`,
      );
    });
  return withExamples(
    withLedger(command),
    ["belt ledger contribution", "every member, most points first"],
    ["belt ledger contribution --json", "for a program, with the weights"],
  );
}
