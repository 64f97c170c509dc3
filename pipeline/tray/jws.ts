import { type KeyObject, sign, verify } from "node:crypto";
import { toBase64url, utf8 } from "../bytes.ts";

const encoded = (header: object): string => toBase64url(utf8(JSON.stringify(header)));

/** A compact JWS (RFC 7515), signed with Ed25519 (RFC 8037, section 3.1). */
export function signCompact(header: object, payload: Uint8Array, key: KeyObject): string {
  const input = `${encoded(header)}.${toBase64url(payload)}`;
  return `${input}.${toBase64url(sign(null, utf8(input), key))}`;
}

/**
 * A compact JWS whose content is neither encoded nor in it (RFC 7797, and RFC 7515, appendix F): `header..signature`.
 * So a payload that travels beside its signature does not grow by a third.
 *
 * @param header has `b64: false` and `crit: ["b64"]` among its members
 */
export function signDetached(header: object, payload: Uint8Array, key: KeyObject): string {
  const text = encoded(header);
  return `${text}..${toBase64url(sign(null, signingInput(text, payload), key))}`;
}

/**
 * Whether a signature is of an Ed25519 key.
 *
 * @param header as it stands in the JWS
 * @param payload as it is signed: encoded, or with detached content just as it is
 */
export const isSigned = (
  header: string,
  payload: Uint8Array,
  signature: Uint8Array,
  key: KeyObject,
): boolean => verify(null, signingInput(header, payload), key, signature);

const signingInput = (header: string, payload: Uint8Array): Uint8Array =>
  Buffer.concat([utf8(`${header}.`), payload]);
