import { Command } from "commander";
import type { Address, Dispute, IndexView, MarkedCases, Sheet } from "../../pipeline/index/index.ts";
import { withExamples } from "./command.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { print, printFields, printJson, printTable, short } from "./output.ts";
import { dayOf, timeOf } from "./time.ts";

/** `belt ledger bookings`: what was agreed, and what the stations reported of it. */
export function bookingsCommand(): Command {
  const command = new Command("bookings")
    .description("List the booked sheets, or show one: what every station reported of its cases.")
    .argument("[sheet]", "its id, or a beginning of it")
    .action(async (given: string | undefined, options: LedgerOptions) => {
      const [{ escrowOf, memberOfStation, sheetState, stationStatus, unpackCases }, { find }] =
        await Promise.all([import("../../pipeline/index/index.ts"), import("./find.ts")]);
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
        const stations = stationsOf(view, sheet, {
          statusOf: (station, place) => stationStatus(sheet, station, place, now),
          casesOf: unpackCases,
          memberOf: (station) => memberOfStation(view, sheet, station),
        });
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
  { id, belt, offers, stay, consumer, root, count, deadline, cost, booked, cancelled, reports }: Sheet,
) {
  return {
    ...{ sheet: id, belt, offer: belt === null ? (offers[0] ?? null) : null },
    ...{ consumer, consumerName: nameOf(view, consumer), manifestRoot: root, count },
    ...(stay === undefined ? {} : { from: dayOf(stay.firstDay), days: stay.dayCount, units: stay.units }),
    ...{ cost: String(cost), bookedAt: timeOf(booked.at), deadline: timeOf(deadline) },
    ...{
      transaction: booked.transaction,
      cancelledAt: cancelled === undefined ? null : timeOf(cancelled.at),
      stationsReported: reports.filter(Boolean).length,
      stationCount: reports.length,
    },
  };
}

/** How to read what is packed. */
interface Reading {
  readonly memberOf: (station: number) => Address | undefined;
  readonly statusOf: (station: number, place: number) => string;
  readonly casesOf: (cases: MarkedCases) => readonly number[];
}

/** Every station by its number, with the cases that are not done. */
function stationsOf(view: IndexView, sheet: Sheet, { statusOf, casesOf, memberOf }: Reading) {
  return sheet.reports.map((report, station) => {
    const [settlement, dispute] = [sheet.settlements[station], sheet.disputes[station]];
    const declined = sheet.declines[station]?.declined.at;
    const offer = sheet.offers[station];
    const member = memberOf(station);
    const statuses = Array.from(
      { length: sheet.count },
      (_, place) => [place, statusOf(station, place)] as const,
    );
    return {
      ...{ station, offer: offer ?? null, member: member ?? null },
      memberName: member === undefined ? null : nameOf(view, member),
      reportedAt: report === undefined ? null : timeOf(report.reported.at),
      transaction: report?.reported.transaction ?? null,
      declinedAt: declined === undefined ? null : timeOf(declined),
      ...{ paid: amount(settlement?.paid), refunded: amount(settlement?.refunded) },
      dispute: dispute === undefined ? null : disputeOf(view, dispute, casesOf),
      done: statuses.filter(([, status]) => status === "done").length,
      others: Object.fromEntries(statuses.filter(([, status]) => status !== "done")),
    };
  });
}

/** What is disputed, what shows it, who decided what, and how it ended. */
function disputeOf(
  view: IndexView,
  { cases, evidence, decisions, end }: Dispute,
  casesOf: Reading["casesOf"],
) {
  return {
    cases: casesOf(cases),
    evidence: evidence.map(({ hash, disputed }) => ({ hash, disputedAt: timeOf(disputed.at) })),
    decisions: [...decisions].map(([supervisor, decision]) => ({
      ...{ supervisor, supervisorName: nameOf(view, supervisor), upheld: casesOf(decision.cases) },
      givenAt: timeOf(decision.given.at),
    })),
    end:
      end === undefined
        ? null
        : {
            ...{ upheld: casesOf(end.upheld), supervisors: end.supervisors },
            ...{ paid: String(end.paid), refunded: String(end.refunded), endedAt: timeOf(end.ended.at) },
          },
  };
}

const amount = (value: bigint | undefined): string | null => (value === undefined ? null : String(value));

type Booking = ReturnType<typeof summary> & { readonly state: string; readonly escrow: string };

function printList(bookings: readonly Booking[]): void {
  printTable(
    bookings,
    [
      { title: "SHEET", of: ({ sheet }) => short(sheet) },
      { title: "BELT OR OFFER", of: ({ belt, offer }) => short(belt ?? offer ?? "") },
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
    ["belt", belt ?? undefined],
    ["offer", booking.offer ?? undefined],
    ["days", booking.from === undefined ? undefined : `${booking.days} from ${booking.from}`],
    ["units", booking.units],
    ["consumer", `${consumerName} (${consumer})`],
    ["manifest root", manifestRoot],
    ["cases", count],
    ["cost", cost],
    ["booked", bookedAt],
    ["deadline", deadline],
    ["cancelled", booking.cancelledAt ?? undefined],
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
      {
        title: "REPORTED",
        of: ({ reportedAt, declinedAt }) =>
          reportedAt?.slice(0, 19) ?? (declinedAt === null ? "not yet" : "declined"),
      },
      { title: "DONE", of: ({ done }) => done, align: "right" },
      { title: "PAID", of: ({ paid }) => paid ?? "not yet", align: "right" },
      { title: "REFUNDED", of: ({ refunded }) => refunded ?? "", align: "right" },
      { title: "NOT DONE", of: ({ others }) => exceptions(others) },
    ],
    "The belt has no stations.",
  );
  for (const { station, dispute } of booking.stations) if (dispute !== null) printDispute(station, dispute);
}

function printDispute(station: number, { cases, evidence, decisions, end }: ReturnType<typeof disputeOf>) {
  print();
  printFields([
    [`dispute of station ${station}`, `cases ${cases.join(" ")}`],
    ["evidence", evidence.map(({ hash }) => hash).join(" ")],
    ...decisions.map(
      ({ supervisorName, upheld }) => [supervisorName, `refund ${upheld.join(" ") || "nothing"}`] as const,
    ),
    ["ended", end === null ? "not yet" : `${end.endedAt}: paid ${end.paid}, refunded ${end.refunded}`],
  ]);
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
