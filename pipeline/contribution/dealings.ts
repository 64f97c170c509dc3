import { type Address, type IndexView, type Sheet, stationStatus } from "../index/index.ts";

/** So many cases, by who served and then by whom: `get(server)?.get(consumer)`. */
export type Cases = ReadonlyMap<Address, ReadonlyMap<Address, number>>;

/** What members did for each other, in cases that are done and settled. */
export interface Dealings {
  /** Accepted by a consumer that is another member. */
  readonly confirmed: Cases;
  /** Settled without that: nobody but the station says that they are done. */
  readonly unconfirmed: Cases;
  /** Of a consumer that is the station's own member. */
  readonly own: ReadonlyMap<Address, number>;
}

/** Sums up all settled stations of all sheets; their order does not matter. */
export function dealingsOf(view: IndexView): Dealings {
  const confirmed = new Map<Address, Map<Address, number>>();
  const unconfirmed = new Map<Address, Map<Address, number>>();
  const own = new Map<Address, number>();
  for (const sheet of view.sheets.values()) {
    for (const { member, settler, done } of settledStations(sheet)) {
      if (member === sheet.consumer) own.set(member, (own.get(member) ?? 0) + done);
      else add(settler === sheet.consumer ? confirmed : unconfirmed, [member, sheet.consumer], done);
    }
  }
  return { confirmed, unconfirmed, own };
}

function* settledStations(sheet: Sheet) {
  for (const [station, settlement] of sheet.settlements.entries()) {
    const done = settlement ? casesDone(sheet, station) : 0;
    if (settlement && done > 0) yield { ...settlement, done };
  }
}

/** How many cases of a sheet the ledger says are done at a station. */
function casesDone(sheet: Sheet, station: number): number {
  let done = 0;
  for (let place = 0; place < sheet.count; place++) {
    if (stationStatus(sheet, station, place) === "done") done++;
  }
  return done;
}

function add(
  cases: Map<Address, Map<Address, number>>,
  [server, consumer]: readonly [Address, Address],
  more: number,
): void {
  const served = cases.get(server) ?? new Map<Address, number>();
  cases.set(server, served.set(consumer, (served.get(consumer) ?? 0) + more));
}

/** How many cases a member served for another. */
export const between = (cases: Cases, server: Address, consumer: Address): number =>
  cases.get(server)?.get(consumer) ?? 0;

/** How many cases a member served altogether. */
export function servedBy(cases: Cases, server: Address): number {
  let sum = 0;
  for (const count of cases.get(server)?.values() ?? []) sum += count;
  return sum;
}
