import { type Digest, fromBase64url, toBase64url } from "../bytes.ts";
import { open } from "../disclosure/index.ts";
import { BeltError } from "../errors.ts";
import { type Commitments, leafHash } from "../log/index.ts";
import { receiptBytes } from "../receipt/index.ts";
import type { Item } from "../tray/index.ts";
import type { Arrival } from "./hop.ts";

/** Where an item came from: the sheet, the source and the fields that its edge names. */
export interface Origin {
  readonly sheet: string;
  /** `case`, or the name of the station that sent it. */
  readonly source: string;
  readonly fields: readonly string[];
  /** The commitments of the sheet's cases, from the manifest. */
  readonly commitments: Pick<Commitments, "at">;
}

/** One item that passed every check. */
export interface Delivery {
  readonly item: Item;
  readonly arrival: Arrival;
  /** Its sender's receipt as it is a leaf of the sender's log; a consumer's item has none. */
  readonly leaf: Uint8Array | undefined;
}

/**
 * Checks an item against the sheet's manifest, its sender's receipt and its edge, and gives what it brought.
 *
 * @throws {BeltError} `COMMITMENT_MISMATCH` with the case's number as its place
 */
export function deliveryOf(item: Item, origin: Origin): Delivery {
  const at = `case ${item.case}`;
  const commitment = origin.commitments.at(item.case);
  if (commitment === undefined)
    throw new BeltError("COMMITMENT_MISMATCH", "The sheet has no such case.", { at });
  try {
    return origin.source === "case"
      ? fromCase(item, origin, commitment)
      : fromStation(item, origin, commitment);
  } catch (cause) {
    if (!(cause instanceof BeltError)) throw cause;
    throw new BeltError(cause.code, cause.message, {
      at: cause.at === undefined ? at : `${at} ${cause.at}`,
      cause,
    });
  }
}

function fromCase(item: Item, { fields }: Origin, commitment: Digest): Delivery {
  if (item.receipt !== undefined || item.reason !== undefined) {
    throw new BeltError("COMMITMENT_MISMATCH", "A consumer's item has no receipt.");
  }
  const digest = toBase64url(commitment);
  return {
    item,
    arrival: { digest, status: "done", fields: open(item, fields, commitment) },
    leaf: undefined,
  };
}

function fromStation(item: Item, { sheet, source, fields }: Origin, commitment: Digest): Delivery {
  const { receipt } = item;
  if (receipt === undefined) throw new BeltError("COMMITMENT_MISMATCH", "A station's item has a receipt.");
  const { status, out } = receipt;
  if (
    receipt.sheet !== sheet ||
    receipt.station !== source ||
    receipt.case !== item.case ||
    receipt.in["case"] !== toBase64url(commitment)
  ) {
    throw new BeltError("COMMITMENT_MISMATCH", "The receipt is not the sender's for this case.");
  }
  const leaf = receiptBytes(receipt);
  const digest = toBase64url(leafHash(leaf));
  if (out !== null) {
    return { item, arrival: { digest, status, fields: open(item, fields, fromBase64url(out)) }, leaf };
  }
  if (item.disclosed.length + item.withheld.length > 0) {
    throw new BeltError("COMMITMENT_MISMATCH", "A case that is not done has no output.");
  }
  return { item, arrival: { digest, status, fields: new Map() }, leaf };
}
