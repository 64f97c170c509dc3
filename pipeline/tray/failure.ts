import { z } from "zod";
import { Bytes32, Name } from "../belt/index.ts";
import { utf8 } from "../bytes.ts";
import { DigestText } from "../disclosure/index.ts";
import { canonical } from "../json.ts";
import { CaseNumber } from "../receipt/index.ts";
import { jsonOf, jwsParts, type Refusal, refused } from "./compact.ts";
import { isSigned, signCompact } from "./jws.ts";
import type { NamedKey, SignerKeys } from "./keys.ts";

/**
 * What a station says of a case that crashed or hung it, and that it holds for its operator: not how the case ended,
 * which only a receipt says. It holds no data of the case.
 */
export const Failure = z.strictObject({
  sheet: Bytes32,
  case: CaseNumber,
  station: Name,
  /** What the station had to work with, by the same hashes as in a receipt. */
  in: z.record(z.string(), DigestText),
  /** The version of the rules that failed. */
  rules: z.string().min(1).max(64),
  /** The code of the error, and how often the case was tried. */
  code: z.string().min(1).max(64),
  attempts: z.int().positive(),
  /** When the last source arrived, and when the last attempt failed, in milliseconds since 1970. */
  received: z.int().nonnegative(),
  failed: z.int().nonnegative(),
});
export type Failure = z.infer<typeof Failure>;

const FailureHeader = z.strictObject({
  typ: z.literal("failure"),
  alg: z.literal("EdDSA"),
  kid: z.string().min(1).max(64),
});

/** The signed failure receipt, a compact JWS (RFC 7515, Ed25519). */
export function signFailure(failure: Failure, { kid, key }: NamedKey): string {
  return signCompact({ typ: "failure", alg: "EdDSA", kid }, utf8(canonical(failure)), key);
}

const refusal: Refusal = {
  code: "RECEIPT_INVALID",
  message: "The failure receipt is not one, or not signed by a member.",
};

/**
 * Reads a failure receipt whose signature holds.
 *
 * @param signers finds the signing keys of the member that is to have signed it
 * @throws {BeltError} `RECEIPT_INVALID`
 */
export function verifyFailure(text: string, signers: SignerKeys): Failure {
  const { header, payload, signature } = jwsParts(utf8(text), refusal);
  const key = signers(jsonOf(header.bytes, FailureHeader, refusal).kid);
  if (key === undefined || !isSigned(header.text, utf8(payload.text), signature.bytes, key)) {
    throw refused(refusal);
  }
  return jsonOf(payload.bytes, Failure, refusal);
}
