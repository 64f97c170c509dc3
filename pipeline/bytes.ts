import { hash } from "node:crypto";

/** 32 bytes of SHA-256 (FIPS 180-4). */
export type Digest = Uint8Array;

/** Makes that many bytes that nobody can foresee. */
export type RandomBytes = (size: number) => Uint8Array;

/** SHA-256 of the parts one after another. */
export function sha256(...parts: readonly Uint8Array[]): Digest {
  const only = parts[0];
  const bytes = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  // By way of a string of 32 characters: memory of its own for every digest takes three times as long.
  return Buffer.from(hash("sha256", bytes, "binary"), "binary");
}

const firstRound = Uint8Array.of(0, 0, 0, 1);

/**
 * 32 bytes that follow from a secret for one purpose: the one-step key derivation with SHA-256 (NIST SP 800-56C,
 * revision 2, section 4.1), one round.
 *
 * @param secret 32 bytes that nobody can guess
 */
export function derive(secret: Uint8Array, purpose: string): Digest {
  return sha256(firstRound, secret, utf8(purpose));
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
