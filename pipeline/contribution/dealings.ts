import { type Address, type IndexView, isMarked, type Sheet, stationStatus } from "../index/index.ts";

/** So many cases, by who served and then by whom: `get(server)?.get(consumer)`. */
export type Cases = ReadonlyMap<Address, ReadonlyMap<Address, number>>;

/** What members did for each other, in cases of settled stations. */
export interface Dealings {
  /** Done, and accepted by a consumer that is another member, or found so by two supervisors in a dispute. */
  readonly confirmed: Cases;
  /** Done without that: nobody but the station says so. */
  readonly unconfirmed: Cases;
  /** In a dispute that is not decided yet. */
  readonly disputed: Cases;
  /** Reported as done, and found not to be by two supervisors. */
  readonly lost: Cases;
  /** Done for a consumer that is the station's own member. */
  readonly own: Cases;
}

type Kind = keyof Dealings;

/** Sums up all settled stations of all sheets; their order does not matter. */
export function dealingsOf(view: IndexView): Dealings {
  const sums: Record<Kind, Map<Address, Map<Address, number>>> = {
    ...{ confirmed: new Map(), unconfirmed: new Map(), disputed: new Map() },
    ...{ lost: new Map(), own: new Map() },
  };
  for (const sheet of view.sheets.values()) {
    for (const [station, settlement] of sheet.settlements.entries()) {
      if (!settlement) continue;
      for (let place = 0; place < sheet.count; place++) {
        const kind = kindOf(sheet, station, place);
        if (kind) add(sums[kind], settlement.member, sheet.consumer);
      }
    }
  }
  return sums;
}

/** What a case of a settled station is; undefined when the station did not say that it is done. */
function kindOf(sheet: Sheet, station: number, place: number): Kind | undefined {
  const [settlement, dispute] = [sheet.settlements[station], sheet.disputes[station]];
  const status = stationStatus(sheet, station, place);
  if (settlement?.member === sheet.consumer) return status === "done" ? "own" : undefined;
  if (status === "disputed") return "disputed";
  if (status === "upheld") return "lost";
  if (status !== "done") return undefined;
  const decided = dispute?.end && isMarked(dispute.cases, place) ? dispute.end : undefined;
  // Supervisors that stayed silent confirmed nothing.
  const confirmed = decided ? decided.supervisors.length > 0 : settlement?.settler === sheet.consumer;
  return confirmed ? "confirmed" : "unconfirmed";
}

function add(cases: Map<Address, Map<Address, number>>, server: Address, consumer: Address): void {
  const served = cases.get(server) ?? new Map<Address, number>();
  cases.set(server, served.set(consumer, (served.get(consumer) ?? 0) + 1));
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
