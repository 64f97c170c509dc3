import { Command } from "commander";
import type { Decision } from "../../pipeline/governance/index.ts";
import type { NodeOperations, Proposed } from "../api/index.ts";
import { amount, duration, type NodeOptions, wholeNumber, withExamples, withNode } from "./command.ts";
import { print, printJson, short } from "./output.ts";
import { inPlaces, type Places, placesOf } from "./places.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

export interface ProposeOptions extends NodeOptions, WritingOptions {
  readonly reference?: string;
}

/** One kind of decision as a command: its arguments and options become what the node is sent. */
interface Kind {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly (readonly [name: string, what: string])[];
  readonly options?: (command: Command) => Command;
  /** What is proposed; the schema of decisions checks it. */
  readonly decide: (given: readonly string[], options: Readonly<Record<string, unknown>>) => object;
  readonly example: readonly [line: string, what: string];
}

const member = ["<member>", "who, by name or address"] as const;
const kindsArgument =
  "what it is, separated by commas: producer, consumer, network-supplier, auditor, supervisor";
const listed = (text: unknown): readonly string[] => String(text).split(",");
const withStewards = (command: Command): Command =>
  command.requiredOption("--stewards <members>", "by names or addresses, separated by commas");

const kinds: readonly Kind[] = [
  {
    name: "admit",
    description: "Propose to admit a member.",
    arguments: [["<account>", "its address"]],
    options: (command) =>
      command
        .requiredOption("--name <name>", "its name; it stays")
        .requiredOption("--kinds <kinds>", kindsArgument),
    decide: ([account], { name, kinds: all }) => ({ account, name, kinds: listed(all) }),
    example: ["0x8ba1… --name acme --kinds producer,consumer", "a producer that books as well"],
  },
  ...(["suspend", "reinstate", "remove"] as const).map(
    (name): Kind => ({
      name,
      description: `Propose to ${name} a member.`,
      arguments: [member],
      decide: ([given]) => ({ member: given }),
      example: ["bank", "by its name"],
    }),
  ),
  {
    name: "kinds",
    description: "Propose what a member is from now on.",
    arguments: [member, ["<kinds>", kindsArgument]],
    decide: ([given, all]) => ({ member: given, kinds: listed(all) }),
    example: ["bank producer,supervisor", "the bank is to be a supervisor as well"],
  },
  ...(["mint", "burn"] as const).map(
    (name): Kind => ({
      name,
      description:
        name === "mint" ? "Propose to make credit for a member." : "Propose to take credit out of the world.",
      arguments: [member, ["<amount>", "how much, in the smallest unit"]],
      decide: ([given, much = ""]) => ({ member: given, amount: amount(much) }),
      example: ["bank 1000", "1000 credits"],
    }),
  ),
  {
    name: "directory",
    description: "Propose that a name in the directory leads to another contract.",
    arguments: [
      ["<name>", "such as Offers"],
      ["<contract>", "its address"],
    ],
    decide: ([name, target]) => ({ name, target }),
    example: ["Offers 0x8ba1…", "a new version of a contract"],
  },
  {
    name: "lift",
    description: "Propose to end a pause of new bookings before its time.",
    arguments: [],
    decide: () => ({}),
    example: ["", "when it was a false alarm"],
  },
  {
    name: "found",
    description: "Propose to found a community.",
    arguments: [["<name>", "its name; it stays"]],
    options: withStewards,
    decide: ([name], { stewards }) => ({ name, stewards: listed(stewards) }),
    example: ["care-north --stewards bank,bureau", "with its first stewards"],
  },
  {
    name: "stewards",
    description: "Propose other stewards for a community, such as one whose stewards have all fallen silent.",
    arguments: [["<community>", "its name"]],
    options: withStewards,
    decide: ([community], { stewards }) => ({ community, stewards: listed(stewards) }),
    example: ["care-north --stewards bank", "nobody else is a steward then"],
  },
  {
    name: "rules",
    description: "Propose other rules for deciding. What is not named stays.",
    arguments: [],
    options: (command) =>
      command
        .option("--voting-delay <duration>", "from a proposal to the opening of its vote", duration)
        .option("--voting-period <duration>", "how long a vote is open", duration)
        .option("--execution-delay <duration>", "from queuing what passed to carrying it out", duration)
        .option("--quorum <percent>", "of the members, for it or in abstention", wholeNumber)
        .option("--super-quorum <percent>", "of the members, whose votes for it decide at once", wholeNumber),
    decide: (_, { votingDelay, votingPeriod, executionDelay, quorum, superQuorum }) => ({
      ...{ votingDelay, votingPeriod, executionDelay, quorum, superQuorum },
    }),
    example: ["--voting-period 14d --quorum 60", "longer votes with more members"],
  },
  {
    name: "call",
    description: "Propose any call of any contract.",
    arguments: [
      ["<contract>", "its address"],
      ["<data>", "what it is called with, as hexadecimal digits"],
    ],
    decide: ([target, data]) => ({ target, data }),
    example: ["0x8ba1… 0x8456cb59", "for what has no command"],
  },
];

