import { createPublicKey, type KeyObject } from "node:crypto";
import { fromHex, sha256, toBase64url, utf8 } from "../bytes.ts";

/** Ed25519 signs (RFC 8032), X25519 agrees on the seal's key (RFC 7748). */
export type Curve = "Ed25519" | "X25519";

/** The public key from its 32 raw bytes as the ledger has them (RFC 8037). */
export function publicKey(curve: Curve, raw: string): KeyObject {
  return createPublicKey({ format: "jwk", key: { kty: "OKP", crv: curve, x: toBase64url(fromHex(raw)) } });
}

/** The thumbprint (RFC 7638) that a header names a key by, from its 32 raw bytes as the ledger has them. */
export function thumbprint(curve: Curve, raw: string): string {
  const x = toBase64url(fromHex(raw));
  // The members of an OKP key that RFC 8037, section 2, has thumbprinted, in the order of their names.
  return toBase64url(sha256(utf8(`{"crv":"${curve}","kty":"OKP","x":"${x}"}`)));
}
