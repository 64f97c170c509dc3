import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import vectors from "./vectors/rfc8037.json" with { type: "json" };

/**
 * Compact JWS and JWE (RFC 7515, 7516, 7518, 8037) written straight from the standards, without the library that
 * the product uses: to hold it against, and to make the trays that nobody should take.
 */
export const b64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64url");

/** A JOSE header: an object, or its text as it is to stand there. */
type Header = object | string;
const headerText = (header: Header): string =>
  b64(typeof header === "string" ? header : JSON.stringify(header));

/** A compact JWS, signed with Ed25519 (RFC 8037, section 3.1). */
export function jws(header: Header, payload: Uint8Array | string, key: KeyObject): string {
  const input = `${headerText(header)}.${b64(payload)}`;
  return `${input}.${b64(sign(null, Buffer.from(input, "ascii"), key))}`;
}

/** A compact JWS with detached, unencoded content (RFC 7797), signed with Ed25519. */
export function detachedJws(header: Header, payload: Uint8Array | string, key: KeyObject): string {
  return detachedJwsWith(header, payload, (input) => sign(null, input, key));
}

/** A compact JWS with detached, unencoded content and a signature made otherwise. */
export function detachedJwsWith(
  header: Header,
  payload: Uint8Array | string,
  signer: (input: Uint8Array) => Uint8Array,
): string {
  const text = headerText(header);
  return `${text}..${b64(signer(Buffer.concat([Buffer.from(`${text}.`), Buffer.from(payload)])))}`;
}

/** A compact JWS with a signature made otherwise. */
export function jwsWith(header: Header, payload: string, signer: (input: string) => Uint8Array): string {
  const input = `${headerText(header)}.${b64(payload)}`;
  return `${input}.${b64(signer(input))}`;
}

export const hmacSigner = (secret: Uint8Array) => (input: Uint8Array | string) =>
  createHmac("sha256", secret).update(input).digest();

export interface Seal {
  readonly to: KeyObject;
  /** The sender's key for this one tray. */
  readonly ephemeral: KeyObject;
  readonly iv?: Uint8Array;
  /** The header as it is to stand there; without it, the one that trays have. */
  readonly header?: (usual: UsualHeader) => Header;
  readonly kid: string;
}

type UsualHeader = ReturnType<typeof usualHeader>;
const usualHeader = (kid: string, ephemeral: KeyObject) => ({
  alg: "ECDH-ES",
  enc: "A256GCM",
  typ: "tray",
  cty: "signed-tray",
  kid,
  epk: { x: xOf(ephemeral), crv: "X25519", kty: "OKP" },
});

/** A compact JWE: ECDH-ES over X25519, A256GCM. */
export function jwe(plaintext: Uint8Array | string, { to, ephemeral, iv, header, kid }: Seal): string {
  const usual = usualHeader(kid, ephemeral);
  const protectedHeader = headerText(header === undefined ? usual : header(usual));
  const key = agreedKey(ephemeral, to);
  const nonce = iv ?? randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(protectedHeader, "ascii"));
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(plaintext)), cipher.final()]);
  return [protectedHeader, "", b64(nonce), b64(ciphertext), b64(cipher.getAuthTag())].join(".");
}

/** A compact JWE with its ciphertext as it is, after a line feed, instead of encoded in it. */
export function withCiphertextBehind(compact: string): Buffer {
  const parts = compact.split(".");
  const ciphertext = Buffer.from(parts[3] ?? "", "base64url");
  return Buffer.concat([Buffer.from(`${parts.with(3, "").join(".")}\n`), ciphertext]);
}

/** The content key: one round of the Concat KDF (RFC 7518, section 4.6.2) with empty PartyUInfo and PartyVInfo. */
export function agreedKey(privateKey: KeyObject, publicKey: KeyObject): Uint8Array {
  const number = (value: number): Uint8Array => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const algorithm = Buffer.from("A256GCM", "ascii");
  return createHash("sha256")
    .update(number(1))
    .update(diffieHellman({ privateKey, publicKey }))
    .update(number(algorithm.length))
    .update(algorithm)
    .update(number(0))
    .update(number(0))
    .update(number(256))
    .digest();
}

/** A private key from its 32 bytes: PKCS #8 (RFC 8410) is those with a fixed beginning. */
function privateKey(curve: "Ed25519" | "X25519", raw: Uint8Array): KeyObject {
  const beginning = Buffer.from(`302e020100300506032b65${curve === "Ed25519" ? "70" : "6e"}04220420`, "hex");
  return createPrivateKey({ key: Buffer.concat([beginning, raw]), format: "der", type: "pkcs8" });
}

/** The public half of a key as its 32 bytes. */
export function rawPublic(key: KeyObject): Buffer {
  const half = key.type === "private" ? createPublicKey(key) : key;
  return half.export({ format: "der", type: "spki" }).subarray(-32);
}

const xOf = (key: KeyObject): string => b64(rawPublic(key));

/** The thumbprint of a key (RFC 7638), as RFC 8037, appendix A.3, makes it. */
export function thumbprintOf(key: KeyObject): string {
  const curve = key.asymmetricKeyType === "ed25519" ? "Ed25519" : "X25519";
  const text = `{"crv":"${curve}","kty":"OKP","x":"${xOf(key)}"}`;
  return createHash("sha256").update(text).digest("base64url");
}

/** RFC 8037's keys, and a second signing key: that of RFC 8032, section 7.1, test 2. */
export const rfcKeys = {
  signing: privateKey("Ed25519", Buffer.from(vectors.ed25519.d, "base64url")),
  otherSigning: privateKey(
    "Ed25519",
    Buffer.from("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "hex"),
  ),
  alice: privateKey("X25519", Buffer.from(vectors.x25519.alicePrivateHex, "hex")),
  bob: privateKey("X25519", Buffer.from(vectors.x25519.bobPrivateHex, "hex")),
};
