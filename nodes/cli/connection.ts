import { Command } from "commander";
import type { Connection, NodeOperations } from "../api/index.ts";
import { type NodeOptions, withExamples, withNode } from "./command.ts";
import { withListing } from "./listing.ts";
import { type Column, print, printJson } from "./output.ts";
import { placesOf } from "./places.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

/** `belt connection`: whom this member works with. */
export function connectionCommand(): Command {
  return withExamples(
    new Command("connection")
      .summary("request, accept, end, list connections")
      .description("Connections: members that agreed to work together."),
    ["belt connection request bank", "ask a member"],
    ["belt connection list", "who asked whom, and who is connected"],
  )
    .addCommand(
      memberCommand("request", {
        description: "Ask a member to connect.",
        write: (node) => node.requestConnection,
        done: (member) => `${member} is asked to connect.`,
        example: "it accepts, or declines",
      }),
    )
    .addCommand(
      memberCommand("accept", {
        description: "Accept a member's request.",
        write: (node) => node.acceptConnection,
        done: (member) => `${member} and this member are connected.`,
        example: "who asked before",
      }),
    )
    .addCommand(
      memberCommand("end", {
        description:
          "End what there is with a member: decline its request, take this member's own back, or end the connection.",
        write: (node) => node.endConnection,
        done: (member) => `${member} and this member are not connected.`,
        example: "either of the two can",
      }),
    )
    .addCommand(listCommand());
}

const places = placesOf({ member: "<member>" });

function memberCommand(
  name: string,
  {
    description,
    write,
    done,
    example,
  }: {
    readonly description: string;
    readonly write: (node: NodeOperations) => NodeOperations["endConnection"];
    readonly done: (member: string) => string;
    readonly example: string;
  },
): Command {
  const command = new Command(name)
    .description(description)
    .argument("<member>", "the other member, by name or address")
    .action(async (member: string, options: NodeOptions & WritingOptions) => {
      const { connect } = await import("./connect.ts");
      const node = await connect(options);
      const written = await perform(write(node), member, { ...options, places });
      if (written === undefined) return;
      if (options.json) printJson(written);
      else print(done(member));
    });
  return withExamples(withWriting(withNode(command)), [`belt connection ${name} bank`, example]);
}

const columns: readonly Column<Connection>[] = [
  { title: "PARTNER", of: ({ partnerName }) => partnerName },
  {
    title: "STATE",
    of: ({ state }) => state,
    style: ({ state }) => (state === "connected" ? "green" : undefined),
  },
  { title: "ASKED BY", of: ({ requester, partner }) => (requester === partner ? "partner" : "this member") },
  { title: "REQUESTED", of: ({ requestedAt }) => requestedAt.slice(0, 19) },
  { title: "ACCEPTED", of: ({ acceptedAt }) => acceptedAt?.slice(0, 19) },
  { title: "ENDED", of: ({ endedAt }) => endedAt?.slice(0, 19) },
];

function listCommand(): Command {
  const command = new Command("list").description(
    "List this member's connections, open requests and what has ended included.",
  );
  const listing = withListing(command, {
    rows: (node) => node.connections(),
    as: "connections",
    columns,
    none: "There are no connections.",
  });
  return withExamples(listing, ["belt connection list", "one line a partner"]);
}
