import { MaxUint256 } from "ethers";
import type { Address, Hash } from "../../pipeline/index/index.ts";
import { bookingCalls } from "./bookingCalls.ts";
import { call } from "./call.ts";
import { interfaces } from "./contracts.ts";
import { anchorCall } from "./frontiers.ts";

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
  /** Of one case; of a product, of one unit for one day. */
  readonly price: bigint;
  /** The time that the work takes at most; of a product, that its report takes after the last day. */
  readonly deadlineSeconds: number;
  /** The most cases of one sheet; of a product, the units of every day. */
  readonly capacity: number;
  /** Seconds since 1970. */
  readonly validUntil: number;
  /** The offer of this kind that it is a new version of: that one is withdrawn. */
  readonly supersedes?: Hash;
}

export interface BeltRecord {
  /** The SHA-256 of the belt's document, which is the belt's id. */
  readonly document: Hash;
  /** The belt that it forks. */
  readonly parent: Hash | null;
  /** The stations' offers in the order of the stations' names. */
  readonly offers: readonly Hash[];
}

export interface LogHead {
  readonly size: number;
  readonly root: Hash;
  /** The hashes of the log's complete subtrees, left to right: what it takes to go on with it. */
  readonly frontier?: readonly Hash[] | undefined;
}

const noHash: Hash = `0x${"0".repeat(64)}`;

/** The calls of the contracts by what they are to do. Each throws `INPUT_INVALID` for what the ledger cannot hold. */
export const calls = {
  publishProfile: ({ url, signingKey, sealingKey }: ProfileUpdate) =>
    call("Profiles", "publish the profile", () =>
      interfaces.Profiles.encodeFunctionData("publish", [url, signingKey, sealingKey]),
    ),
  publishOffer: ({ document, kind, supersedes, ...terms }: OfferTerms) => {
    const { price, deadlineSeconds, capacity, validUntil } = terms;
    const rest = [price, deadlineSeconds, capacity, validUntil] as const;
    return call("Offers", "publish the offer", () =>
      supersedes === undefined
        ? interfaces.Offers.encodeFunctionData("publish", [document, kind === "station" ? 1 : 2, ...rest])
        : interfaces.Offers.encodeFunctionData("supersede", [supersedes, document, ...rest]),
    );
  },
  withdrawOffer: (offer: Hash) =>
    call("Offers", "withdraw the offer", () => interfaces.Offers.encodeFunctionData("withdraw", [offer])),
  publishBelt: ({ document, parent, offers }: BeltRecord) =>
    call("Belts", "publish the belt", () =>
      interfaces.Belts.encodeFunctionData("publish", [document, parent ?? noHash, [...offers]]),
    ),
  ...bookingCalls,
  /** Lets the bookings take the price of what is booked; they take nothing else. */
  approve: (bookings: Address) =>
    call("Credit", "approve what bookings cost", () =>
      interfaces.Credit.encodeFunctionData("approve", [bookings, MaxUint256]),
    ),
  anchor: (head: LogHead) => call("Receipts", "anchor the log", () => anchorCall(head)),
};
