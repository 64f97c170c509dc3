import { type Hash, packCases, packStatuses, type ReportedStatus } from "../../pipeline/index/index.ts";
import { type ContractCall, call } from "./call.ts";
import { interfaces } from "./contracts.ts";

export interface Booking {
  readonly belt: Hash;
  /** The Merkle root of the sheet's manifest. */
  readonly root: Hash;
  readonly count: number;
  /** Seconds since 1970. */
  readonly deadline: number;
  readonly maxCost: bigint;
}

/** A sheet on a single offer of a station. */
export interface OfferBooking extends Omit<Booking, "belt"> {
  readonly offer: Hash;
}

/** Units of a product for some days. */
export interface ProductBooking {
  readonly offer: Hash;
  /** What makes the booking its own: no other one of the account has it. */
  readonly root: Hash;
  /** Days since 1970-01-01, in UTC. */
  readonly firstDay: number;
  readonly dayCount: number;
  /** Of each day. */
  readonly units: number;
  readonly maxCost: bigint;
}

export interface StationOfSheet {
  readonly sheet: Hash;
  /** The station's number. */
  readonly station: number;
}

export interface StationsOfSheet {
  readonly sheet: Hash;
  /** The stations' numbers. */
  readonly stations: readonly number[];
}

/** "All done but these." */
export interface StationReport extends StationOfSheet {
  /** The slots of 64 cases that the report is about: bit n is slot n. All of the sheet's when it is absent. */
  readonly covered?: number;
  /** The cases of these slots that are not done, by their places in the sheet. */
  readonly exceptions: ReadonlyMap<number, ReportedStatus>;
}

/** Cases that a station reported as done, and the consumer disputes. */
export interface CasesInDispute extends StationOfSheet {
  readonly cases: readonly number[];
  /** The hash of what shows it. */
  readonly evidence: Hash;
}

/** What a supervisor decides of a dispute: these of the disputed cases are refunded, the others paid. */
export interface DisputeDecision extends StationOfSheet {
  readonly upheld: readonly number[];
}

const { Bookings } = interfaces;

/** The stations as bits: bit n is station n. */
const bits = (stations: readonly number[]): number =>
  stations.reduce((sum, station) => sum + 2 ** station, 0);

/** The calls of Bookings by what they are to do: see `calls`. */
export const bookingCalls = {
  book: ({ belt, root, count, deadline, maxCost }: Booking) =>
    bookings("book", () => Bookings.encodeFunctionData("book", [belt, root, count, deadline, maxCost])),
  bookOffer: ({ offer, root, count, deadline, maxCost }: OfferBooking) =>
    bookings("book", () => Bookings.encodeFunctionData("bookOffer", [offer, root, count, deadline, maxCost])),
  bookProduct: ({ offer, root, firstDay, dayCount, units, maxCost }: ProductBooking) =>
    bookings("book", () =>
      Bookings.encodeFunctionData("bookProduct", [offer, firstDay, dayCount, units, root, maxCost]),
    ),
  report: ({ sheet, station, covered, exceptions }: Required<StationReport>) => {
    const { slots, words } = packStatuses(exceptions);
    return bookings("report", () =>
      Bookings.encodeFunctionData("report", [sheet, station, covered, [...slots], [...words]]),
    );
  },
  accept: ({ sheet, stations }: StationsOfSheet) =>
    bookings("accept the report", () => Bookings.encodeFunctionData("accept", [sheet, bits(stations)])),
  settle: ({ sheet, stations }: StationsOfSheet) =>
    bookings("settle the report", () => Bookings.encodeFunctionData("settle", [sheet, bits(stations)])),
  dispute: ({ sheet, station, cases, evidence }: CasesInDispute) => {
    const { slots, words } = packCases(cases);
    return bookings("dispute the cases", () =>
      Bookings.encodeFunctionData("dispute", [sheet, station, [...slots], [...words], evidence]),
    );
  },
  resolve: ({ sheet, station, upheld }: DisputeDecision) => {
    const { slots, words } = packCases(upheld);
    return bookings("decide the dispute", () =>
      Bookings.encodeFunctionData("resolve", [sheet, station, [...slots], [...words]]),
    );
  },
  lapse: ({ sheet, station }: StationOfSheet) =>
    bookings("end the dispute", () => Bookings.encodeFunctionData("lapse", [sheet, station])),
  cancel: (sheet: Hash) => bookings("cancel the sheet", () => Bookings.encodeFunctionData("cancel", [sheet])),
  decline: ({ sheet, station }: StationOfSheet) =>
    bookings("decline the rest", () => Bookings.encodeFunctionData("decline", [sheet, station])),
  expire: (sheet: Hash) => bookings("expire the sheet", () => Bookings.encodeFunctionData("expire", [sheet])),
  withdraw: () => bookings("withdraw what is owed", () => Bookings.encodeFunctionData("withdraw")),
  /** Several calls of Bookings in one transaction: all of them take effect, or none. */
  together: (calls: readonly ContractCall[]) =>
    bookings([...new Set(calls.map(({ what }) => what))].join(" and "), () =>
      Bookings.encodeFunctionData("multicall", [calls.map(({ data }) => data)]),
    ),
};

const bookings = (what: string, encode: () => string): ContractCall => call("Bookings", what, encode);
