import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { derive, type RandomBytes } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";

const nonceBytes = 12;
const tagBytes = 16;

// The key of a case serves two ends; each gets a key of its own from it.
const cipherKey = (secret: Uint8Array): KeyObject => createSecretKey(derive(secret, "at rest"));

/** Seals data for the disk (AES-256-GCM): nonce ‖ ciphertext ‖ tag. Destroying the secret erases the data. */
export function sealAtRest(secret: Uint8Array, data: Uint8Array, random: RandomBytes): Uint8Array {
  const nonce = random(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", cipherKey(secret), nonce);
  return Buffer.concat([nonce, cipher.update(data), cipher.final(), cipher.getAuthTag()]);
}

/** @throws {BeltError} `STORE_FAILED` when the bytes were changed or the secret is another one's */
export function openAtRest(secret: Uint8Array, sealed: Uint8Array, at: string): Uint8Array {
  try {
    const nonce = sealed.subarray(0, nonceBytes);
    // Without its length here, a tag that was cut to four bytes would do.
    const decipher = createDecipheriv("aes-256-gcm", cipherKey(secret), nonce, { authTagLength: tagBytes });
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    const data = sealed.subarray(nonceBytes, sealed.length - tagBytes);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch (cause) {
    throw new BeltError("STORE_FAILED", "A stored record does not open: its bytes or its key were changed.", {
      at,
      cause,
    });
  }
}
