import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { fromBase64url, toHex } from "../../pipeline/bytes.ts";
import { type Curve, thumbprint } from "../../pipeline/tray/index.ts";

/** A key pair of the node in the forms that its users need. */
export interface KeyPair {
  /** The thumbprint (RFC 7638) of the public key: what headers name it by. */
  readonly kid: string;
  /** The private key. */
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key as a JWK (RFC 8037), with its kid. */
  readonly jwk: { readonly kty: "OKP"; readonly crv: Curve; readonly x: string; readonly kid: string };
  /** The 32 bytes of the public key as the ledger has them. */
  readonly raw: `0x${string}`;
}

/** What stands before the 32 bytes of a private key in its PKCS #8 form (RFC 8410, section 7). */
const pkcs8 = {
  Ed25519: Buffer.from("302e020100300506032b657004220420", "hex"),
  X25519: Buffer.from("302e020100300506032b656e04220420", "hex"),
} as const;

/** The key pair of 32 private bytes (RFC 8032 for Ed25519, RFC 7748 for X25519). */
export function keyPair(curve: Curve, seed: Uint8Array): KeyPair {
  if (seed.length !== 32) throw new RangeError(`A private key has 32 bytes, not ${seed.length}.`);
  const der = Buffer.concat([pkcs8[curve], seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key);
  const { x = "" }: JsonWebKey = publicKey.export({ format: "jwk" });
  const raw = toHex(fromBase64url(x));
  const kid = thumbprint(curve, raw);
  return { kid, key, publicKey, jwk: { kty: "OKP", crv: curve, x, kid }, raw };
}
