import { Command, InvalidArgumentError } from "commander";
import type { NodeOperations, SheetChanged, Writing } from "../api/index.ts";
import { type NodeOptions, withExamples, withNode } from "./command.ts";
import { print, printJson, short } from "./output.ts";
import { placesOf } from "./places.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

type Options = NodeOptions & WritingOptions;

const places = placesOf({
  sheet: "<sheet>",
  station: "[station]",
  cases: "--cases",
  notDone: "--not-done",
  refund: "--refund",
  evidence: "--evidence",
});

/** Cases by their numbers, from 0, such as `3,7,10-20`. */
function caseNumbers(text: string): number[] {
  const ranges = text.split(",").map((part) => /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part));
  const numbers = ranges.flatMap((range) => {
    const [, first = "", last = first] = range ?? [];
    if (first === "" || Number(last) < Number(first) || Number(last) > 1_023)
      throw new InvalidArgumentError("Use numbers and ranges of 0 to 1023, such as 3,7,10-20.");
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, place) => Number(first) + place);
  });
  return [...new Set(numbers)];
}

/** A station as the node takes it: its number, or its name. */
const stationOf = (given: string): number | string => (/^\d{1,2}$/.test(given) ? Number(given) : given);

const sheetArgument = ["<sheet>", "its id on the ledger, or a beginning of it"] as const;
const stationArgument = [
  "[station]",
  "the station's name in the belt, or its number on the ledger; the first when it is left out",
] as const;

/** Does something with a sheet on the ledger, and says that it is done. */
async function change<Given>(
  choose: (node: NodeOperations) => Writing<Given, SheetChanged>,
  given: Given,
  done: string,
  options: Options,
): Promise<void> {
  const { connect } = await import("./connect.ts");
  const changed = await perform(choose(await connect(options)), given, { ...options, places });
  if (changed === undefined) return;
  if (options.json) printJson(changed);
  else print(`${done} See belt ledger bookings ${short(changed.sheet)}.`);
}

/** `belt cancel`: the consumer ends a sheet early. */
export function cancelCommand(): Command {
  const command = new Command("cancel")
    .summary("cancel a sheet that you booked")
    .description(
      "Cancel a sheet that this member booked: its stations have one more hour to report what they have done, and the rest is refunded then.",
    )
    .argument(...sheetArgument)
    .action((sheet: string, options: Options) =>
      change((node) => node.cancelSheet, { sheet }, "The sheet is cancelled.", options),
    );
  return withExamples(withWriting(withNode(command)), ["belt cancel 0x91c2e4", "by the beginning of its id"]);
}

/** `belt decline`: a station gives up what it has not reported. */
export function declineCommand(): Command {
  const command = new Command("decline")
    .summary("give up what a station has not reported")
    .description(
      "Give up all cases of a sheet that a station of this member has not reported: they are refunded at once. What it has reported is settled as usual.",
    )
    .argument(...sheetArgument)
    .argument(...stationArgument)
    .action((sheet: string, station: string | undefined, options: Options) =>
      change(
        (node) => node.declineStation,
        { sheet, station: stationOf(station ?? "0") },
        "What was not reported is declined.",
        options,
      ),
    );
  return withExamples(withWriting(withNode(command)), [
    "belt decline 0x91c2e4 income",
    "one of its stations",
  ]);
}

/** `belt deliver`: a member reports what was booked of it alone. */
export function deliverCommand(): Command {
  const command = new Command("deliver")
    .summary("report a product or single offer as delivered")
    .description(
      "Report what was booked of a product, or of a single offer, of this member as delivered. The sheets of belts are reported by the node itself. A product's case n is unit n modulo units, on day n divided by units; its day must have begun.",
    )
    .argument(...sheetArgument)
    .option("--not-done <cases>", "the cases that were not delivered, such as 3,7,10-20", caseNumbers, [])
    .action((sheet: string, { notDone, ...options }: Options & { readonly notDone: number[] }) =>
      change((node) => node.deliver, { sheet, station: 0, notDone }, "The delivery is reported.", options),
    );
  return withExamples(
    withWriting(withNode(command)),
    ["belt deliver 0x91c2e4", "everything was delivered"],
    ["belt deliver 0x91c2e4 --not-done 6", "the seventh night was not used"],
  );
}

/** `belt accept`: the consumer accepts reports. */
export function acceptCommand(): Command {
  const command = new Command("accept")
    .summary("accept what stations reported")
    .description(
      "Accept the reports of a sheet that this member booked: the stations are paid for what is done and not in dispute. The node does so by itself where it has the receipts.",
    )
    .argument(...sheetArgument)
    .argument("[stations...]", "names or numbers; all that have reported when they are left out")
    .action((sheet: string, stations: string[], options: Options) =>
      change(
        (node) => node.acceptReports,
        { sheet, ...(stations.length > 0 ? { stations: stations.map(stationOf) } : {}) },
        "The reports are accepted.",
        options,
      ),
    );
  return withExamples(withWriting(withNode(command)), ["belt accept 0x91c2e4", "all that have reported"]);
}

/** `belt dispute`: the consumer does not agree with some cases. */
export function disputeCommand(): Command {
  const command = new Command("dispute")
    .summary("dispute cases that a station reported as done")
    .description(
      "Dispute cases of a sheet that this member booked: they are not paid until two supervisors have decided. The ledger gets the hash of the evidence; keep the file, and show it to them.",
    )
    .argument(...sheetArgument)
    .argument(...stationArgument)
    .requiredOption("--cases <cases>", "the cases, such as 3,7,10-20", caseNumbers)
    .requiredOption("--evidence <file>", "what shows it; - for standard input")
    .action(
      async (
        sheet: string,
        station: string | undefined,
        {
          cases,
          evidence: file,
          ...options
        }: Options & { readonly cases: number[]; readonly evidence: string },
      ) => {
        const [{ readBytes }, { sha256, toHex }] = await Promise.all([
          import("./input.ts"),
          import("../../pipeline/bytes.ts"),
        ]);
        const evidence = toHex(sha256(await readBytes(file)));
        const given = { sheet, station: stationOf(station ?? "0"), cases, evidence };
        await change((node) => node.disputeCases, given, "The cases are disputed.", options);
      },
    );
  return withExamples(withWriting(withNode(command)), [
    "belt dispute 0x91c2e4 income --cases 3,7 --evidence letter.txt",
    "two cases of a station",
  ]);
}

/** `belt resolve`: a supervisor decides. */
export function resolveCommand(): Command {
  const command = new Command("resolve")
    .summary("decide a dispute, as a supervisor")
    .description(
      "Decide a dispute as a supervisor that is no party to it: the named cases are refunded, the other disputed ones paid. It takes effect when another supervisor decides the same.",
    )
    .argument(...sheetArgument)
    .argument(...stationArgument)
    .option(
      "--refund <cases>",
      "the disputed cases to be refunded, such as 3,7; none when left out",
      caseNumbers,
      [],
    )
    .action(
      (
        sheet: string,
        station: string | undefined,
        { refund, ...options }: Options & { readonly refund: number[] },
      ) =>
        change(
          (node) => node.resolveDispute,
          { sheet, station: stationOf(station ?? "0"), refund },
          "The decision is given; it takes effect when two supervisors have decided the same.",
          options,
        ),
    );
  return withExamples(
    withWriting(withNode(command)),
    ["belt resolve 0x91c2e4 income --refund 3", "case 3 is refunded, the others are paid"],
    ["belt resolve 0x91c2e4 income", "all of them are paid"],
  );
}
