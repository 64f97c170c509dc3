import { Command } from "commander";
import type { NodeOperations, QuarantinedCase } from "../api/index.ts";
import { type JsonOption, type NodeOptions, withExamples, withJson, withNode } from "./command.ts";
import { type Column, print, printable, printFields, printJson, printTable } from "./output.ts";
import { inPlaces, placesOf } from "./places.ts";

/** `belt quarantine`: the cases that crashed or hung a station of this node. */
export function quarantineCommand(): Command {
  return withExamples(
    new Command("quarantine")
      .summary("look at, retry, reject cases that crash or hang a station")
      .description(
        "Decide on cases that crashed a station of this node or held it up, as often as they may be tried. They hold up nothing else, and are failed by themselves when their time is over.",
      ),
    ["belt quarantine list", "what is held"],
    ["belt quarantine show 0a1b-income-3", "one case with what the station has to work with"],
    ["belt quarantine retry 0a1b-income-3", "after the station was corrected"],
  )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(retryCommand())
    .addCommand(rejectCommand());
}

const columns: readonly Column<QuarantinedCase>[] = [
  { title: "CASE", of: ({ id }) => id },
  { title: "STATION", of: ({ station }) => station },
  { title: "TRIED", of: ({ attempts }) => attempts, align: "right" },
  { title: "SINCE", of: ({ since }) => since.slice(0, 19) },
  { title: "UNTIL", of: ({ until }) => until.slice(0, 19) },
  { title: "REASON", of: ({ reason }) => reason },
];

const held = "the case's id, as `belt quarantine list` shows it";
const places = placesOf({ id: "<case>", case: "<case>", reason: "--reason" });

/** Asks a running node for something about a case that is named on the command line. */
async function withHeld<T>(options: NodeOptions, action: (node: NodeOperations) => Promise<T>): Promise<T> {
  const { connect } = await import("./connect.ts");
  const node = await connect(options);
  return inPlaces(places, () => action(node));
}

function listCommand(): Command {
  const command = new Command("list")
    .description("List the cases that are held, the oldest first.")
    .action(async ({ json, ...options }: NodeOptions & JsonOption) => {
      const cases = await withHeld(options, (node) => node.quarantine());
      if (json) printJson({ cases });
      else printTable(cases, columns, "No case is held.");
    });
  return withExamples(withJson(withNode(command)), ["belt quarantine list --json", "for a program"]);
}

function showCommand(): Command {
  const command = new Command("show")
    .description("Show a case with what the station has to work with: it may be personal data.")
    .argument("<case>", held)
    .action(async (id: string, { json, ...options }: NodeOptions & JsonOption) => {
      const detail = await withHeld(options, (node) => node.quarantined(id));
      if (json) {
        printJson(detail);
        return;
      }
      printFields([
        ["case", detail.id],
        ["sheet", `${detail.sheet}, case ${detail.case}`],
        ["station", detail.station],
        ["failed with", `${detail.code}: ${detail.reason}`],
        ["tried", detail.attempts],
        ["held", `since ${detail.since}, until ${detail.until}`],
        ["input", JSON.stringify(detail.input)],
        ["receipt", detail.receipt],
      ]);
    });
  return withExamples(withJson(withNode(command)), [
    "belt quarantine show 0a1b-income-3 --json",
    "with the signed failure receipt",
  ]);
}

function retryCommand(): Command {
  const command = new Command("retry")
    .description(
      "Have a case tried again, with all its attempts. Whether it is to be done at all is looked at again. A station whose code was corrected works with it after a restart of the node, which keeps what is held.",
    )
    .argument("<case>", held)
    .action(async (id: string, { json, ...options }: NodeOptions & JsonOption) => {
      await withHeld(options, (node) => node.retryQuarantined(id));
      if (json) printJson({ case: id });
      else print(`Case ${printable(id)} is tried again.`);
    });
  return withExamples(withJson(withNode(command)), ["belt quarantine retry 0a1b-income-3", "try it again"]);
}

function rejectCommand(): Command {
  const command = new Command("reject")
    .description("Fail a case: its consumer gets the price back, and is told why.")
    .argument("<case>", held)
    .option("--reason <sentence>", "what the consumer is told; why the station failed when left out")
    .action(
      async (
        id: string,
        { json, reason, ...options }: NodeOptions & JsonOption & { readonly reason?: string },
      ) => {
        const rejection = reason === undefined ? {} : { reason };
        await withHeld(options, (node) => node.rejectQuarantined(id, rejection));
        if (json) printJson({ case: id });
        else print(`Case ${printable(id)} is failed.`);
      },
    );
  return withExamples(withJson(withNode(command)), [
    'belt quarantine reject 0a1b-income-3 --reason "The attachment is damaged."',
    "the consumer reads this",
  ]);
}
