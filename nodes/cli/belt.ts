import { Command } from "commander";
import type { Belt, BeltTemplate, NodeOperations } from "../api/index.ts";
import { type JsonOption, type NodeOptions, withExamples, withJson, withNode } from "./command.ts";
import { forkCommand } from "./fork.ts";
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
  titleOf,
} from "./output.ts";
import { inPlaces, placesIn } from "./places.ts";
import { deprecateCommand, endorseCommand, stewardCommand } from "./stewardship.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

/** `belt belt`: belts on the ledger, and belts to come. */
export function beltCommand(): Command {
  return withExamples(
    new Command("belt")
      .summary("publish, list, show, check, fork, endorse, deprecate belts")
      .description("Publish, list, show, check, fork, endorse, deprecate and hand over belts."),
    ["belt belt check belt.json", "what is wrong with a belt, before it is published"],
    ["belt belt publish belt.json", "put it on the ledger"],
  )
    .addCommand(publishCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(checkCommand())
    .addCommand(forkCommand())
    .addCommand(endorseCommand())
    .addCommand(deprecateCommand())
    .addCommand(stewardCommand());
}

function publishCommand(): Command {
  const command = new Command("publish")
    .description(
      "Check a belt as a whole and publish it. Offers are named by id, by name, or by member/name.",
    )
    .argument("<file>", "the belt's JSON file, or - for standard input")
    .action(async (file: string, options: NodeOptions & WritingOptions) => {
      const [template, { connect }] = await Promise.all([readTemplate(file), import("./connect.ts")]);
      const node = await connect(options);
      const published = await perform(node.publishBelt, template, { ...options, places: placesIn(file) });
      if (published === undefined) return;
      if (options.json) printJson(published);
      else {
        print(`Belt ${template.belt}@${template.version} is published: ${published.belt}`);
        print(`Book it with: belt book ${template.belt}@${template.version} CASES.json`);
      }
    });
  return withExamples(
    withWriting(withNode(command)),
    ["belt belt publish belt.json", "check and publish"],
    ["belt belt publish belt.json --dry-run", "check, and say what it would cost"],
  );
}

const columns: readonly Column<Belt>[] = [
  { title: "BELT", of: ({ belt }) => short(belt) },
  { title: "NAME", of: ({ name, version }) => `${name}@${version}` },
  { title: "BY", of: ({ memberName }) => memberName },
  { title: "STATIONS", of: ({ stations }) => stations, align: "right" },
  { title: "PRICE", of: ({ price }) => price, align: "right" },
  { title: "ENDORSED", of: ({ endorsements }) => endorsements, align: "right" },
  { title: "LIVE", of: ({ live }) => (live ? "yes" : "no"), style: ({ live }) => (live ? "green" : "dim") },
  { title: "TITLE", of: ({ title }) => titleOf(title) },
];

function listCommand(): Command {
  const command = new Command("list").description("List the belts on the ledger.");
  const listing = withListing(command, {
    rows: (node) => node.belts(),
    as: "belts",
    columns,
    none: "There are no belts.",
  });
  return withExamples(listing, ["belt belt list", "every belt"]);
}

function showCommand(): Command {
  const command = new Command("show")
    .description("Show a belt: its stations, what it costs, and the schema of its cases.")
    .argument("<belt>", "its id, a beginning of it, its name, or name@version")
    .action(async (given: string, { json, ...options }: NodeOptions & JsonOption) => {
      const { connect } = await import("./connect.ts");
      const node = await connect(options);
      const belt = await node.belt(await findBelt(node, given));
      if (json) {
        printJson(belt);
        return;
      }
      printFields([
        ["belt", belt.belt],
        ["name", `${belt.name}@${belt.version}`],
        ["title", titleOf(belt.title)],
        ["by", belt.memberName],
        ["forks", belt.parent ?? undefined],
        ["price", `${belt.price} a case`],
        ["deadline", `${belt.deadlineSeconds} seconds from the booking`],
        ["live", belt.live ? "yes" : "no"],
        ["steward", belt.stewardName],
        ["endorsed by", `${belt.endorsements} members`],
        ["deprecated", belt.deprecated ? `yes; book ${belt.successor ?? "another"} instead` : undefined],
      ]);
      print();
      printTable(
        Object.entries(belt.document.stations),
        [
          { title: "STATION", of: ([station]) => station },
          { title: "MEMBER", of: ([station]) => belt.offers[station]?.memberName },
          { title: "OFFER", of: ([, { offer }]) => short(offer) },
          { title: "PRICE", of: ([station]) => belt.offers[station]?.price, align: "right" },
          { title: "NEEDS", of: ([, { needs }]) => [...new Set(Object.values(needs))].toSorted().join(" ") },
          { title: "WHEN", of: ([, { when }]) => when },
        ],
        "The belt has no stations.",
      );
      print();
      print(styled("bold", "Result"));
      printFields(Object.entries(belt.document.result));
      print();
      print(styled("bold", "Schema of a case"));
      print(JSON.stringify(belt.document.case, null, 2));
    });
  return withExamples(
    withJson(withNode(command)),
    ["belt belt show mortgage-nl", "its newest version that can be booked"],
    ["belt belt show mortgage-nl@2026.1 --json", "one version, for a program"],
  );
}

function checkCommand(): Command {
  const command = new Command("check")
    .description(
      "Check a belt as a whole without publishing it: needs, types, cycles, offers, price and deadline.",
    )
    .argument("<file>", "the belt's JSON file, or - for standard input")
    .action(async (file: string, { json, ...options }: NodeOptions & JsonOption) => {
      const [template, { connect }] = await Promise.all([readTemplate(file), import("./connect.ts")]);
      const node = await connect(options);
      const check = await inPlaces(placesIn(file), () => node.checkBelt(template));
      const { findings, price, deadlineSeconds } = check;
      if (json) printJson(check);
      else if (findings.length === 0) {
        print(styled("green", `${template.belt}@${template.version} can be published.`));
        if (price !== undefined) print(`One case costs ${price} and may take ${deadlineSeconds} seconds.`);
      } else {
        for (const { code, sentence, at } of findings) {
          print(`${styled("red", code)}: ${printable(sentence)} (at ${file}#${printable(at)})`);
        }
      }
      if (findings.length > 0) process.exitCode = 2;
    });
  return withExamples(withJson(withNode(command)), [
    "belt belt check belt.json",
    "exit code 0 when it can be published, else 2",
  ]);
}

/** @throws {BeltError} `FILE_UNREADABLE`, `JSON_INVALID`, `BELT_INVALID` */
async function readTemplate(file: string): Promise<BeltTemplate> {
  const [{ BeltTemplate: schema }, { readJson }, { parseWith }] = await Promise.all([
    import("../api/index.ts"),
    import("./input.ts"),
    import("../parse.ts"),
  ]);
  return parseWith(schema, await readJson(file), { code: "BELT_INVALID", at: `${file}#` });
}

/** What the node takes for a belt: an id or a name; a beginning of an id is looked up. */
export async function findBelt(node: NodeOperations, given: string): Promise<string> {
  if (!/^0x[0-9a-f]{1,63}$/.test(given)) return given;
  const { find } = await import("./find.ts");
  return find(given, "belt", async () => (await node.belts()).map(({ belt: id }) => ({ id, names: [] })));
}
