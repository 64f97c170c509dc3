import { Command } from "commander";
import type { IndexView, Sheet } from "../../pipeline/index/index.ts";
import { withExamples } from "./command.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { print, printFields, printJson, printTable, short } from "./output.ts";
import { timeOf } from "./time.ts";

/** `belt ledger bookings`: what was agreed, and what the stations reported of it. */
export function bookingsCommand(): Command {
  const command = new Command("bookings")
    .description("List the booked sheets, or show one: what every station reported of its cases.")
    .argument("[sheet]", "its id, or a beginning of it")
    .action(async (given: string | undefined, options: LedgerOptions) => {
      const [{ escrowOf, sheetState, stationStatus }, { find }] = await Promise.all([
        import("../../pipeline/index/index.ts"),
        import("./find.ts"),
      ]);
      const now = Date.now() / 1_000;
      await readLedger(options, async ({ view }) => {
        const state = (sheet: Sheet) => ({ state: sheetState(sheet, now), escrow: String(escrowOf(sheet)) });
        if (given === undefined) {
          const bookings = [...view.sheets.values()].map((sheet) => ({
            ...summary(view, sheet),
            ...state(sheet),
          }));
          if (options.json) printJson({ bookings });
          else printList(bookings);
          return;
        }
        const id = await find(given, "sheet", async () =>
          [...view.sheets.keys()].map((each) => ({ id: each, names: [] })),
        );
        const sheet = [...view.sheets.values()].find((each) => each.id === id);
        if (sheet === undefined) throw await notFound(id);
        const stations = stationsOf(view, sheet, (station, place) =>
          stationStatus(sheet, station, place, now),
        );
        const booking = { ...summary(view, sheet), ...state(sheet), stations };
        if (options.json) printJson(booking);
        else printBooking(booking);
      });
    });
  return withExamples(
    withLedger(command),
    ["belt ledger bookings", "every sheet"],
    ["belt ledger bookings 0x91c2 --json", "one sheet: its stations, and the cases that are not done"],
  );
}

function summary(
  view: IndexView,
  { id, belt, consumer, root, count, deadline, cost, booked, reports }: Sheet,
) {
  return {
    ...{ sheet: id, belt, consumer, consumerName: nameOf(view, consumer), manifestRoot: root, count },
    ...{ cost: String(cost), bookedAt: timeOf(booked.at), deadline: timeOf(deadline) },
    ...{
      transaction: booked.transaction,
      stationsReported: reports.filter(Boolean).length,
      stationCount: reports.length,
    },
  };
}

/** Every station by its number, with the cases that are not done. */
function stationsOf(view: IndexView, sheet: Sheet, statusOf: (station: number, place: number) => string) {
  const offers = view.belts.get(sheet.belt)?.offers ?? [];
  return sheet.reports.map((report, station) => {
    const settlement = sheet.settlements[station];
    const offer = offers[station];
    const member = offer === undefined ? undefined : view.offers.get(offer)?.member;
    const statuses = Array.from(
      { length: sheet.count },
      (_, place) => [place, statusOf(station, place)] as const,
    );
    return {
      ...{ station, offer: offer ?? null, member: member ?? null },
      memberName: member === undefined ? null : nameOf(view, member),
      reportedAt: report === undefined ? null : timeOf(report.reported.at),
      transaction: report?.reported.transaction ?? null,
      ...{ paid: amount(settlement?.paid), refunded: amount(settlement?.refunded) },
      done: statuses.filter(([, status]) => status === "done").length,
      others: Object.fromEntries(statuses.filter(([, status]) => status !== "done")),
    };
  });
}

const amount = (value: bigint | undefined): string | null => (value === undefined ? null : String(value));

type Booking = ReturnType<typeof summary> & { readonly state: string; readonly escrow: string };

function printList(bookings: readonly Booking[]): void {
  printTable(
    bookings,
    [
      { title: "SHEET", of: ({ sheet }) => short(sheet) },
      { title: "BELT", of: ({ belt }) => short(belt) },
      { title: "CONSUMER", of: ({ consumerName }) => consumerName },
      { title: "CASES", of: ({ count }) => count, align: "right" },
      { title: "COST", of: ({ cost }) => cost, align: "right" },
      { title: "BOOKED", of: ({ bookedAt }) => bookedAt.slice(0, 19) },
      { title: "DEADLINE", of: ({ deadline }) => deadline.slice(0, 19) },
      { title: "REPORTS", of: ({ stationsReported, stationCount }) => `${stationsReported}/${stationCount}` },
      { title: "ESCROW", of: ({ escrow }) => escrow, align: "right" },
      { title: "STATE", of: ({ state }) => state },
    ],
    "Nothing is booked.",
  );
}

function printBooking(booking: Booking & { readonly stations: ReturnType<typeof stationsOf> }): void {
  const { sheet, belt, consumer, consumerName, manifestRoot, count, cost, bookedAt, deadline, state } =
    booking;
  printFields([
    ["sheet", sheet],
    ["belt", belt],
    ["consumer", `${consumerName} (${consumer})`],
    ["manifest root", manifestRoot],
    ["cases", count],
    ["cost", cost],
    ["booked", bookedAt],
    ["deadline", deadline],
    ["transaction", booking.transaction],
    ["state", state],
    ["in escrow", booking.escrow],
  ]);
  print();
  printTable(
    booking.stations,
    [
      { title: "STATION", of: ({ station }) => station, align: "right" },
      { title: "MEMBER", of: ({ memberName }) => memberName ?? "?" },
      { title: "REPORTED", of: ({ reportedAt }) => reportedAt?.slice(0, 19) ?? "not yet" },
      { title: "DONE", of: ({ done }) => done, align: "right" },
      { title: "PAID", of: ({ paid }) => paid ?? "not yet", align: "right" },
      { title: "REFUNDED", of: ({ refunded }) => refunded ?? "", align: "right" },
      { title: "NOT DONE", of: ({ others }) => exceptions(others) },
    ],
    "The belt has no stations.",
  );
}

/** The cases that are not done by their status: `failed 3 7, blocked 9`. */
function exceptions(others: Readonly<Record<string, string>>): string {
  const cases = new Map<string, string[]>();
  for (const [place, status] of Object.entries(others))
    cases.set(status, [...(cases.get(status) ?? []), place]);
  return [...cases].map(([status, places]) => `${status} ${places.join(" ")}`).join(", ");
}

const nameOf = (view: IndexView, member: string): string =>
  [...view.profiles.values()].find((profile) => profile.member === member)?.name ?? member;

async function notFound(id: string) {
  const { BeltError } = await import("../../pipeline/errors.ts");
  return new BeltError("NOT_FOUND", `There is no sheet ${id} on the ledger.`);
}