/** `belt govern propose`: every kind of decision as a command of its own. */
export function proposeCommand(): Command {
  const command = new Command("propose")
    .summary("propose a decision to the members")
    .description(
      "Propose a decision to the members. Its vote opens after the voting delay; what passes is carried out after the execution delay.",
    );
  for (const kind of kinds) command.addCommand(kindCommand(kind));
  return withExamples(
    command,
    ["belt govern propose admit 0x8ba1… --name acme --kinds producer,consumer", "a new member"],
    ["belt govern propose suspend bank --reference https://minutes.example/42", "with what explains it"],
  );
}

function kindCommand({ name, description, arguments: named, options, decide, example }: Kind): Command {
  const command = new Command(name).description(description);
  for (const [argument, what] of named) command.argument(argument, what);
  withWriting(withNode(options?.(command) ?? command))
    .option(
      "--reference <text>",
      "leads to where it is explained: a hash, a URL or a slug (default: what it does, and its number)",
    )
    .action(async () => {
      const given = command.args.map(lowered);
      const all = command.opts<ProposeOptions & Readonly<Record<string, unknown>>>();
      const places = placesOf(placesFor(named.map(([argument]) => argument)));
      const decision = await decisionOf({ decision: name, ...decide(given, all) }, places);
      await propose([decision], [name, ...given.slice(0, 1)].join("-"), { ...all, places });
    });
  const [line, what] = example;
  return withExamples(command, [`belt govern propose ${name} ${line}`.trimEnd(), what]);
}

/** Addresses are written in many ways; the ledger's own is in lower case. */
export const lowered = (text: string): string => (/^0x[0-9a-fA-F]+$/.test(text) ? text.toLowerCase() : text);

/** What the parts of a decision are called in the command: arguments as they are, the rest as options. */
function placesFor(given: readonly string[]): Readonly<Record<string, string>> {
  const parts = ["account", "member", "name", "kinds", "amount", "target", "community", "stewards", "data"];
  const asOption = Object.fromEntries(parts.map((part) => [part, `--${part}`]));
  const asArgument = given.map((argument) => [argument.replaceAll(/[<>]/g, ""), argument] as const);
  const contract = given.includes("<contract>") ? { target: "<contract>" } : {};
  return { ...asOption, ...Object.fromEntries(asArgument), ...contract };
}

/** @throws {BeltError} `USAGE_INVALID` at the argument or option that is wrong */
export async function decisionOf(given: object, places: Places): Promise<Decision> {
  const [{ Decision: schema }, { parseWith }] = await Promise.all([
    import("../../pipeline/governance/index.ts"),
    import("../parse.ts"),
  ]);
  return inPlaces(places, async () => parseWith(schema, given, { code: "USAGE_INVALID", at: "" }));
}

/** Proposes through the node, and says what comes next. */
async function propose(
  decisions: readonly Decision[],
  what: string,
  options: ProposeOptions & { readonly places: Places },
): Promise<void> {
  const { connect } = await import("./connect.ts");
  const made = await proposeTo(await connect(options), decisions, what, options);
  if (made === undefined) return;
  if (options.json) printJson(made);
  else {
    print(`Proposal ${made.proposal} is made.`);
    print(`The members vote on it: belt govern vote ${short(made.proposal)} for|against|abstain`);
  }
}

/**
 * Proposes decisions.
 *
 * @param what - the reference when none is given, with a number when there was such a proposal before
 * @returns undefined after a dry run
 */
export async function proposeTo(
  node: NodeOperations,
  decisions: readonly Decision[],
  what: string,
  options: ProposeOptions & { readonly places?: Places },
): Promise<Proposed | undefined> {
  const reference = options.reference ?? (await freeReference(node, what));
  return perform(node.propose, { decisions: [...decisions], reference }, options);
}

/** A reference that no proposal which is over has: the same is the same proposal, as long as it goes on. */
async function freeReference(node: NodeOperations, what: string): Promise<string> {
  const over = new Set<string>(["canceled", "defeated", "expired", "executed"]);
  const taken = new Set(
    (await node.proposals()).filter(({ state }) => over.has(state)).map(({ reference }) => reference),
  );
  for (let number = 1; ; number++) {
    const reference = number === 1 ? what : `${what}-${number}`;
    if (!taken.has(reference)) return reference;
  }
}
