import { Command } from "commander";
import type { Case, NodeOperations, Sheet } from "../api/index.ts";
import {
  type JsonOption,
  type NodeOptions,
  wholeNumber,
  withExamples,
  withJson,
  withNode,
} from "./command.ts";
import {
  type Column,
  print,
  printable,
  printFields,
  printJson,
  printTable,
  short,
  styled,
} from "./output.ts";

const sheetArgument = "its id, a beginning of it, or `last`";

/** `belt case`: the cases that this member booked. */
export function caseCommand(): Command {
  return withExamples(
    new Command("case")
      .summary("list, show, watch the booked cases")
      .description("List, show and watch the cases that this member booked."),
    ["belt case list", "the sheets"],
    ["belt case list last", "the cases of the newest sheet"],
    ["belt case watch last", "see them travel"],
  )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(watchCommand());
}

const sheetColumns: readonly Column<Sheet>[] = [
  { title: "SHEET", of: ({ sheet }) => short(sheet) },
  { title: "BELT", of: ({ belt }) => `${belt.name}@${belt.version}` },
  { title: "CASES", of: ({ count }) => count, align: "right" },
  { title: "BOOKED", of: ({ bookedAt }) => bookedAt.slice(0, 19) },
  { title: "DEADLINE", of: ({ deadline }) => deadline.slice(0, 19) },
  {
    title: "STATE",
    of: ({ state }) => state,
    style: ({ state }) => (state === "finished" ? "green" : state === "expired" ? "red" : undefined),
  },
];

const caseColumns: readonly Column<Case>[] = [
  { title: "CASE", of: (each) => each.case, align: "right" },
  {
    title: "STATE",
    of: ({ state }) => state,
    style: ({ state }) => (state === "done" ? "green" : state === "not done" ? "yellow" : undefined),
  },
  { title: "SECONDS", of: ({ seconds }) => seconds?.toFixed(2), align: "right" },
  { title: "RESULT OR REASON", of: outcomeOf },
];

/** What a case came to, on one line. */
function outcomeOf({ result, reason }: Case): string {
  if (reason !== undefined) return `${reason.station} ${reason.status}: ${reason.text}`;
  const text = result === undefined ? "" : JSON.stringify(result);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

function listCommand(): Command {
  const command = new Command("list")
    .description("List the sheets that this member booked, or the cases of one of them.")
    .argument("[sheet]", sheetArgument)
    .action(async (given: string | undefined, { json, ...options }: NodeOptions & JsonOption) => {
      const { connect } = await import("./connect.ts");
      const node = await connect(options);
      if (given === undefined) {
        const sheets = await node.sheets();
        if (json) printJson({ sheets });
        else printTable(sheets, sheetColumns, "No sheet is booked yet: belt book.");
        return;
      }
      const cases = await node.cases(await findSheet(node, given));
      if (json) printJson({ cases });
      else printTable(cases, caseColumns, "The sheet has no cases.");
    });
  return withExamples(
    withJson(withNode(command)),
    ["belt case list", "the sheets, the newest first"],
    ["belt case list last", "the cases of the newest sheet"],
    ["belt case list 0x91c2 --json", "the cases of a sheet, for a program"],
  );
}

function showCommand(): Command {
  const command = new Command("show")
    .description("Show a case: its result or the reason why there is none, and what every station did.")
    .argument("<sheet>", sheetArgument)
    .argument("<case>", "the case's number, from 0", wholeNumber)
    .action(async (given: string, number: number, { json, ...options }: NodeOptions & JsonOption) => {
      const [{ connect }, { styledStatus }] = await Promise.all([
        import("./connect.ts"),
        import("./watch.ts"),
      ]);
      const node = await connect(options);
      const found = await node.case(await findSheet(node, given), number);
      if (json) {
        printJson(found);
        return;
      }
      printFields([
        ["case", found.case],
        ["state", found.state],
        ["reason", found.reason === undefined ? undefined : outcomeOf(found)],
        ["seconds", found.seconds?.toFixed(2)],
      ]);
      if (found.result !== undefined) {
        print(styled("bold", "result"));
        print(JSON.stringify(found.result, null, 2));
      }
      print(styled("bold", "stations"));
      const width = Math.max(...Object.keys(found.stations).map((name) => name.length));
      for (const [name, { status, rules, reason = "" }] of Object.entries(found.stations)) {
        const applied = rules === undefined ? "" : `rules ${rules}`;
        print(
          `  ${name.padEnd(width)}  ${styledStatus(status, 13)}  ${printable(`${applied}  ${reason}`).trim()}`,
        );
      }
    });
  return withExamples(withJson(withNode(command)), [
    "belt case show last 0",
    "the first case of the newest sheet",
  ]);
}

function watchCommand(): Command {
  const command = new Command("watch")
    .description("Show what happens to the cases of a sheet, from its beginning until it is finished.")
    .argument("<sheet>", sheetArgument)
    .action(async (given: string, { json, ...options }: NodeOptions & JsonOption) => {
      const [{ connect }, { watchSheet }] = await Promise.all([import("./connect.ts"), import("./watch.ts")]);
      const node = await connect(options);
      await watchSheet(node, await findSheet(node, given), json === true);
    });
  return withExamples(
    withJson(withNode(command), "print every event as JSON on a line of its own, and at last the sheet"),
    ["belt case watch last", "the newest sheet"],
    ["belt case watch 0x91c2 --json | jq .status", "every event, for a program"],
  );
}

async function findSheet(node: NodeOperations, given: string): Promise<string> {
  const { find } = await import("./find.ts");
  return find(given, "sheet", async () =>
    (await node.sheets()).map(({ sheet: id }, place) => ({ id, names: place === 0 ? ["last"] : [] })),
  );
}
