import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BeltError } from "../../../pipeline/errors.ts";
import { canonical } from "../../../pipeline/json.ts";
import { signAcknowledgement, trayHash, verifyAcknowledgement } from "../../../pipeline/tray/index.ts";
import { b64, hmacSigner, jws, jwsWith, rawPublic } from "../../support/jose.ts";
import { receiver, sealed, sender, trayName } from "../../support/trayParts.ts";

const hash = trayHash(Buffer.from("a tray"));
const expected = { ...trayName, by: receiver.member, hash };
const acknowledgement = { ...expected, at: 1_767_225_600_000 };
const header = { typ: "ack", alg: "EdDSA", kid: receiver.signer.kid };
const signers = (kid: string) => (kid === receiver.signer.kid ? receiver.key : undefined);

const verify = async (text: string, about: Partial<typeof expected> = {}) =>
  verifyAcknowledgement(text, { ...expected, ...about }, signers);
const refused = (text: string, about: Partial<typeof expected> = {}) =>
  expect(verify(text, about)).rejects.toMatchObject({ name: "BeltError", code: "ACKNOWLEDGEMENT_INVALID" });
const signed = (otherHeader: object, payload: unknown = acknowledgement) =>
  jws(otherHeader, typeof payload === "string" ? payload : JSON.stringify(payload), receiver.signer.key);

describe("an acknowledgement", () => {
  test("of the tray, by its receiver, is taken", async () => {
    const text = signAcknowledgement(acknowledgement, receiver.signer);
    expect(await verify(text)).toStrictEqual(acknowledgement);
    expect(text).toBe(jws(header, canonical(acknowledgement), receiver.signer.key));
  });

  test.each<[string, Partial<typeof expected>]>([
    ["another sheet", { sheet: `0x${"00".repeat(32)}` }],
    ["another edge", { edge: "case>credit" }],
    ["another tray", { tray: 4 }],
    ["another receiver", { by: sender.member }],
    ["other bytes", { hash: trayHash(Buffer.from("another tray")) }],
  ])("of %s is refused", async (_what, about) => {
    await refused(signAcknowledgement(acknowledgement, receiver.signer), about);
  });

  test("by another key is refused, known or not", async () => {
    await refused(signAcknowledgement(acknowledgement, sender.signer));
    await refused(signAcknowledgement(acknowledgement, { ...sender.signer, kid: receiver.signer.kid }));
  });

  test.each<[string, object]>([
    ["another typ", { ...header, typ: "tray" }],
    ["no typ", { ...header, typ: undefined }],
    ["no kid", { ...header, kid: undefined }],
    ["a member more", { ...header, jwk: receiver.key.export({ format: "jwk" }) }],
    ["crit", { ...header, crit: ["b64"], b64: true }],
    ["alg none", { ...header, alg: "none" }],
  ])("with %s in its header is refused", (_what, header) => refused(signed(header)));

  test("signed by HMAC with the public key is refused", () =>
    refused(
      jwsWith(
        { ...header, alg: "HS256" },
        JSON.stringify(acknowledgement),
        hmacSigner(rawPublic(receiver.key)),
      ),
    ));

  test.each<[string, unknown]>([
    ["no JSON", "{"],
    ["null", null],
    ["a member more", { ...acknowledgement, more: 1 }],
    ["a member less", { ...acknowledgement, at: undefined }],
    ["a time that is text", { ...acknowledgement, at: "now" }],
    ["a hash in another form", { ...acknowledgement, hash: `${hash}=` }],
  ])("whose payload is %s is refused", (_what, payload) => refused(signed(header, payload)));

  test.each<[string, string]>([
    ["nothing", ""],
    ["text", "ok"],
    ["a page", "<html><body>502 Bad Gateway</body></html>"],
    ["two parts", `${b64(JSON.stringify(header))}.e30`],
    ["a tray", sealed("x").toString("latin1")],
    ["more behind", `${signed(header)}\n`],
  ])("that is %s is refused", (_what, text) => refused(text));

  test("of any text at random is refused in words", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[\w-]{0,60}(?:\.[\w-]{0,60}){1,3}$/),
    );
    await fc.assert(
      fc.asyncProperty(text, async (text) => {
        await expect(verify(text)).rejects.toBeInstanceOf(BeltError);
      }),
      { numRuns: 200 },
    );
  });

  test("a key's finder that fails does not pass for a wrong acknowledgement", () => {
    const failure = new BeltError("LEDGER_UNREACHABLE", "The ledger does not answer.");
    const text = signAcknowledgement(acknowledgement, receiver.signer);
    const failing = () =>
      verifyAcknowledgement(text, expected, () => {
        throw failure;
      });
    expect(failing).toThrow(failure);
  });
});
