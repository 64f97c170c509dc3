import { Command } from "commander";
import type { Community, CommunityChange } from "../api/index.ts";
import { type NodeOptions, withExamples, withNode } from "./command.ts";
import { lowered } from "./governPropose.ts";
import { withListing } from "./listing.ts";
import { type Column, print, printJson } from "./output.ts";
import { placesOf } from "./places.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

/** `belt community`: branches of the consortium. */
export function communityCommand(): Command {
  const command = new Command("community")
    .summary("join, leave and run communities")
    .description(
      "Communities: branches of the consortium with stewards, belts and channels of their own. Every active member may join; stewards run them; the members found them (belt govern propose found).",
    )
    .addCommand(listCommand());
  for (const change of changes) command.addCommand(changeCommand(change));
  return withExamples(
    command,
    ["belt community list", "all of them"],
    ["belt community join care-north", "belong to one"],
  );
}

export const communityColumns: readonly Column<Community>[] = [
  { title: "COMMUNITY", of: ({ name }) => name },
  { title: "STEWARDS", of: ({ stewards }) => stewards.map(({ memberName }) => memberName).join(", ") },
  { title: "MEMBERS", of: ({ members }) => members.length, align: "right" },
  { title: "BELTS", of: ({ belts }) => belts.length, align: "right" },
  {
    title: "CHANNELS",
    of: ({ channels }) =>
      Object.entries(channels)
        .map(([name, url]) => `${name} ${url}`)
        .join(", "),
  },
];

function listCommand(): Command {
  const command = new Command("list").description(
    "List the communities: stewards, how many members and belts, and channels.",
  );
  const listing = withListing(command, {
    rows: (node) => node.communities(),
    as: "communities",
    columns: communityColumns,
    none: "There are no communities.",
  });
  return withExamples(listing, ["belt community list", "one line each"]);
}

/** One change of a community as a command. */
interface Change {
  readonly name: string;
  readonly description: string;
  /** What it needs besides the community. */
  readonly arguments: readonly (readonly [name: string, what: string])[];
  readonly change: (given: readonly string[], idOf: (belt: string) => Promise<string>) => Promise<object>;
  readonly done: (community: string, given: readonly string[]) => string;
  readonly example: readonly [line: string, what: string];
}

const member = ["<member>", "who, by name or address"] as const;
const belt = ["<belt>", "its id, a beginning of it, its name, or name@version"] as const;
const channel = ["<channel>", "its name"] as const;

const changes: readonly Change[] = [
  {
    name: "join",
    description: "Join a community.",
    arguments: [],
    change: async () => ({ change: "join" }),
    done: (community) => `This member belongs to ${community}.`,
    example: ["", "every active member may"],
  },
  {
    name: "quit",
    description: "Leave a community, and its stewardship with it. Its last steward cannot.",
    arguments: [],
    change: async () => ({ change: "quit" }),
    done: (community) => `This member does not belong to ${community} any more.`,
    example: ["", "as anybody may"],
  },
  {
    name: "add-steward",
    description: "Make a member of the community one of its stewards. Stewards can.",
    arguments: [member],
    change: async ([given]) => ({ change: "add-steward", member: given }),
    done: (community, [given]) => `${given} is a steward of ${community}.`,
    example: ["bank", "who has joined it"],
  },
  {
    name: "remove-steward",
    description: "End a stewardship, but never the last one. Stewards can.",
    arguments: [member],
    change: async ([given]) => ({ change: "remove-steward", member: given }),
    done: (community, [given]) => `${given} is no steward of ${community} any more.`,
    example: ["bank", "another's, or the own"],
  },
  {
    name: "adopt",
    description: "Recommend a belt to the community's members. Stewards can.",
    arguments: [belt],
    change: async ([given = ""], idOf) => ({ change: "adopt", belt: await idOf(given) }),
    done: (community, [given]) => `${community} has adopted ${given}.`,
    example: ["mortgage-nl", "its newest version that can be booked"],
  },
  {
    name: "drop",
    description: "Recommend a belt no longer. Stewards can.",
    arguments: [belt],
    change: async ([given = ""], idOf) => ({ change: "drop", belt: await idOf(given) }),
    done: (community, [given]) => `${community} has dropped ${given}.`,
    example: ["mortgage-nl@2026.1", "one version"],
  },
  {
    name: "open-channel",
    description: "Say where a channel of the community is, or has moved. Stewards can.",
    arguments: [channel, ["<url>", "where it is"]],
    change: async ([name, url]) => ({ change: "channel", channel: name, url }),
    done: (community, [name, url]) => `The channel ${name} of ${community} is at ${url}.`,
    example: ["chat https://chat.example/care", "for everybody to see"],
  },
  {
    name: "close-channel",
    description: "Close a channel of the community. Stewards can.",
    arguments: [channel],
    change: async ([name]) => ({ change: "channel", channel: name, url: null }),
    done: (community, [name]) => `${community} has no channel ${name} any more.`,
    example: ["chat", "by its name"],
  },
];

const places = placesOf({
  community: "<community>",
  member: "<member>",
  belt: "<belt>",
  channel: "<channel>",
  url: "<url>",
});

function changeCommand({ name, description, arguments: named, change, done, example }: Change): Command {
  const command = new Command(name).description(description).argument("<community>", "its name");
  for (const [argument, what] of named) command.argument(argument, what);
  withWriting(withNode(command)).action(async () => {
    const [{ connect }, { findBelt }, schemas, { parseWith }] = await Promise.all([
      import("./connect.ts"),
      import("./belt.ts"),
      import("../api/index.ts"),
      import("../parse.ts"),
    ]);
    const options = command.opts<NodeOptions & WritingOptions>();
    const [community = "", ...given] = command.args;
    const node = await connect(options);
    const idOf = async (text: string) => (await node.belt(await findBelt(node, text))).belt;
    const asked = await change(given.map(lowered), idOf);
    const checked: CommunityChange = parseWith(schemas.CommunityChange, asked, {
      ...{ code: "USAGE_INVALID", at: `<${named[0]?.[0].slice(1, -1) ?? "community"}>` },
    });
    const input = { community, change: checked };
    const written = await perform(node.changeCommunity, input, { ...options, places });
    if (written === undefined) return;
    if (options.json) printJson(written);
    else print(done(community, given));
  });
  const [line, what] = example;
  return withExamples(command, [`belt community ${name} care-north ${line}`.trimEnd(), what]);
}
