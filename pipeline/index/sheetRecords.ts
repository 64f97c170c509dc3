import type { Address, Hash } from "./events.ts";
import type { Position } from "./records.ts";

/** Cases of a sheet by slot: 64 places of 4 bits each, 1 for a case that is meant; slot n has the cases from 64n on. */
export type MarkedCases = ReadonlyMap<number, bigint>;

/** What a station reported, at once or in parts: all cases done but the exceptions, in the slots that it covers. */
export interface Report {
  readonly member: Address;
  /** The slots of 64 cases that are reported: bit n is slot n. */
  readonly covered: number;
  /** 64 statuses of 4 bits by slot; slot n has the cases from 64n on. */
  readonly exceptions: ReadonlyMap<number, bigint>;
  /** Its newest part. */
  readonly reported: Position;
}

/** A station gave up what it had not reported. */
export interface Decline {
  readonly member: Address;
  /** What the consumer was refunded for that. */
  readonly refunded: bigint;
  readonly declined: Position;
}

/** How a station of a sheet was paid, in the smallest unit of credit. */
export interface Settlement {
  readonly member: Address;
  /** The consumer that accepted, or whoever asked after the acceptance window. */
  readonly settler: Address;
  /** Owed since to the member, for the cases that it has done and that are not in dispute. */
  readonly paid: bigint;
  /** Owed since to the consumer, for the cases that are not done. */
  readonly refunded: bigint;
  readonly settled: Position;
}

/** What a supervisor decided of a dispute: these cases are to be refunded, the others paid. */
export interface Decision {
  readonly cases: MarkedCases;
  readonly given: Position;
}

/** How a dispute ended. */
export interface DisputeEnd {
  /** The cases that were refunded. */
  readonly upheld: MarkedCases;
  /** The two supervisors that decided the same; nobody when they stayed silent, and the report stands. */
  readonly supervisors: readonly Address[];
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly ended: Position;
}

/** Cases of one station that the consumer disputes. */
export interface Dispute {
  readonly cases: MarkedCases;
  /** The hashes of what the consumer shows, and when it disputed. */
  readonly evidence: readonly { readonly hash: Hash; readonly disputed: Position }[];
  /** The latest decision of every supervisor that gave one. */
  readonly decisions: ReadonlyMap<Address, Decision>;
  readonly end: DisputeEnd | undefined;
}

export interface Expiry {
  /** A bit for every station that had not reported everything. */
  readonly unreported: number;
  /** What the consumer was refunded for them. */
  readonly refunded: bigint;
  readonly expired: Position;
}

/** The days of a product that a sheet has: its case n is unit n % units on day firstDay + n / units. */
export interface Stay {
  /** Days since 1970-01-01, in UTC. */
  readonly firstDay: number;
  readonly dayCount: number;
  /** Of each day. */
  readonly units: number;
}

export interface Sheet {
  readonly id: Hash;
  /** Null when it is a single offer's. */
  readonly belt: Hash | null;
  /** The offers in the order of the stations' numbers. */
  readonly offers: readonly Hash[];
  /** What was booked of a product; undefined for a sheet of cases. */
  readonly stay: Stay | undefined;
  readonly consumer: Address;
  /** The Merkle root of the sheet's manifest. */
  readonly root: Hash;
  /** How many cases. */
  readonly count: number;
  /** Seconds since 1970; a cancellation brought it forward. */
  readonly deadline: number;
  readonly cost: bigint;
  readonly booked: Position;
  /** By the station's number. */
  readonly reports: readonly (Report | undefined)[];
  /** By the station's number. */
  readonly declines: readonly (Decline | undefined)[];
  /** By the station's number. */
  readonly settlements: readonly (Settlement | undefined)[];
  /** By the station's number. */
  readonly disputes: readonly (Dispute | undefined)[];
  /** When the consumer cancelled it last. */
  readonly cancelled: Position | undefined;
  readonly expiry: Expiry | undefined;
}
