import { createHmac, timingSafeEqual } from "node:crypto";
import { type Digest, derive, fromBase64url, toBase64url } from "../bytes.ts";

/**
 * Where in a member's log receipts stand that travel together. The member gives it to whoever gets the receipts, and
 * reads it again when it has to have them back: only itself can make or check one.
 */
export interface Place {
  /** Which copy of the member's store wrote them; a later copy has a greater number. */
  readonly copy: number;
  /** The position of the first of them in the log; the others follow it. */
  readonly first: number;
}

/** Both numbers take six bytes, the authentication code the 16 that RFC 2104, section 5, leaves of it at least. */
const numbers = { bytes: 6, codeBytes: 16 };

/** The key that authenticates the places of a member, from its own secret. */
export const placeKey = (secret: Uint8Array): Digest => derive(secret, "places in the log");

/** @param leaves the leaf hashes of the receipts, in the order of the log */
export function writePlace(key: Uint8Array, { copy, first }: Place, leaves: readonly Digest[]): string {
  const head = Buffer.alloc(2 * numbers.bytes);
  head.writeUIntBE(copy, 0, numbers.bytes);
  head.writeUIntBE(first, numbers.bytes, numbers.bytes);
  return toBase64url(Buffer.concat([head, codeOf(key, head, leaves)]));
}

/** The place, if it was made with this key for just these receipts in this order. */
export function readPlace(key: Uint8Array, text: string, leaves: readonly Digest[]): Place | undefined {
  const bytes = Buffer.from(fromBase64url(text));
  const head = bytes.subarray(0, 2 * numbers.bytes);
  const code = bytes.subarray(2 * numbers.bytes);
  if (code.length !== numbers.codeBytes || !timingSafeEqual(code, codeOf(key, head, leaves)))
    return undefined;
  return { copy: head.readUIntBE(0, numbers.bytes), first: head.readUIntBE(numbers.bytes, numbers.bytes) };
}

function codeOf(key: Uint8Array, head: Uint8Array, leaves: readonly Digest[]): Uint8Array {
  const code = createHmac("sha256", key).update(head);
  for (const leaf of leaves) code.update(leaf);
  return code.digest().subarray(0, numbers.codeBytes);
}
