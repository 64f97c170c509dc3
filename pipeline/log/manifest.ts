import { type Digest, toHex } from "../bytes.ts";
import { BeltError } from "../errors.ts";
import { leafHash, rootOf } from "./tree.ts";

/** A sheet has at most this many cases. */
export const mostCases = 1024;

/** The list of a sheet's case commitments, in the order of the cases: 32 bytes each, one after another. */
export type Manifest = Uint8Array;

/** A sheet's case commitments as they stand in its manifest: as objects of their own they would take four times the memory. */
export interface Commitments {
  readonly length: number;
  at(number: number): Digest | undefined;
}

/** The Merkle root over the case commitments (RFC 9162, section 2.1.1): a manifest's name on the ledger. */
export function manifestRoot(commitments: readonly Digest[]): `0x${string}` {
  return toHex(rootOf(commitments.map(leafHash)));
}

/**
 * Reads a manifest and checks it against its name.
 *
 * @param count the cases that were booked, which the root alone does not say: more would be worked on unpaid
 * @throws {BeltError} `COMMITMENT_MISMATCH` when it is not the manifest of that root, or of that many cases
 */
export function readManifest(manifest: Manifest, root: string, count?: number): Commitments {
  const cases = manifest.length / 32;
  if (!Number.isInteger(cases) || cases < 1 || cases > mostCases) {
    throw new BeltError("COMMITMENT_MISMATCH", "A manifest has 32 bytes for each of 1 to 1,024 cases.");
  }
  if (count !== undefined && cases !== count) {
    throw new BeltError("COMMITMENT_MISMATCH", `The manifest has ${cases} cases where ${count} were booked.`);
  }
  const at = (number: number): Digest => manifest.subarray(32 * number, 32 * number + 32);
  if (manifestRoot(Array.from({ length: cases }, (_, number) => at(number))) !== root) {
    throw new BeltError("COMMITMENT_MISMATCH", "The manifest is not the one whose root was booked.");
  }
  return { length: cases, at: (number) => (number < cases ? at(number) : undefined) };
}
