import { Command } from "commander";
import { amount, duration, type NodeOptions, wholeNumber, withExamples, withNode } from "./command.ts";
import type { Cases } from "./input.ts";
import { print, printable, printJson, short, styled } from "./output.ts";
import { type Places, placesOf } from "./places.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

interface BookOptions extends NodeOptions, WritingOptions {
  readonly deadline?: number;
  readonly maxCost?: string;
  readonly watch?: true;
  readonly offer?: string;
  readonly from?: string;
  readonly days?: number;
  readonly units?: number;
  readonly idempotencyKey?: string;
}

/** `belt book`: one sheet of cases, all or none; or a product, by the day. */
export function bookCommand(): Command {
  const command = new Command("book")
    .summary("book a sheet of cases")
    .description(
      "Book one sheet of cases on a belt: all of them or none, at the offers' price. Or, with --offer, units of a product for some days.",
    )
    .argument("[belt]", "its id, a beginning of it, its name, or name@version")
    .argument(
      "[cases]",
      "a file with a JSON array of cases, one case, or a case a line (NDJSON); - for standard input",
    )
    .option(
      "--deadline <duration>",
      "how long the stations have, such as 5m or 2h; as long as their offers allow",
      duration,
    )
    .option("--max-cost <credits>", "book nothing when the sheet costs more", amount)
    .option("--watch", "show what happens to the cases until the sheet is finished")
    .option("--offer <product>", "book a product: its id, a beginning of it, its name, or member/name")
    .option("--from <date>", "the first day of a product, such as 2026-09-01, in UTC")
    .option("--days <days>", "the number of days; one when it is left out", wholeNumber)
    .option("--units <units>", "how many on each day; one when it is left out", wholeNumber)
    .option(
      "--idempotency-key <key>",
      "a name of your own for the booking: asked again under it, nothing is booked a second time",
    )
    .action(async (given: string | undefined, file: string | undefined, options: BookOptions) => {
      if (options.offer !== undefined) return bookProduct(options.offer, options);
      if (given === undefined || file === undefined) throw await usage("Name a belt and cases, or --offer.");
      const [{ connect }, { findBelt }, { parseCases, readInput }] = await Promise.all([
        import("./connect.ts"),
        import("./belt.ts"),
        import("./input.ts"),
      ]);
      const { deadline, maxCost, idempotencyKey, watch, json } = options;
      const cases = parseCases(await readInput(file));
      const node = await connect(options);
      const belt = await findBelt(node, given);
      const booking = {
        ...{ belt, cases: [...cases.cases] },
        ...(deadline === undefined ? {} : { deadlineSeconds: deadline }),
        ...(maxCost === undefined ? {} : { maxCost }),
        ...(idempotencyKey === undefined ? {} : { key: idempotencyKey }),
      };
      const booked = await perform(node.book, booking, { ...options, places: placesOfBooking(cases) });
      if (booked === undefined) return;
      if (json) printJson(booked);
      else {
        const what = booked.count === 1 ? "1 case" : `${booked.count} cases`;
        print(`Sheet ${booked.sheet} is booked: ${what}, cost ${booked.cost}, until ${booked.deadline}.`);
        if (booked.advice !== undefined) print(styled("yellow", printable(booked.advice)));
        if (watch === undefined) print(`See what happens: belt case watch ${short(booked.sheet)}`);
      }
      if (watch === undefined) return;
      const { watchSheet } = await import("./watch.ts");
      await watchSheet(node, booked.sheet, json === true);
    });
  return withExamples(
    withWriting(
      withNode(command),
      "print JSON and nothing else; with --watch every event on a line of its own after it",
    ),
    ["belt book mortgage-nl cases.json", "the newest version of the belt"],
    [
      "belt book mortgage-nl@2026.1 cases.ndjson --max-cost 500 --watch",
      "at most 500 credits, and see it happen",
    ],
    ["belt book mortgage-nl cases.json --dry-run", "check every case, and say what booking them costs"],
    ["generate | belt book mortgage-nl -", "cases from another program"],
    ["belt book mortgage-nl cases.json --idempotency-key batch-17", "once, however often it is run"],
    ["belt book --offer sea-view --from 2026-09-01 --days 7 --units 2", "two rooms for seven nights"],
  );
}

/** Books units of a product for some days. */
async function bookProduct(given: string, options: BookOptions): Promise<void> {
  const { from, days, units, maxCost, idempotencyKey, json } = options;
  if (from === undefined) throw await usage("Say from which day on: --from.");
  const [{ connect }, { findOffer }] = await Promise.all([import("./connect.ts"), import("./offer.ts")]);
  const node = await connect(options);
  const booking = {
    ...{ offer: await findOffer(node, given, false), from, days: days ?? 1, units: units ?? 1 },
    ...(maxCost === undefined ? {} : { maxCost }),
    ...(idempotencyKey === undefined ? {} : { key: idempotencyKey }),
  };
  const booked = await perform(node.bookProduct, booking, { ...options, places: placesOfProduct });
  if (booked === undefined) return;
  if (json) printJson(booked);
  else {
    const much = `${booked.units} a day for ${booked.days} from ${booked.from}`;
    print(`Sheet ${booked.sheet} is booked: ${much}, cost ${booked.cost}.`);
    print(`See what becomes of it: belt ledger bookings ${short(booked.sheet)}`);
  }
}

async function usage(sentence: string) {
  const { BeltError } = await import("../../pipeline/errors.ts");
  return new BeltError("USAGE_INVALID", sentence);
}

const placesOfProduct = placesOf({
  offer: "--offer",
  from: "--from",
  days: "--days",
  units: "--units",
  key: "--idempotency-key",
  maxCost: "--max-cost",
});

/** Where things are that a node may refuse in a booking. */
const placesOfBooking = ({ name, placeOf }: Cases): Places =>
  placesOf({
    belt: "<belt>",
    cases: (pointer) => (pointer === "" ? name : placeOf(pointer)),
    deadlineSeconds: "--deadline",
    key: "--idempotency-key",
    maxCost: "--max-cost",
  });
