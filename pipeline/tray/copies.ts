import { z } from "zod";
import { Bytes32, Name } from "../belt/index.ts";
import { sha256, toBase64url, utf8 } from "../bytes.ts";
import { DigestText } from "../disclosure/index.ts";
import { canonical } from "../json.ts";
import { CaseNumber, type Receipt, ReceiptEnd } from "../receipt/index.ts";
import { jsonOf, jwsParts, type Refusal, refused } from "./compact.ts";
import { isSigned, signCompact } from "./jws.ts";
import type { NamedKey, SignerKeys } from "./keys.ts";
import { PlaceText } from "./payload.ts";
import { Address, Kid, mostItems } from "./tray.ts";

/** What a member asks a partner that has lost its own receipts of one sheet and station. */
export const CopiesRequest = z.strictObject({
  /** The partner that is asked: its account. */
  to: Address,
  sheet: Bytes32,
  station: Name,
  /** The number of the last tray that an earlier answer gave; -1 to begin. */
  after: z.int().min(-1),
});
export type CopiesRequest = z.infer<typeof CopiesRequest>;

const Copied = z.strictObject({ case: CaseNumber, receipt: ReceiptEnd });

/** What the partner has of them. */
const CopiesAnswer = z.strictObject({
  /** SHA-256 of the request. */
  request: DigestText,
  /** Receipts as they came together on a tray, in its order, with their place in the log by their writer's word. */
  copies: z.array(
    z.strictObject({
      tray: z.int().nonnegative(),
      place: PlaceText,
      receipts: z.array(Copied).min(1).max(mostItems),
    }),
  ),
  /** The hashes of receipts that the partner knows of, whether it has them or not. */
  known: z.array(z.tuple([CaseNumber, DigestText])),
  /** Whether there are more copies, to be asked for after the last tray that is given. */
  more: z.boolean(),
});

/** Receipts that travelled together. */
export interface Copies {
  readonly tray: number;
  readonly place: string;
  readonly receipts: readonly Receipt[];
}

/** An answer with its receipts whole again. */
export interface GivenCopies extends Omit<z.infer<typeof CopiesAnswer>, "copies" | "request"> {
  readonly copies: readonly Copies[];
}

const headerOf = <T extends string>(typ: T) =>
  z.strictObject({ typ: z.literal(typ), alg: z.literal("EdDSA"), kid: Kid });
const RequestHeader = headerOf("copies-request");
const AnswerHeader = headerOf("copies");

/** At most this many bytes of a request. */
export const mostRequestBytes = 4_096;

const hashOf = (text: string): string => toBase64url(sha256(text));

/** The signed request, a compact JWS (RFC 7515, Ed25519). */
export function signCopiesRequest(request: CopiesRequest, { kid, key }: NamedKey): string {
  return signCompact({ typ: "copies-request", alg: "EdDSA", kid }, utf8(canonical(request)), key);
}

const noRequest: Refusal = {
  code: "COPIES_REFUSED",
  message: "The request is not one for copies of receipts, signed with the key of a member's profile.",
};

/**
 * Reads a request whose signature holds. Whether it is for this member, and of whom, is for the caller to check.
 *
 * @throws {BeltError} `COPIES_REFUSED`
 */
export function openCopiesRequest(
  bytes: Uint8Array,
  signers: SignerKeys,
): CopiesRequest & { readonly kid: string } {
  if (bytes.length > mostRequestBytes) throw refused(noRequest);
  const { header, payload, signature } = jwsParts(bytes, noRequest);
  const { kid } = jsonOf(header.bytes, RequestHeader, noRequest);
  const key = signers(kid);
  if (key === undefined || !isSigned(header.text, utf8(payload.text), signature.bytes, key)) {
    throw refused(noRequest);
  }
  return { ...jsonOf(payload.bytes, CopiesRequest, noRequest), kid };
}

/** The partner's signed answer to just this request, a compact JWS. */
export function signCopies(
  { copies, ...rest }: GivenCopies,
  request: Uint8Array,
  { kid, key }: NamedKey,
): string {
  const travelling = copies.map(({ receipts, ...copy }) => ({
    ...copy,
    receipts: receipts.map(({ v: _v, sheet: _sheet, station: _station, case: number, ...receipt }) => ({
      case: number,
      receipt,
    })),
  }));
  const answer = { ...rest, copies: travelling, request: toBase64url(sha256(request)) };
  return signCompact({ typ: "copies", alg: "EdDSA", kid }, utf8(JSON.stringify(answer)), key);
}

const noAnswer: Refusal = {
  code: "PARTNER_REFUSED",
  message: "The answer is not the partner's to this request.",
};

/**
 * Reads a partner's answer. What it says of the receipts is the partner's word alone: their place tells whether they
 * are the asker's own.
 *
 * @param request the signed request, and what it asks for
 * @param signers finds the partner's signing keys alone
 * @throws {BeltError} `PARTNER_REFUSED`
 */
export function openCopies(
  text: string,
  request: Pick<CopiesRequest, "sheet" | "station"> & { readonly text: string },
  signers: SignerKeys,
): GivenCopies {
  const { header, payload, signature } = jwsParts(utf8(text), noAnswer);
  const key = signers(jsonOf(header.bytes, AnswerHeader, noAnswer).kid);
  if (key === undefined || !isSigned(header.text, utf8(payload.text), signature.bytes, key)) {
    throw refused(noAnswer);
  }
  const { request: hash, copies, ...rest } = jsonOf(payload.bytes, CopiesAnswer, noAnswer);
  if (hash !== hashOf(request.text)) throw refused(noAnswer);
  const { sheet, station } = request;
  const whole = copies.map(({ receipts, ...copy }) => ({
    ...copy,
    receipts: receipts.map(
      ({ case: number, receipt }): Receipt => ({ v: 1, sheet, case: number, station, ...receipt }),
    ),
  }));
  return { ...rest, copies: whole };
}
