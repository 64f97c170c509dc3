import { createPrivateKey, diffieHellman, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fromBase64url, toHex } from "../../../pipeline/bytes.ts";
import { type Curve, publicKey, thumbprint } from "../../../pipeline/tray/index.ts";
import { rawPublic, rfcKeys } from "../../support/jose.ts";
import vectors from "../../support/vectors/rfc8037.json" with { type: "json" };

const { ed25519, x25519 } = vectors;
const raw = (x: string): string => toHex(fromBase64url(x));

describe("keys as the ledger has them", () => {
  test("are RFC 8037's public keys", () => {
    expect(publicKey("Ed25519", raw(ed25519.x)).export({ format: "jwk" })).toEqual({
      kty: "OKP",
      crv: "Ed25519",
      x: ed25519.x,
    });
    expect(publicKey("X25519", raw(x25519.bobX)).export({ format: "jwk" })).toEqual({
      kty: "OKP",
      crv: "X25519",
      x: x25519.bobX,
    });
  });

  test("verify RFC 8037's signature (appendix A.5)", () => {
    const [header, payload, signature] = ed25519.jws.split(".");
    expect(Buffer.from(payload ?? "", "base64url").toString()).toBe(ed25519.payload);
    const valid = (text: string) =>
      verify(null, Buffer.from(text), publicKey("Ed25519", raw(ed25519.x)), fromBase64url(signature ?? ""));
    expect(valid(`${header}.${payload}`)).toBe(true);
    expect(valid(`${header}.${payload}x`)).toBe(false);
  });

  test("agree on RFC 8037's shared secret (appendix A.6)", () => {
    const shared = diffieHellman({
      privateKey: rfcKeys.alice,
      publicKey: publicKey("X25519", raw(x25519.bobX)),
    });
    expect(shared.toString("hex")).toBe(x25519.sharedHex);
    expect(rawPublic(rfcKeys.alice).toString("base64url")).toBe(x25519.aliceX);
    expect(rawPublic(rfcKeys.bob).toString("base64url")).toBe(x25519.bobX);
  });

  test("of a private key in a JWK are the same", () => {
    const key = createPrivateKey({
      format: "jwk",
      key: { kty: "OKP", crv: "Ed25519", d: ed25519.d, x: ed25519.x },
    });
    expect(rawPublic(key)).toEqual(rawPublic(publicKey("Ed25519", raw(ed25519.x))));
  });
});

describe("a thumbprint", () => {
  test("is RFC 8037's (appendix A.3)", () => {
    expect(thumbprint("Ed25519", raw(ed25519.x))).toBe(ed25519.thumbprint);
  });

  test("is another for the same bytes as a key of the other curve", () => {
    expect(thumbprint("X25519", raw(ed25519.x))).not.toBe(ed25519.thumbprint);
  });
});

describe.each<Curve>(["Ed25519", "X25519"])("what is no %s key", (curve) => {
  const refused = expect.objectContaining({ name: "BeltError", code: "INPUT_INVALID" });
  test.each<[string, string]>([
    ["nothing", ""],
    ["0x alone", "0x"],
    ["31 bytes", `0x${"11".repeat(31)}`],
    ["33 bytes", `0x${"11".repeat(33)}`],
    ["not hexadecimal", `0x${"zz".repeat(32)}`],
    ["without 0x", "11".repeat(32)],
  ])("is refused: %s", (_what, raw) => {
    expect(() => publicKey(curve, raw)).toThrow(refused);
    expect(() => thumbprint(curve, raw)).toThrow(refused);
  });

  test("is refused: zero, as the ledger has it where there is none", () => {
    expect(() => publicKey(curve, `0x${"00".repeat(32)}`)).toThrow(refused);
  });
});
