import { z } from "zod";
import { Bytes32 } from "../belt/index.ts";
import { DigestText } from "../disclosure/index.ts";

/** At most this many items on a tray. */
export const mostItems = 256;
/** At most this many bytes as it travels. */
export const mostTrayBytes = 4 * 1024 * 1024;

/** At most this many bytes of JSON in a case or an output, so that a tray with one item is never too large. */
export const mostItemBytes = 1024 * 1024;
/** The items of a tray have at most this many bytes of JSON together, unless there is only one. */
export const mostPayloadBytes = 2 * 1024 * 1024;

/** Of trays, and of the JWS that answer them and ask for copies (RFC 7515, section 9.2.1). */
export const trayType = "application/vnd.conveyor-belt.tray";
export const joseType = "application/jose";

/** The edge that a tray travels: `case>income`, `income>decision`, `decision>result`. */
const EdgeName = z.string().regex(/^[a-z][a-z0-9-]{0,47}>[a-z][a-z0-9-]{0,47}$/, "use FROM>TO");

export const Address = z.string().regex(/^0x[0-9a-f]{40}$/, "use 0x and 40 lower-case hexadecimal digits");

/** What names a tray: no two trays of one sheet and edge have the same number. */
export const TrayName = z.strictObject({
  sheet: Bytes32,
  edge: EdgeName,
  tray: z.int().nonnegative(),
});
export type TrayName = z.infer<typeof TrayName>;

/** The thumbprint of a key (RFC 7638). */
export const Kid = z.string().min(1).max(64);

/** The protected header of the seal, the JWE: what may be known of a tray on its way. */
export const SealHeader = z.strictObject({
  alg: z.literal("ECDH-ES"),
  enc: z.literal("A256GCM"),
  typ: z.literal("tray"),
  cty: z.literal("signed-tray"),
  /** The receiver's sealing key. */
  kid: Kid,
  /** The sender's key for this one tray (RFC 8037, section 3.2). */
  epk: z.strictObject({ kty: z.literal("OKP"), crv: z.literal("X25519"), x: DigestText }),
});

/**
 * The version of trays that are sealed here, and those that are opened. In the first the ciphertext stands encoded in the
 * compact JWE, in the second as it is behind it: a quarter less on the wire and on the disk.
 */
export const trayVersion = 2;
export const trayVersions: readonly number[] = [1, trayVersion];

/** What the header of every version says first: of which one it is. */
export const VersionedHeader = z.looseObject({ v: z.int().positive(), typ: z.literal("tray") });

/** The protected header of the JWS inside the seal. */
export const TrayHeader = z.strictObject({
  v: z.literal(trayVersions),
  typ: z.literal("tray"),
  alg: z.literal("EdDSA"),
  /** The payload is signed as it is (RFC 7797). */
  b64: z.literal(false),
  crit: z.tuple([z.literal("b64")]),
  /** The sender's signing key. */
  kid: Kid,
  /** The receiver's account, so that nobody can seal the tray anew for another. */
  aud: Address,
  ...TrayName.shape,
});
export type TrayHeader = z.infer<typeof TrayHeader>;

/** The receiver's signed word that it keeps the tray. */
export const Acknowledgement = z.strictObject({
  ...TrayName.shape,
  /** The receiver's account. */
  by: Address,
  /** SHA-256 of the tray as it arrived. */
  hash: DigestText,
  /** When it was kept, in milliseconds since 1970. */
  at: z.int().nonnegative(),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** The protected header of an acknowledgement's JWS. */
export const AcknowledgementHeader = z.strictObject({
  typ: z.literal("ack"),
  alg: z.literal("EdDSA"),
  /** The receiver's signing key. */
  kid: Kid,
});
