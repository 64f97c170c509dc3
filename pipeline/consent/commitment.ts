import { toHex } from "../bytes.ts";
import { fieldDigest, saltBytes } from "../disclosure/index.ts";
import { BeltError } from "../errors.ts";

/** What an owner lets a member do, in words that only the two of them know. */
export interface ConsentTerms {
  /** The source, by whatever name the two agree on, such as `registry/income`. */
  readonly source: string;
  /** The fields of the source, as JSON pointers; none means all that the source has. */
  readonly fields: readonly string[];
  readonly purpose: string;
}

/** What the ledger has of the terms: SHA-256 hashes that say nothing without the salt. */
export interface ConsentCommitments {
  readonly source: `0x${string}`;
  readonly purpose: `0x${string}`;
}

/**
 * The commitments to the terms of a consent: field digests (see disclosure) of `source`, which is the source with its
 * fields in order, and of `purpose`.
 *
 * @param salt 16 bytes that only owner and grantee know, and that no other consent of the owner has
 * @throws {BeltError} `INPUT_INVALID` for a salt of another length, or a text that is empty
 */
export function commitToConsent(
  salt: Uint8Array,
  { source, fields, purpose }: ConsentTerms,
): ConsentCommitments {
  if (salt.length !== saltBytes) {
    throw new BeltError("INPUT_INVALID", `A salt has ${saltBytes} bytes, and not ${salt.length}.`, {
      at: "/salt",
    });
  }
  for (const [name, text] of Object.entries({ source, purpose })) {
    if (text.trim() === "") throw new BeltError("INPUT_INVALID", `The ${name} is empty.`, { at: `/${name}` });
  }
  const named = [...new Set(fields)].toSorted();
  return {
    source: toHex(fieldDigest(salt, "source", { source, fields: named })),
    purpose: toHex(fieldDigest(salt, "purpose", purpose)),
  };
}
