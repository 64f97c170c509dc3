import type { KeyObject } from "node:crypto";
import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify, errors } from "jose";
import { sha256, toBase64url, utf8 } from "../bytes.ts";
import { BeltError } from "../errors.ts";
import { compactText, headerOf, payloadOf, type Refusal } from "./compact.ts";
import type { NamedKey, OwnKeys, SignerKeys } from "./keys.ts";
import {
  type Item,
  mostTrayBytes,
  type OpenedTray,
  SealHeader,
  TrayHeader,
  type TrayName,
  TrayPayload,
} from "./tray.ts";

/**
 * Signs a tray as a compact JWS (RFC 7515, Ed25519) and seals it as a compact JWE (RFC 7516, ECDH-ES over
 * X25519, A256GCM). The seal's ephemeral key and nonce are the only randomness; they come from the library.
 *
 * @throws {BeltError} `TRAY_SEAL_INVALID` when the receiver's key is one that no secret can be agreed on with
 */
export async function sealTray(
  name: TrayName,
  items: readonly Item[],
  { signer, to }: { readonly signer: NamedKey; readonly to: NamedKey & { readonly member: string } },
): Promise<Uint8Array> {
  const { sheet, edge, tray } = name;
  const header = {
    v: 1,
    typ: "tray",
    alg: "EdDSA",
    kid: signer.kid,
    aud: to.member,
    sheet,
    edge,
    tray,
  } as const;
  const signed = await new CompactSign(utf8(JSON.stringify({ items })))
    .setProtectedHeader(header)
    .sign(signer.key);
  try {
    const sealed = await new CompactEncrypt(utf8(signed))
      .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM", typ: "tray", cty: "jose", kid: to.kid })
      .encrypt(to.key);
    return utf8(sealed);
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
 * @throws {BeltError} `TRAY_TOO_LARGE`, `TRAY_INVALID`, `TRAY_SEAL_INVALID`, `TRAY_SENDER_UNKNOWN`,
 *   `TRAY_SIGNATURE_INVALID`
 */
export async function openTray(
  bytes: Uint8Array,
  { own, signers }: { readonly own: OwnKeys; readonly signers: SignerKeys },
): Promise<OpenedTray> {
  if (bytes.length > mostTrayBytes) {
    throw new BeltError(
      "TRAY_TOO_LARGE",
      `The tray has ${bytes.length} bytes; ${mostTrayBytes} are allowed.`,
    );
  }
  const signed = compactText(await unseal(bytes, own), 3, invalid("The seal does not hold a compact JWS."));
  const header = headerOf(signed, TrayHeader, invalid("The tray's signed header is not one of a tray."));
  const key = signers(header.kid);
  if (key === undefined) {
    throw new BeltError("TRAY_SENDER_UNKNOWN", "No member's profile has the key that signed the tray.");
  }
  const payload = await verify(signed, key);
  const { items } = payloadOf(payload, TrayPayload, invalid("The tray does not hold items."));
  const { sheet, edge, tray, kid, aud } = header;
  return { sheet, edge, tray, kid, aud, items };
}

async function unseal(bytes: Uint8Array, own: OwnKeys): Promise<Uint8Array> {
  const refusal = invalid("The tray is not a compact JWE of the kind trays are.");
  const text = compactText(bytes, 5, refusal);
  const key = own(headerOf(text, SealHeader, refusal).kid);
  if (key === undefined) {
    throw new BeltError("TRAY_SEAL_INVALID", "The tray is sealed to a key that is not this member's.");
  }
  const algorithms = { keyManagementAlgorithms: ["ECDH-ES"], contentEncryptionAlgorithms: ["A256GCM"] };
  try {
    return (await compactDecrypt(text, key, algorithms)).plaintext;
  } catch (cause) {
    if (cause instanceof errors.JWEDecryptionFailed) {
      throw new BeltError("TRAY_SEAL_INVALID", "The tray's seal is broken: its bytes were changed.", {
        cause,
      });
    }
    throw new BeltError(refusal.code, refusal.message, { cause });
  }
}

async function verify(signed: string, key: KeyObject): Promise<Uint8Array> {
  try {
    return (await compactVerify(signed, key, { algorithms: ["EdDSA"] })).payload;
  } catch (cause) {
    throw new BeltError("TRAY_SIGNATURE_INVALID", "The tray's signature is not its sender's.", { cause });
  }
}

const invalid = (message: string): Refusal => ({ code: "TRAY_INVALID", message });

/** What an acknowledgement and a duplicate's recognition name a tray's bytes by. */
export const trayHash = (bytes: Uint8Array): string => toBase64url(sha256(bytes));
