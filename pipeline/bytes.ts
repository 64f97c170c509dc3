import { hash } from "node:crypto";

/** 32 bytes of SHA-256 (FIPS 180-4). */
export type Digest = Uint8Array;

/** Makes that many bytes that nobody can foresee. */
export type RandomBytes = (size: number) => Uint8Array;

/** SHA-256 of the parts one after another; of text, its bytes in UTF-8. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Digest {
  // By way of a string of 32 characters: memory of its own for every digest takes three times as long.
  return Buffer.from(hash("sha256", joined(parts), "binary"), "binary");
}

/** Where short parts are put together: memory of its own for each takes longer than hashing them. */
const desk = Buffer.allocUnsafeSlow(16 * 1024);

/** The parts as one; it may stand where the next are put together. */
function joined(parts: readonly (Uint8Array | string)[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object") return only;
  let end = 0;
  for (const part of parts) {
    // A UTF-16 code unit takes three bytes at most.
    const most = typeof part === "string" ? 3 * part.length : part.length;
    if (end + most > desk.length) return Buffer.concat(parts.map(bytesOf));
    if (typeof part === "string") end += desk.write(part, end, "utf8");
    else {
      desk.set(part, end);
      end += part.length;
    }
  }
  return desk.subarray(0, end);
}

const bytesOf = (part: Uint8Array | string): Uint8Array => (typeof part === "string" ? utf8(part) : part);

const firstRound = Uint8Array.of(0, 0, 0, 1);

/**
 * 32 bytes that follow from a secret for one purpose: the one-step key derivation with SHA-256 (NIST SP 800-56C,
 * revision 2, section 4.1), one round.
 *
 * @param secret 32 bytes that nobody can guess
 */
export function derive(secret: Uint8Array, purpose: string): Digest {
  return sha256(firstRound, secret, purpose);
}

/** base64url without padding (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

export function fromBase64url(text: string): Uint8Array {
  return Buffer.from(text, "base64url");
}

export function toHex(bytes: Uint8Array): `0x${string}` {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

export function fromHex(text: string): Uint8Array {
  return Buffer.from(text.startsWith("0x") ? text.slice(2) : text, "hex");
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export const utf8 = (text: string): Uint8Array => Buffer.from(text, "utf8");
