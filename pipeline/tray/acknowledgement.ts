import { utf8 } from "../bytes.ts";
import { canonical } from "../json.ts";
import { jsonOf, jwsParts, type Refusal, refused } from "./compact.ts";
import { isSigned, signCompact } from "./jws.ts";
import type { NamedKey, SignerKeys } from "./keys.ts";
import { Acknowledgement, AcknowledgementHeader, type TrayName } from "./tray.ts";

/** The receiver's signed acknowledgement, a compact JWS (RFC 7515, Ed25519). */
export function signAcknowledgement(acknowledgement: Acknowledgement, { kid, key }: NamedKey): string {
  return signCompact({ typ: "ack", alg: "EdDSA", kid }, utf8(canonical(acknowledgement)), key);
}

const refusal: Refusal = {
  code: "ACKNOWLEDGEMENT_INVALID",
  message: "The acknowledgement is not the receiver's for this tray.",
};

/**
 * Checks that an acknowledgement is the receiver's and of just this tray.
 *
 * @param signers finds the receiver's signing keys alone: whose key it is is not asked again here
 * @throws {BeltError} `ACKNOWLEDGEMENT_INVALID`, and whatever `signers` throws
 */
export function verifyAcknowledgement(
  text: string,
  expected: TrayName & { readonly by: string; readonly hash: string },
  signers: SignerKeys,
): Acknowledgement {
  const { header, payload, signature } = jwsParts(utf8(text), refusal);
  const key = signers(jsonOf(header.bytes, AcknowledgementHeader, refusal).kid);
  if (key === undefined || !isSigned(header.text, utf8(payload.text), signature.bytes, key)) {
    throw refused(refusal);
  }
  const given = jsonOf(payload.bytes, Acknowledgement, refusal);
  const { sheet, edge, tray, by, hash } = expected;
  const asExpected =
    given.sheet === sheet &&
    given.edge === edge &&
    given.tray === tray &&
    given.by === by &&
    given.hash === hash;
  if (!asExpected) throw refused(refusal);
  return given;
}
