import { type Digest, derive, sha256 } from "../bytes.ts";
import { BeltError } from "../errors.ts";
import { canonical, type Json } from "../json.ts";

/** Bytes of a salt: 128 bits, as RFC 9901 (SD-JWT), section 9.3, asks at least. */
export const saltBytes = 16;

// First bytes that keep the hashes of this package apart from each other and from the log's 0x00 and 0x01.
const present = Uint8Array.of(0x02);
const absent = Uint8Array.of(0x03);
const set = Uint8Array.of(0x04);

/** What two bytes of length can say. */
const longestName = 0xffff;

/**
 * The salt of one field, derived so that whoever keeps the secret can open the commitment again.
 *
 * @param secret 32 bytes, one for each case and source
 * @param name the field's JSON pointer
 */
export function fieldSalt(secret: Uint8Array, name: string): Uint8Array {
  return derive(secret, name).subarray(0, saltBytes);
}

/**
 * SHA-256(kind ‖ salt ‖ length of the name, two bytes ‖ name ‖ canonical value); a field that the value does
 * not have is committed as absent, so that leaving it out later shows.
 *
 * @throws {BeltError} `INPUT_INVALID` for a name that those bytes could not tell from another, `JSON_INVALID` for a
 *   value without canonical form
 */
export function fieldDigest(salt: Uint8Array, name: string, value: Json | undefined): Digest {
  const size = Buffer.byteLength(name);
  if (size > longestName || !name.isWellFormed()) {
    throw new BeltError("INPUT_INVALID", "A field's name is at most 65,535 bytes of well-formed Unicode.", {
      at: name.slice(0, 100),
    });
  }
  const length = Uint8Array.of(size >> 8, size & 0xff);
  return value === undefined
    ? sha256(absent, salt, length, name)
    : sha256(present, salt, length, name, canonical(value));
}

/** The commitment to a set of fields: the hash of their sorted digests (the shape of SD-JWT, RFC 9901). */
export function commitmentOf(digests: readonly Digest[]): Digest {
  return sha256(set, ...digests.toSorted(Buffer.compare));
}
