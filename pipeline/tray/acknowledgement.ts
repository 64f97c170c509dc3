import { CompactSign, compactVerify } from "jose";
import { utf8 } from "../bytes.ts";
import { BeltError } from "../errors.ts";
import { canonical } from "../json.ts";
import { compactText, headerOf, payloadOf, type Refusal } from "./compact.ts";
import type { NamedKey, SignerKeys } from "./keys.ts";
import { Acknowledgement, AcknowledgementHeader, type TrayName } from "./tray.ts";

/** The receiver's signed acknowledgement, a compact JWS (RFC 7515, Ed25519). */
export async function signAcknowledgement(
  acknowledgement: Acknowledgement,
  signer: NamedKey,
): Promise<string> {
  return new CompactSign(utf8(canonical(acknowledgement)))
    .setProtectedHeader({ typ: "ack", alg: "EdDSA", kid: signer.kid })
    .sign(signer.key);
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
export async function verifyAcknowledgement(
  text: string,
  expected: TrayName & { readonly by: string; readonly hash: string },
  signers: SignerKeys,
): Promise<Acknowledgement> {
  const signed = compactText(utf8(text), 3, refusal);
  const key = signers(headerOf(signed, AcknowledgementHeader, refusal).kid);
  if (key === undefined) throw new BeltError(refusal.code, refusal.message);
  let payload: Uint8Array;
  try {
    payload = (await compactVerify(signed, key, { algorithms: ["EdDSA"] })).payload;
  } catch (cause) {
    throw new BeltError(refusal.code, refusal.message, { cause });
  }
  const given = payloadOf(payload, Acknowledgement, refusal);
  const { sheet, edge, tray, by, hash } = expected;
  const asExpected =
    given.sheet === sheet &&
    given.edge === edge &&
    given.tray === tray &&
    given.by === by &&
    given.hash === hash;
  if (!asExpected) throw new BeltError(refusal.code, refusal.message);
  return given;
}
