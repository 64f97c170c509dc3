import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  type KeyObject,
} from "node:crypto";
import { type RandomBytes, sha256, toBase64url, utf8 } from "../bytes.ts";

/** What A256GCM takes (RFC 7518, section 5.3). */
export const nonceBytes = 12;
export const tagBytes = 16;

/** The parts of a JWE (RFC 7516) with one receiver and no encrypted key. */
export interface SealedParts {
  /** The header in base64url: the seal covers its text. */
  readonly header: string;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/**
 * Seals bytes as a JWE: direct key agreement (ECDH-ES, RFC 7518, section 4.6) over X25519 (RFC 8037,
 * section 3.2), A256GCM. The sender's key for this one seal and the nonce are made of `random`.
 *
 * @param header its members besides `epk`
 * @throws {Error} when no secret can be agreed on with the receiver's key
 */
export function seal(header: object, plaintext: Uint8Array, to: KeyObject, random: RandomBytes): SealedParts {
  const ephemeral = privateX25519(random(32));
  const { x } = createPublicKey(ephemeral).export({ format: "jwk" });
  const text = toBase64url(utf8(JSON.stringify({ ...header, epk: { kty: "OKP", crv: "X25519", x } })));
  const nonce = random(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", contentKey(ephemeral, to), nonce);
  cipher.setAAD(utf8(text));
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { header: text, nonce, ciphertext, tag: cipher.getAuthTag() };
}

/**
 * Opens what {@link seal} sealed.
 *
 * @param from the sender's key for this one seal, the header's `epk.x`
 * @throws {Error} when the seal is broken, or made with a key that no secret can be agreed on with
 */
export function unseal(
  { header, nonce, ciphertext, tag }: SealedParts,
  from: string,
  to: KeyObject,
): Uint8Array {
  const sender = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "X25519", x: from } });
  const key = contentKey(to, sender);
  // Without its length here, a tag that was cut to four bytes would do.
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(utf8(header));
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  decipher.final();
  return plaintext;
}

const number = (value: number): Uint8Array => Uint8Array.of(0, 0, value >> 8, value & 0xff);
const algorithm = utf8("A256GCM");
// AlgorithmID, empty PartyUInfo and PartyVInfo, the key's length in bits.
const otherInfo = Buffer.concat([number(algorithm.length), algorithm, number(0), number(0), number(256)]);

/** One round of the Concat KDF (RFC 7518, section 4.6.2). */
const contentKey = (privateKey: KeyObject, publicKey: KeyObject): KeyObject =>
  createSecretKey(sha256(number(1), diffieHellman({ privateKey, publicKey }), otherInfo));

// PKCS #8 of an X25519 key (RFC 8410, section 7) is these bytes and the key's own.
const pkcs8 = Buffer.from("302e020100300506032b656e04220420", "hex");

const privateX25519 = (raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, raw]), format: "der", type: "pkcs8" });
