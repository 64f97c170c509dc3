import { createPublicKey, type KeyObject } from "node:crypto";
import { fromHex, sha256, toBase64url } from "../bytes.ts";
import { BeltError } from "../errors.ts";

/** Ed25519 signs (RFC 8032), X25519 agrees on the seal's key (RFC 7748). */
export type Curve = "Ed25519" | "X25519";

/** A private key and the name that headers give it (its thumbprint, RFC 7638). */
export interface NamedKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** Finds a private sealing key of ours by its thumbprint. */
export type OwnKeys = (kid: string) => KeyObject | undefined;
/** Finds a member's public signing key by its thumbprint. */
export type SignerKeys = (kid: string) => KeyObject | undefined;

/**
 * The public key from its 32 raw bytes as the ledger has them (RFC 8037).
 *
 * @throws {BeltError} `INPUT_INVALID` for what is no key, zero among it: the ledger has that where there is none
 */
export function publicKey(curve: Curve, raw: string): KeyObject {
  const x = coordinate(raw);
  if (/^A+$/.test(x)) throw new BeltError("INPUT_INVALID", "The key is zero: none was published.");
  return createPublicKey({ format: "jwk", key: { kty: "OKP", crv: curve, x } });
}

/**
 * The thumbprint (RFC 7638) that a header names a key by, from its 32 raw bytes as the ledger has them.
 *
 * @throws {BeltError} `INPUT_INVALID` for what is no key
 */
export function thumbprint(curve: Curve, raw: string): string {
  // The members of an OKP key that RFC 8037, section 2, has thumbprinted, in the order of their names.
  return toBase64url(sha256(`{"crv":"${curve}","kty":"OKP","x":"${coordinate(raw)}"}`));
}

function coordinate(raw: string): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(raw)) {
    throw new BeltError("INPUT_INVALID", "A key is 32 bytes: 0x and 64 hexadecimal digits.");
  }
  return toBase64url(fromHex(raw));
}
