import { Command } from "commander";
import { withExamples } from "./command.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { printJson, printTable } from "./output.ts";
import { timeOf } from "./time.ts";

/** `belt ledger receipts`: how many receipts each member answers for. */
export function receiptsCommand(): Command {
  const command = new Command("receipts")
    .description(
      "List the heads of the members' receipt logs that are anchored: how many receipts, and the root that they are proven by.",
    )
    .argument("[member]", "only one member's, by name or address")
    .action(async (only: string | undefined, options: LedgerOptions) => {
      const heads = await readLedger(options, ({ view }) =>
        [...view.heads].flatMap(([member, list]) => {
          const memberName = view.profiles.get(member)?.name ?? member;
          if (only !== undefined && only.toLowerCase() !== member && only !== memberName) return [];
          return list.map(({ size, root, anchored }) => ({
            ...{ member, memberName, size, root, anchoredAt: timeOf(anchored.at) },
            ...{ block: anchored.block, transaction: anchored.transaction },
          }));
        }),
      );
      if (options.json) printJson({ heads });
      else {
        printTable(
          heads,
          [
            { title: "MEMBER", of: ({ memberName }) => memberName },
            { title: "RECEIPTS", of: ({ size }) => size, align: "right" },
            { title: "ROOT", of: ({ root }) => root },
            { title: "ANCHORED", of: ({ anchoredAt }) => anchoredAt.slice(0, 19) },
            { title: "BLOCK", of: ({ block }) => block, align: "right" },
          ],
          "No log is anchored yet.",
        );
      }
    });
  return withExamples(withLedger(command), ["belt ledger receipts bank", "the heads of one member's log"]);
}
