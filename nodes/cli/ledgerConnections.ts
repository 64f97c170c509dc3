import { Command } from "commander";
import { withExamples } from "./command.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { printJson, printTable } from "./output.ts";
import { timeOf } from "./time.ts";

/** `belt ledger connections`: which members agreed to work together. */
export function connectionsCommand(): Command {
  const command = new Command("connections")
    .description("List the connections between members, open requests and what has ended included.")
    .argument("[member]", "only those of one member, by name or address")
    .action(async (only: string | undefined, options: LedgerOptions) => {
      const connections = await readLedger(options, async ({ view }) => {
        const { connectionState } = await import("../../pipeline/index/index.ts");
        const nameOf = (member: `0x${string}`) => view.profiles.get(member)?.name ?? member;
        return [...view.connections.values()].flatMap((connection) => {
          const { requester, member, requested, accepted, ended } = connection;
          const [requesterName, memberName] = [nameOf(requester), nameOf(member)];
          const sides = new Set<string>([requester, member, requesterName, memberName]);
          if (only !== undefined && !sides.has(only) && !sides.has(only.toLowerCase())) return [];
          return [
            {
              ...{ requester, requesterName, member, memberName, state: connectionState(connection) },
              requestedAt: timeOf(requested.at),
              acceptedAt: accepted === undefined ? null : timeOf(accepted.at),
              endedAt: ended === undefined ? null : timeOf(ended.at),
              endedBy: ended === undefined ? null : nameOf(ended.by),
            },
          ];
        });
      });
      if (options.json) printJson({ connections });
      else {
        printTable(
          connections,
          [
            { title: "REQUESTER", of: ({ requesterName }) => requesterName },
            { title: "MEMBER", of: ({ memberName }) => memberName },
            { title: "STATE", of: ({ state }) => state },
            { title: "REQUESTED", of: ({ requestedAt }) => requestedAt.slice(0, 19) },
            { title: "ACCEPTED", of: ({ acceptedAt }) => acceptedAt?.slice(0, 19) ?? "" },
            { title: "ENDED", of: ({ endedAt }) => endedAt?.slice(0, 19) ?? "" },
            { title: "BY", of: ({ endedBy }) => endedBy ?? "" },
          ],
          "No members are connected.",
        );
      }
    });
  return withExamples(withLedger(command), ["belt ledger connections bank", "those of one member"]);
}
