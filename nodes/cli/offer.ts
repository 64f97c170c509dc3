import { Command } from "commander";
import type { NodeOperations, Offer } from "../api/index.ts";
import {
  amount,
  duration,
  type JsonOption,
  type NodeOptions,
  wholeNumber,
  withExamples,
  withJson,
  withNode,
} from "./command.ts";
import { withListing } from "./listing.ts";
import { type Column, print, printFields, printJson, short, titleOf } from "./output.ts";
import { inPlaces, placesIn, placesOf } from "./places.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

/** `belt offer`: what this member offers for booking, and what the others do. */
export function offerCommand(): Command {
  return withExamples(
    new Command("offer")
      .summary("publish, list, show, withdraw offers")
      .description("Publish, list, show and withdraw offers."),
    ["belt offer publish income --price 3 --deadline 60s", "offer a station of this node"],
    ["belt offer list --mine", "what this member offers"],
  )
    .addCommand(publishCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(withdrawCommand());
}

interface PublishOptions extends NodeOptions, WritingOptions {
  readonly price: string;
  readonly deadline: number;
  readonly capacity?: number;
  readonly validDays: number;
  readonly product?: string;
}

function publishCommand(): Command {
  const command = new Command("publish")
    .description(
      "Publish a station of the running node as an offer: a binding quote for its work on a case. Or, with --product, something else that is booked by the day; a new version takes the place of this member's former one of the name.",
    )
    .argument("[station]", "the station's name, as its module defines it")
    .option("--product <file>", "publish the product that this JSON file describes")
    .requiredOption("--price <credits>", "the price of one case, or of one unit for one day", amount)
    .requiredOption(
      "--deadline <duration>",
      "how long a sheet may take, such as 60s, 5m, 2h or 3d; of a product, its report after the last day",
      duration,
    )
    .option(
      "--capacity <number>",
      "the most cases on a sheet (1024), or the units of a product on every day (1)",
      wholeNumber,
    )
    .option("--valid-days <days>", "how long the offer is valid", wholeNumber, 365)
    .action(async (station: string | undefined, options: PublishOptions) => {
      const { connect } = await import("./connect.ts");
      const { price, deadline: deadlineSeconds, validDays, product, json } = options;
      if (product !== undefined) return publishProduct(product, options);
      if (station === undefined) {
        const { BeltError } = await import("../../pipeline/errors.ts");
        throw new BeltError("USAGE_INVALID", "Name a station, or a product's file with --product.");
      }
      const node = await connect(options);
      const capacity = options.capacity ?? 1_024;
      const offer = { station, price, deadlineSeconds, capacity, validDays };
      const published = await perform(node.publishOffer, offer, { ...options, places });
      if (published === undefined) return;
      if (json) printJson(published);
      else {
        print(`Offer ${published.offer} is published.`);
        print(`Belts can name it as ${station}, or as MEMBER/${station}.`);
      }
    });
  return withExamples(
    withWriting(withNode(command)),
    ["belt offer publish income --price 3 --deadline 60s", "3 credits a case, done within a minute"],
    ["belt offer publish income --price 0 --deadline 2d --capacity 100", "free, slow, small sheets only"],
    [
      "belt offer publish --product room.json --price 40 --deadline 1d --capacity 3",
      "three rooms, by the night",
    ],
  );
}

async function publishProduct(file: string, options: PublishOptions): Promise<void> {
  const [{ connect }, { readJson }, { parseProduct }] = await Promise.all([
    import("./connect.ts"),
    import("./input.ts"),
    import("../../pipeline/belt/index.ts"),
  ]);
  const { price, deadline: deadlineSeconds, capacity: units = 1, validDays, json } = options;
  const document = await inPlaces(placesIn(file), async () => parseProduct(await readJson(file)));
  const node = await connect(options);
  const given = { document, price, deadlineSeconds, units, validDays };
  const published = await perform(node.publishProduct, given, { ...options, places });
  if (published === undefined) return;
  if (json) printJson(published);
  else {
    print(`Offer ${published.offer} is published.`);
    if (published.supersedes) print(`It takes the place of ${published.supersedes}.`);
    print(`Book it with: belt book --offer ${document.offer} --from DATE --days N`);
  }
}

const places = placesOf({
  station: "<station>",
  offer: "<offer>",
  price: "--price",
  deadlineSeconds: "--deadline",
  capacity: "--capacity",
  units: "--capacity",
  document: "--product",
  validDays: "--valid-days",
});

const columns: readonly Column<Offer>[] = [
  { title: "OFFER", of: ({ offer }) => short(offer) },
  { title: "NAME", of: ({ name = "?", memberName }) => `${memberName}/${name}` },
  { title: "KIND", of: ({ kind }) => kind },
  { title: "VERSION", of: ({ version }) => version },
  { title: "PRICE", of: ({ price }) => price, align: "right" },
  { title: "SECONDS", of: ({ deadlineSeconds }) => deadlineSeconds, align: "right" },
  { title: "CASES", of: ({ capacity }) => capacity, align: "right" },
  { title: "VALID UNTIL", of: ({ validUntil }) => validUntil.slice(0, 10) },
  { title: "LIVE", of: ({ live }) => (live ? "yes" : "no"), style: ({ live }) => (live ? "green" : "dim") },
  { title: "TITLE", of: ({ title }) => titleOf(title) },
];

function listCommand(): Command {
  const command = new Command("list")
    .description("List the offers on the ledger.")
    .option("--mine", "only those of this member", false);
  const listing = withListing(command, {
    rows: (node, { mine }: { readonly mine: boolean }) => node.offers({ mine }),
    as: "offers",
    columns,
    none: "There are no offers.",
  });
  return withExamples(
    listing,
    ["belt offer list", "every offer"],
    ["belt offer list --mine --json", "this member's offers, for a program"],
  );
}

function showCommand(): Command {
  const command = new Command("show")
    .description("Show an offer, with the schemas of what its station takes and gives.")
    .argument("<offer>", "its id, a beginning of it, its name, or member/name")
    .action(async (given: string, { json, ...options }: NodeOptions & JsonOption) => {
      const { connect } = await import("./connect.ts");
      const node = await connect(options);
      const offer = await node.offer(await findOffer(node, given, false));
      if (json) {
        printJson(offer);
        return;
      }
      printFields([
        ["offer", offer.offer],
        ["name", `${offer.memberName}/${offer.name ?? "?"}`],
        ["version", offer.version],
        ["title", titleOf(offer.title)],
        ["member", offer.member],
        ["kind", offer.product ?? offer.kind],
        ["unit", offer.unit === undefined ? undefined : titleOf(offer.unit)],
        ["price", `${offer.price} a ${offer.kind === "product" ? "unit and day" : "case"}`],
        ["deadline", `${offer.deadlineSeconds} seconds`],
        ["capacity", offer.kind === "product" ? `${offer.capacity} units a day` : `${offer.capacity} cases`],
        ["valid until", offer.validUntil],
        ["live", offer.live ? "yes" : "no"],
        ["document", offer.document],
        ["input", offer.input && JSON.stringify(offer.input)],
        ["output", offer.output && JSON.stringify(offer.output)],
      ]);
    });
  return withExamples(
    withJson(withNode(command)),
    ["belt offer show bank/income", "by its member and name"],
    ["belt offer show 0x3fa9 --json", "by the beginning of its id"],
  );
}

function withdrawCommand(): Command {
  const command = new Command("withdraw")
    .description(
      "Withdraw an offer of this member. Sheets that are booked go on; nobody can book it any more.",
    )
    .argument("<offer>", "its id, a beginning of it, or its name")
    .action(async (given: string, options: NodeOptions & WritingOptions) => {
      const { connect } = await import("./connect.ts");
      const node = await connect(options);
      const offer = await findOffer(node, given, true);
      const withdrawn = await perform(node.withdrawOffer, offer, { ...options, places });
      if (withdrawn === undefined) return;
      if (options.json) printJson(withdrawn);
      else print(`Offer ${withdrawn.offer} is withdrawn.`);
    });
  return withExamples(withWriting(withNode(command)), [
    "belt offer withdraw 0x3fa9",
    "by the beginning of its id",
  ]);
}

/** An offer's id; a name means an offer that is live. */
export async function findOffer(node: NodeOperations, given: string, mine: boolean): Promise<string> {
  const { find } = await import("./find.ts");
  return find(given, "offer", async () => {
    const offers = await node.offers({ mine });
    return offers.map(({ offer: id, name, memberName, live }) => ({
      id,
      names: live && name !== undefined ? [name, `${memberName}/${name}`] : [],
    }));
  });
}
