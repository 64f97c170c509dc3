import { MaxUint256 } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { type Address, type Hash, type LedgerStatus, packStatuses } from "../../pipeline/index/index.ts";
import { type ContractName, interfaces } from "./contracts.ts";

/** A member's own part of its profile. */
export interface ProfileUpdate {
  /** Where the member's node is. */
  readonly url: string;
  /** Ed25519 and X25519 public keys: 32 bytes each. */
  readonly signingKey: Hash;
  readonly sealingKey: Hash;
}

export interface OfferTerms {
  /** The SHA-256 of the offer's document. */
  readonly document: Hash;
  readonly kind: "station" | "product";
  /** Of one case. */
  readonly price: bigint;
  readonly deadlineSeconds: number;
  /** The most cases of one sheet. */
  readonly capacity: number;
  /** Seconds since 1970. */
  readonly validUntil: number;
}

export interface BeltRecord {
  /** The SHA-256 of the belt's document, which is the belt's id. */
  readonly document: Hash;
  /** The belt that it forks. */
  readonly parent: Hash | null;
  /** The stations' offers in the order of the stations' names. */
  readonly offers: readonly Hash[];
}

export interface Booking {
  readonly belt: Hash;
  /** The Merkle root of the sheet's manifest. */
  readonly root: Hash;
  readonly count: number;
  /** Seconds since 1970. */
  readonly deadline: number;
  readonly maxCost: bigint;
}

export interface StationOfSheet {
  readonly sheet: Hash;
  /** The station's number. */
  readonly station: number;
}

/** "All done but these." */
export interface StationReport extends StationOfSheet {
  /** The cases that are not done, by their places in the sheet. */
  readonly exceptions: ReadonlyMap<number, LedgerStatus>;
}

export interface LogHead {
  readonly size: number;
  readonly root: Hash;
}

/** What to call, before it is known where the contract is. */
export interface ContractCall {
  readonly contract: ContractName;
  readonly what: string;
  readonly data: string;
}

const noHash: Hash = `0x${"0".repeat(64)}`;

/** The calls of the contracts by what they are to do. Each throws `INPUT_INVALID` for what the ledger cannot hold. */
export const calls = {
  publishProfile: ({ url, signingKey, sealingKey }: ProfileUpdate) =>
    call("Profiles", "publish the profile", () =>
      interfaces.Profiles.encodeFunctionData("publish", [url, signingKey, sealingKey]),
    ),
  publishOffer: ({ document, kind, price, deadlineSeconds, capacity, validUntil }: OfferTerms) =>
    call("Offers", "publish the offer", () =>
      interfaces.Offers.encodeFunctionData("publish", [
        document,
        kind === "station" ? 1 : 2,
        price,
        deadlineSeconds,
        capacity,
        validUntil,
      ]),
    ),
  withdrawOffer: (offer: Hash) =>
    call("Offers", "withdraw the offer", () => interfaces.Offers.encodeFunctionData("withdraw", [offer])),
  publishBelt: ({ document, parent, offers }: BeltRecord) =>
    call("Belts", "publish the belt", () =>
      interfaces.Belts.encodeFunctionData("publish", [document, parent ?? noHash, [...offers]]),
    ),
  book: ({ belt, root, count, deadline, maxCost }: Booking) =>
    call("Bookings", "book", () =>
      interfaces.Bookings.encodeFunctionData("book", [belt, root, count, deadline, maxCost]),
    ),
  report: ({ sheet, station, exceptions }: StationReport) => {
    const { slots, words } = packStatuses(exceptions);
    return call("Bookings", "report", () =>
      interfaces.Bookings.encodeFunctionData("report", [sheet, station, [...slots], [...words]]),
    );
  },
  accept: ({ sheet, station }: StationOfSheet) =>
    call("Bookings", "accept the report", () =>
      interfaces.Bookings.encodeFunctionData("accept", [sheet, station]),
    ),
  settle: ({ sheet, station }: StationOfSheet) =>
    call("Bookings", "settle the report", () =>
      interfaces.Bookings.encodeFunctionData("settle", [sheet, station]),
    ),
  withdraw: () =>
    call("Bookings", "withdraw what is owed", () => interfaces.Bookings.encodeFunctionData("withdraw")),
  /** Lets the bookings take the price of what is booked; they take nothing else. */
  approve: (bookings: Address) =>
    call("Credit", "approve what bookings cost", () =>
      interfaces.Credit.encodeFunctionData("approve", [bookings, MaxUint256]),
    ),
  expire: (sheet: Hash) =>
    call("Bookings", "expire the sheet", () => interfaces.Bookings.encodeFunctionData("expire", [sheet])),
  anchor: ({ size, root }: LogHead) =>
    call("Receipts", "anchor the log", () => interfaces.Receipts.encodeFunctionData("anchor", [size, root])),
};

function call(contract: ContractName, what: string, encode: () => string): ContractCall {
  try {
    return { contract, what, data: encode() };
  } catch (cause) {
    const words = cause instanceof Error && "shortMessage" in cause ? `: ${String(cause.shortMessage)}` : "";
    throw new BeltError("INPUT_INVALID", `The ledger cannot hold what it is asked to ${what}${words}.`, {
      cause,
    });
  }
}
