import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";
import { z } from "zod";
import { fromBase64url, toBase64url, utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { canonical } from "../../pipeline/json.ts";

/**
 * How a passphrase becomes a key: scrypt (RFC 7914) with N = 2^17, r = 8, p = 1, which takes 128 MiB and some
 * tenths of a second for every guess. The file names its parameters, within bounds, so that they can grow.
 */
const Derivation = z.strictObject({
  name: z.literal("scrypt"),
  n: z
    .int()
    .min(2 ** 14)
    .max(2 ** 20)
    .refine((n) => Number.isInteger(Math.log2(n)), "use a power of two"),
  r: z.int().min(8).max(16),
  p: z.int().min(1).max(4),
  salt: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** Bytes under a passphrase: AES-256-GCM (NIST SP 800-38D); the derivation is authenticated as well. */
export const Encrypted = z.strictObject({
  derivation: Derivation,
  cipher: z.literal("A256GCM"),
  iv: z.string().regex(/^[A-Za-z0-9_-]{16}$/),
  tag: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  ciphertext: z.string().regex(/^[A-Za-z0-9_-]+$/),
});
export type Encrypted = z.infer<typeof Encrypted>;

/** Bytes that nobody can foresee. */
export type Random = (size: number) => Uint8Array;

export async function encrypt(
  plaintext: Uint8Array,
  { passphrase, random }: { readonly passphrase: string; readonly random: Random },
): Promise<Encrypted> {
  const derivation = { name: "scrypt", n: 2 ** 17, r: 8, p: 1, salt: toBase64url(random(32)) } as const;
  const iv = random(12);
  const cipher = createCipheriv("aes-256-gcm", await derive(passphrase, derivation), iv);
  cipher.setAAD(utf8(canonical(derivation)));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return {
    derivation,
    cipher: "A256GCM",
    iv: toBase64url(iv),
    tag: toBase64url(cipher.getAuthTag()),
    ciphertext: toBase64url(ciphertext),
  };
}

/** @throws {BeltError} `PASSPHRASE_WRONG`; a changed file cannot be told from a wrong passphrase */
export async function decrypt(encrypted: Encrypted, passphrase: string, at: string): Promise<Uint8Array> {
  const key = await derive(passphrase, encrypted.derivation);
  const decipher = createDecipheriv("aes-256-gcm", key, fromBase64url(encrypted.iv), { authTagLength: 16 });
  decipher.setAAD(utf8(canonical(encrypted.derivation)));
  decipher.setAuthTag(fromBase64url(encrypted.tag));
  try {
    return Buffer.concat([decipher.update(fromBase64url(encrypted.ciphertext)), decipher.final()]);
  } catch (cause) {
    throw new BeltError("PASSPHRASE_WRONG", "The passphrase does not open the keys.", { at, cause });
  }
}

/** Passphrases are compared in Unicode normal form C, since keyboards differ in how they compose letters. */
function derive(passphrase: string, { n, r, p, salt }: z.infer<typeof Derivation>): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFC"), fromBase64url(salt), 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
