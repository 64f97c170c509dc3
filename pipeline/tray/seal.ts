import type { KeyObject } from "node:crypto";
import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify, decodeProtectedHeader, errors } from "jose";
import type { z } from "zod";
import { sha256, toBase64url, utf8 } from "../bytes.ts";
import { BeltError, type Code } from "../errors.ts";
import { canonical } from "../json.ts";
import {
  Acknowledgement,
  type Item,
  mostTrayBytes,
  type OpenedTray,
  TrayHeader,
  type TrayName,
  TrayPayload,
} from "./tray.ts";

/** A private key and the name that headers give it (its thumbprint, RFC 7638). */
export interface NamedKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/**
 * Signs a tray as a compact JWS (RFC 7515, Ed25519) and seals it as a compact JWE (RFC 7516, ECDH-ES over
 * X25519, A256GCM). The seal's ephemeral key and nonce are the only randomness; they come from the library.
 */
export async function sealTray(
  name: TrayName,
  items: readonly Item[],
  { signer, to }: { readonly signer: NamedKey; readonly to: NamedKey & { readonly member: string } },
): Promise<Uint8Array> {
  const header = { v: 1, typ: "tray", alg: "EdDSA", kid: signer.kid, aud: to.member, ...name } as const;
  const signed = await new CompactSign(utf8(JSON.stringify({ items })))
    .setProtectedHeader(header)
    .sign(signer.key);
  const sealed = await new CompactEncrypt(utf8(signed))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM", typ: "tray", cty: "jose", kid: to.kid })
    .encrypt(to.key);
  return utf8(sealed);
}

/** Finds a private sealing key of ours by its thumbprint. */
export type OwnKeys = (kid: string) => KeyObject | undefined;
/** Finds a member's public signing key by its thumbprint. */
export type SignerKeys = (kid: string) => KeyObject | undefined;

/**
 * Opens the seal and checks the signature, in that order, after the size.
 *
 * @throws {BeltError} `TRAY_TOO_LARGE`, `TRAY_INVALID`, `TRAY_SEAL_INVALID`, `TRAY_SENDER_UNKNOWN`,
 *   `TRAY_SIGNATURE_INVALID`
 */
export async function openTray(
  bytes: Uint8Array,
  { own, signers }: { readonly own: OwnKeys; readonly signers: SignerKeys },
): Promise<OpenedTray> {
  if (bytes.length > mostTrayBytes) {
    throw new BeltError("TRAY_TOO_LARGE", `The tray has ${bytes.length} bytes; ${mostTrayBytes} are allowed.`);
  }
  const signed = await unseal(bytes, own);
  const header = parse(TrayHeader, readHeader(signed), "TRAY_INVALID", "The tray's signed header is not one of a tray.");
  const key = signers(header.kid);
  if (key === undefined) {
    throw new BeltError("TRAY_SENDER_UNKNOWN", "No member's profile has the key that signed the tray.");
  }
  const payload = await verify(signed, key);
  const { items } = parse(TrayPayload, json(payload), "TRAY_INVALID", "The tray does not hold items.");
  const { sheet, edge, tray, kid, aud } = header;
  return { sheet, edge, tray, kid, aud, items };
}

async function unseal(bytes: Uint8Array, own: OwnKeys): Promise<Uint8Array> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  try {
    const { plaintext } = await compactDecrypt(
      text,
      ({ kid }) => {
        const key = kid === undefined ? undefined : own(kid);
        if (key === undefined) {
          throw new BeltError("TRAY_SEAL_INVALID", "The tray is sealed to a key that is not this member's.");
        }
        return key;
      },
      { keyManagementAlgorithms: ["ECDH-ES"], contentEncryptionAlgorithms: ["A256GCM"] },
    );
    return plaintext;
  } catch (cause) {
    if (cause instanceof BeltError) throw cause;
    if (cause instanceof errors.JWEDecryptionFailed) {
      throw new BeltError("TRAY_SEAL_INVALID", "The tray's seal is broken: its bytes were changed.", { cause });
    }
    throw new BeltError("TRAY_INVALID", "The tray is not a compact JWE of the kind trays are.", { cause });
  }
}

function readHeader(signed: Uint8Array): unknown {
  try {
    return decodeProtectedHeader(Buffer.from(signed).toString("latin1"));
  } catch (cause) {
    throw new BeltError("TRAY_INVALID", "The seal does not hold a compact JWS.", { cause });
  }
}

async function verify(signed: Uint8Array, key: KeyObject): Promise<Uint8Array> {
  try {
    return (await compactVerify(signed, key, { algorithms: ["EdDSA"] })).payload;
  } catch (cause) {
    throw new BeltError("TRAY_SIGNATURE_INVALID", "The tray's signature is not its sender's.", { cause });
  }
}

/** What an acknowledgement and a duplicate's recognition name a tray's bytes by. */
export const trayHash = (bytes: Uint8Array): string => toBase64url(sha256(bytes));

/** The receiver's signed acknowledgement, a compact JWS. */
export async function signAcknowledgement(
  acknowledgement: Acknowledgement,
  signer: NamedKey,
): Promise<string> {
  return new CompactSign(utf8(canonical(acknowledgement)))
    .setProtectedHeader({ typ: "ack", alg: "EdDSA", kid: signer.kid })
    .sign(signer.key);
}

/**
 * Checks that an acknowledgement is the receiver's and of just this tray.
 *
 * @throws {BeltError} `ACKNOWLEDGEMENT_INVALID`
 */
export async function verifyAcknowledgement(
  text: string,
  expected: TrayName & { readonly by: string; readonly hash: string },
  signers: SignerKeys,
): Promise<Acknowledgement> {
  const problem = "The acknowledgement is not the receiver's for this tray.";
  try {
    const { kid } = decodeProtectedHeader(text);
    const key = kid === undefined ? undefined : signers(kid);
    if (key === undefined) throw new BeltError("ACKNOWLEDGEMENT_INVALID", problem);
    const { payload } = await compactVerify(text, key, { algorithms: ["EdDSA"] });
    const given = parse(Acknowledgement, json(payload), "ACKNOWLEDGEMENT_INVALID", problem);
    const { sheet, edge, tray, by, hash } = expected;
    if (canonical({ ...given, sheet, edge, tray, by, hash }) !== canonical(given)) {
      throw new BeltError("ACKNOWLEDGEMENT_INVALID", problem);
    }
    return given;
  } catch (cause) {
    if (cause instanceof BeltError) throw cause;
    throw new BeltError("ACKNOWLEDGEMENT_INVALID", problem, { cause });
  }
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    // The schema refuses it with the sentence of the place where it stands.
    return undefined;
  }
}

function parse<T extends z.ZodType>(schema: T, value: unknown, code: Code, message: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path.join("/") ?? "";
  throw new BeltError(code, message, { at: `/${path}` });
}
