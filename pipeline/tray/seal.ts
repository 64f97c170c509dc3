import { type RandomBytes, sha256, toBase64url } from "../bytes.ts";
import { BeltError } from "../errors.ts";
import { contentOf, jsonOf, jweParts, jwsParts, type Refusal, refused, withContent } from "./compact.ts";
import { nonceBytes, seal, tagBytes, unseal } from "./jwe.ts";
import { isSigned, signDetached } from "./jws.ts";
import type { NamedKey, OwnKeys, SignerKeys } from "./keys.ts";
import { type Item, Payload, readItems } from "./payload.ts";
import { readTraceParent, type TraceContext } from "./trace.ts";
import {
  mostTrayBytes,
  SealHeader,
  TrayHeader,
  type TrayName,
  trayVersion,
  trayVersions,
  VersionedHeader,
} from "./tray.ts";

/** A tray that was opened and whose signature holds. */
export interface OpenedTray extends TrayName {
  readonly kid: string;
  readonly aud: string;
  readonly items: readonly Item[];
  readonly place?: string;
  /** What the sender sent it because of, if it traces. */
  readonly trace?: TraceContext;
}

/**
 * Signs a payload as a JWS with detached content (RFC 7515, RFC 7797, Ed25519) and seals both as a JWE (RFC 7516,
 * ECDH-ES over X25519, A256GCM): its compact form without the ciphertext, and that behind it.
 *
 * @param payload see `writePayloads`
 * @param random makes the seal's ephemeral key and nonce
 * @throws {BeltError} `TRAY_SEAL_INVALID` when the receiver's key is one that no secret can be agreed on with
 */
export function sealTray(
  { sheet, edge, tray }: TrayName,
  payload: Uint8Array,
  { signer, to }: { readonly signer: NamedKey; readonly to: NamedKey & { readonly member: string } },
  random: RandomBytes,
): Uint8Array {
  const name = { kid: signer.kid, aud: to.member, sheet, edge, tray };
  const header: TrayHeader = {
    v: trayVersion,
    typ: "tray",
    alg: "EdDSA",
    b64: false,
    crit: ["b64"],
    ...name,
  };
  const signed = withContent(signDetached(header, payload, signer.key), payload);
  const sealHeader = { alg: "ECDH-ES", enc: "A256GCM", typ: "tray", cty: "signed-tray", kid: to.kid };
  try {
    const parts = seal(sealHeader, signed, to.key, random);
    const compact = `${parts.header}..${toBase64url(parts.nonce)}..${toBase64url(parts.tag)}`;
    return withContent(compact, parts.ciphertext);
  } catch (cause) {
    throw new BeltError("TRAY_SEAL_INVALID", `The sealing key of member ${to.member} cannot be used.`, {
      cause,
    });
  }
}

/**
 * Opens the seal and checks the signature, in that order, after the size. Whether the tray is for this member
 * (`aud`), from whom its edge begins at, and about a booked sheet is for the caller to check.
 *
 * @throws {BeltError} `TRAY_TOO_LARGE`, `TRAY_INVALID`, `TRAY_SEAL_INVALID`, `TRAY_VERSION_UNKNOWN`,
 *   `TRAY_SENDER_UNKNOWN`, `TRAY_SIGNATURE_INVALID`
 */
export function openTray(
  bytes: Uint8Array,
  { own, signers }: { readonly own: OwnKeys; readonly signers: SignerKeys },
): OpenedTray {
  if (bytes.length > mostTrayBytes) {
    throw new BeltError(
      "TRAY_TOO_LARGE",
      `The tray has ${bytes.length} bytes; ${mostTrayBytes} are allowed.`,
    );
  }
  const { version, signed } = opened(bytes, own);
  const { header, signature, payload } = divide(signed);
  const headed = invalid("The tray's signed header is not one of a tray.");
  const { v } = jsonOf(header.bytes, VersionedHeader, headed);
  if (!trayVersions.includes(v)) {
    const known = trayVersions.join(", ");
    throw new BeltError("TRAY_VERSION_UNKNOWN", `The tray is of version ${v}; this node takes ${known}.`);
  }
  const { sheet, edge, tray, kid, aud } = jsonOf(header.bytes, TrayHeader, headed);
  if (v !== version) throw refused(headed, { words: `The seal is one of version ${version}.`, at: "/v" });
  const key = signers(kid);
  if (key === undefined) {
    throw new BeltError("TRAY_SENDER_UNKNOWN", "No member's profile has the key that signed the tray.");
  }
  if (!isSigned(header.text, payload, signature.bytes, key)) {
    throw new BeltError("TRAY_SIGNATURE_INVALID", "The tray's signature is not its sender's.");
  }
  const { items, place, traceparent } = jsonOf(payload, Payload, invalid("The tray does not hold items."));
  return {
    ...{ sheet, edge, tray, kid, aud, items: readItems({ sheet, edge }, { items }) },
    ...(place === undefined ? {} : { place }),
    ...(traceparent === undefined ? {} : { trace: readTraceParent(traceparent) }),
  };
}

/**
 * Whose a tray claims to be: its sheet, edge and number, by a header of which nothing was checked but that it was sealed to
 * this member. Undefined for what does not open.
 */
export function nameOfTray(bytes: Uint8Array, own: OwnKeys): TrayName | undefined {
  try {
    if (bytes.length > mostTrayBytes) return undefined;
    const { header } = divide(opened(bytes, own).signed);
    const { sheet, edge, tray } = jsonOf(
      header.bytes,
      TrayHeader,
      invalid("The header is not one of a tray."),
    );
    return { sheet, edge, tray };
  } catch {
    return undefined;
  }
}

/** What a seal holds, and the version of trays that are sealed in its form. */
function opened(bytes: Uint8Array, own: OwnKeys): { readonly version: number; readonly signed: Uint8Array } {
  const refusal = invalid("The tray is not a JWE of the kind trays are.");
  const { compact, content } = contentOf(bytes);
  const { header, encryptedKey, nonce, ciphertext, tag } = jweParts(compact, refusal);
  const { kid, epk } = jsonOf(header.bytes, SealHeader, refusal);
  const key = own(kid);
  if (key === undefined) {
    throw new BeltError("TRAY_SEAL_INVALID", "The tray is sealed to a key that is not this member's.");
  }
  const lengths = [encryptedKey, nonce, tag].map((part) => part.bytes.length);
  const isTwice = content !== undefined && ciphertext.text !== "";
  if (isTwice || lengths.join() !== `0,${nonceBytes},${tagBytes}`) throw refused(refusal);
  const sealed = content ?? ciphertext.bytes;
  const parts = { header: header.text, nonce: nonce.bytes, ciphertext: sealed, tag: tag.bytes };
  try {
    return { version: content === undefined ? 1 : 2, signed: unseal(parts, epk.x, key) };
  } catch (cause) {
    throw new BeltError("TRAY_SEAL_INVALID", "The tray's seal is broken: its bytes were changed.", { cause });
  }
}

/** A detached signature and the payload that it signs. */
function divide(signed: Uint8Array) {
  const refusal = invalid("The seal does not hold a compact JWS with detached content, and that content.");
  const { compact, content } = contentOf(signed);
  const { header, payload, signature } = jwsParts(compact, refusal);
  if (content === undefined || payload.text !== "") throw refused(refusal);
  return { header, signature, payload: content };
}

const invalid = (message: string): Refusal => ({ code: "TRAY_INVALID", message });

/** What an acknowledgement and a duplicate's recognition name a tray's bytes by. */
export const trayHash = (bytes: Uint8Array): string => toBase64url(sha256(bytes));
