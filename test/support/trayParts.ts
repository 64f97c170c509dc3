import { createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { toBase64url } from "../../pipeline/bytes.ts";
import type { Item, NamedKey, OpenedTray, PlaceOf, TrayName } from "../../pipeline/tray/index.ts";
import { openTray, sealTray, thumbprint, writePayloads } from "../../pipeline/tray/index.ts";
import { detachedJws, jwe, rawPublic, rfcKeys, type Seal, withCiphertextBehind } from "./jose.ts";
import { someReceipt } from "./receipts.ts";

const raw = (key: KeyObject): string => `0x${rawPublic(key).toString("hex")}`;

/** A sender and a receiver with RFC 8037's keys. */
export const sender = {
  member: `0x${"1a".repeat(20)}`,
  signer: { kid: thumbprint("Ed25519", raw(rfcKeys.signing)), key: rfcKeys.signing },
  key: createPublicKey(rfcKeys.signing),
};
export const receiver = {
  member: `0x${"2b".repeat(20)}`,
  signer: { kid: thumbprint("Ed25519", raw(rfcKeys.otherSigning)), key: rfcKeys.otherSigning },
  key: createPublicKey(rfcKeys.otherSigning),
  seal: { kid: thumbprint("X25519", raw(rfcKeys.bob)), key: createPublicKey(rfcKeys.bob) },
  unseal: rfcKeys.bob,
};

export const trayName = { sheet: someReceipt.sheet, edge: "case>income", tray: 3 };

export const someItem: Item = {
  case: 7,
  disclosed: [
    ["/loan", toBase64url(Buffer.alloc(16, 4)), 250_000],
    ["/nickname", toBase64url(Buffer.alloc(16, 5))],
  ],
  withheld: [toBase64url(Buffer.alloc(32, 6))],
};

/** The signed header of a tray from the sender to the receiver. */
export const trayHeader = {
  v: 2,
  typ: "tray",
  alg: "EdDSA",
  b64: false,
  crit: ["b64"],
  kid: sender.signer.kid,
  aud: receiver.member,
  ...trayName,
};

/** Opens as the receiver, who knows the sender. */
export const openAsReceiver = async (bytes: Uint8Array | string): Promise<OpenedTray> =>
  openTray(Buffer.from(bytes), {
    own: (kid) => (kid === receiver.seal.kid ? receiver.unseal : undefined),
    signers: (kid) => (kid === sender.signer.kid ? sender.key : undefined),
  });

/** A compact JWE of any bytes to the receiver, as a tray of version 1 is or with something about it otherwise. */
export const sealedCompact = (plaintext: Uint8Array | string, otherwise: Partial<Seal> = {}): string =>
  jwe(plaintext, { to: receiver.seal.key, kid: receiver.seal.kid, ephemeral: rfcKeys.alice, ...otherwise });

/** The same with its ciphertext behind it, as trays have it. */
export const sealed = (plaintext: Uint8Array | string, otherwise: Partial<Seal> = {}): Buffer =>
  withCiphertextBehind(sealedCompact(plaintext, otherwise));

/** A sealed tray as the compact JWE that it is, ciphertext and all. */
export function compactOf(tray: Uint8Array): string {
  const bytes = Buffer.from(tray);
  const end = bytes.indexOf("\n");
  const ciphertext = bytes.subarray(end + 1).toString("base64url");
  return bytes.toString("latin1", 0, end).split(".").with(3, ciphertext).join(".");
}

/** What a seal holds: a detached signature of the sender, and the payload. */
export function signedTray(
  header: object | string,
  payload: Uint8Array | string,
  key = sender.signer.key,
): Buffer {
  return Buffer.concat([Buffer.from(`${detachedJws(header, payload, key)}\n`), Buffer.from(payload)]);
}

/** A sealed tray whose signed part is as given. */
export const trayOf = (header: object | string, payload: unknown = { items: [someItem] }): Buffer =>
  sealed(signedTray(header, typeof payload === "string" ? payload : JSON.stringify(payload)));

interface Parties {
  readonly signer: NamedKey;
  readonly to: NamedKey & { readonly member: string };
}

const parties: Parties = { signer: sender.signer, to: { ...receiver.seal, member: receiver.member } };

/** Seals items that fit on one tray, as the product does. */
export function sealItems(
  name: TrayName,
  items: readonly Item[],
  between = parties,
  placeOf?: PlaceOf,
): Uint8Array {
  const [payload, ...more] = writePayloads(name, items, placeOf);
  if (payload === undefined || more.length > 0) throw new Error("The items are one tray's.");
  return sealTray(name, payload, between, randomBytes);
}
