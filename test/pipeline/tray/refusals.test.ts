import { createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BeltError, type Code } from "../../../pipeline/errors.ts";
import { deepestJson } from "../../../pipeline/jsonText.ts";
import { mostItems, mostTrayBytes, openTray, sealTray } from "../../../pipeline/tray/index.ts";
import { b64, hmacSigner, jws, jwsWith, rawPublic, rfcKeys } from "../../support/jose.ts";
import { someReceipt } from "../../support/receipts.ts";
import {
  openAsReceiver,
  receiver,
  sealed,
  sender,
  someItem,
  trayHeader,
  trayName,
  trayOf,
} from "../../support/trayParts.ts";

const payload = JSON.stringify({ items: [someItem] });
const signed = jws(trayHeader, payload, sender.signer.key);

async function refusal(bytes: Uint8Array | string, code: Code, at?: string): Promise<void> {
  const expected = { name: "BeltError", code, ...(at === undefined ? {} : { at }) };
  await expect(openAsReceiver(bytes)).rejects.toMatchObject(expected);
}

test("the tray that the refusals below are made from is taken", async () => {
  expect((await openAsReceiver(sealed(signed))).items).toEqual([someItem]);
});

describe("the size", () => {
  test("is checked before anything else", async () => {
    const keys = { own: () => expect.unreachable(), signers: () => expect.unreachable() };
    const tooLarge = openTray(Buffer.alloc(mostTrayBytes + 1, "a"), keys);
    await expect(tooLarge).rejects.toMatchObject({ name: "BeltError", code: "TRAY_TOO_LARGE" });
    await refusal(Buffer.alloc(mostTrayBytes, "a"), "TRAY_INVALID");
  });
});

describe("what is no compact JWE of a tray", () => {
  const whole = sealed(signed);
  const [header = "", , iv = "", ciphertext = "", tag = ""] = whole.split(".");
  const { privateKey: rsa } = generateKeyPairSync("rsa", { modulusLength: 2048 });

  test.each<[string, string]>([
    ["nothing", ""],
    ["text", "hello"],
    ["JSON", JSON.stringify({ protected: header, iv, ciphertext, tag })],
    ["a JWS without a seal", signed],
    ["four parts", [header, iv, ciphertext, tag].join(".")],
    ["six parts", `${whole}.`],
    ["an encrypted key", [header, "AAAA", iv, ciphertext, tag].join(".")],
    ["no nonce", [header, "", "", ciphertext, tag].join(".")],
    ["no tag", [header, "", iv, ciphertext, ""].join(".")],
    ["a header that is no JSON", [b64("{"), "", iv, ciphertext, tag].join(".")],
    ["a header that is no object", [b64("[]"), "", iv, ciphertext, tag].join(".")],
    ["padding", `${whole}==`],
    ["a line's end", `${whole}\n`],
    ["plain base64", whole.replaceAll("_", "/").replaceAll("-", "+")],
    ["a byte beyond ASCII", `${whole}\u00e9`],
  ])("is refused: %s", (_what, text) => refusal(Buffer.from(text, "latin1"), "TRAY_INVALID"));

  test.each<[string, (usual: object) => object]>([
    ["a version of its own", (usual) => ({ ...usual, v: 1 })],
    ["another typ", (usual) => ({ ...usual, typ: "ack" })],
    ["no typ", ({ ...usual }) => ({ ...usual, typ: undefined })],
    ["another cty", (usual) => ({ ...usual, cty: "JWT" })],
    ["zip", (usual) => ({ ...usual, zip: "DEF" })],
    ["crit", (usual) => ({ ...usual, crit: ["exp"], exp: 1 })],
    ["jwk", (usual) => ({ ...usual, jwk: sender.key.export({ format: "jwk" }) })],
    ["jku", (usual) => ({ ...usual, jku: "https://example.org/keys" })],
    ["apu", (usual) => ({ ...usual, apu: "QWxpY2U" })],
    ["apv", (usual) => ({ ...usual, apv: "Qm9i" })],
    ["no kid", (usual) => ({ ...usual, kid: undefined })],
    ["a kid that is no text", (usual) => ({ ...usual, kid: 7 })],
    ["no epk", (usual) => ({ ...usual, epk: undefined })],
    ["a private epk", (usual) => ({ ...usual, epk: rfcKeys.alice.export({ format: "jwk" }) })],
    ["alg ECDH-ES+A256KW", (usual) => ({ ...usual, alg: "ECDH-ES+A256KW" })],
    ["alg dir", (usual) => ({ ...usual, alg: "dir" })],
    ["alg RSA-OAEP", (usual) => ({ ...usual, alg: "RSA-OAEP", rsa: rsa.asymmetricKeyType })],
    ["alg PBES2", (usual) => ({ ...usual, alg: "PBES2-HS256+A128KW", p2s: "AAAA", p2c: 1_000_000_000 })],
    ["enc A128GCM", (usual) => ({ ...usual, enc: "A128GCM" })],
    ["enc A256CBC-HS512", (usual) => ({ ...usual, enc: "A256CBC-HS512" })],
    ["__proto__", (usual) => JSON.parse(JSON.stringify(usual).replace("{", '{"__proto__":{},'))],
  ])("is refused: the outer header with %s", (_what, change) =>
    refusal(sealed(signed, { header: change }), "TRAY_INVALID"),
  );
});

describe("a seal", () => {
  test("to a key that is not the receiver's is refused", async () => {
    await refusal(sealed(signed, { kid: "x".repeat(43) }), "TRAY_SEAL_INVALID");
    await refusal(sealed(signed, { kid: "__proto__" }), "TRAY_SEAL_INVALID");
  });

  test("to another's key under the name of the receiver's is refused", () =>
    refusal(sealed(signed, { to: createPublicKey(rfcKeys.alice) }), "TRAY_SEAL_INVALID"));

  test("from a key of small order is refused", () => {
    const epk = { x: b64(Buffer.alloc(32)), crv: "X25519", kty: "OKP" };
    return refusal(sealed(signed, { header: (usual) => ({ ...usual, epk }) }), "TRAY_SEAL_INVALID");
  });

  test("with any byte changed anywhere is refused", async () => {
    const whole = Buffer.from(
      await sealTray(trayName, [someItem], {
        signer: sender.signer,
        to: { ...receiver.seal, member: receiver.member },
      }),
    );
    await openAsReceiver(whole);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (place, by) => {
        const changed = Buffer.from(whole);
        changed[place] = (changed[place] ?? 0) ^ by;
        await expect(openAsReceiver(changed)).rejects.toMatchObject({
          name: "BeltError",
          code: expect.stringMatching(/^TRAY_(?:SEAL_)?INVALID$/),
        });
      }),
      { numRuns: 400 },
    );
  });

  test("has one text: the last characters' spare bits are not free", async () => {
    const whole = sealed(`${signed}`);
    const parts = whole.split(".");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const [place, part] of parts.entries()) {
      const last = alphabet.indexOf(part.at(-1) ?? "A");
      if (part.length % 4 === 0) continue;
      const other = `${part.slice(0, -1)}${alphabet[last + 1]}`;
      expect(Buffer.from(other, "base64url")).toEqual(Buffer.from(part, "base64url"));
      await refusal(parts.with(place, other).join("."), "TRAY_INVALID");
    }
  });
});

describe("what is no compact JWS of a tray", () => {
  const [header = "", body = "", signature = ""] = signed.split(".");
  test.each<[string, string]>([
    ["nothing", ""],
    ["text", "hello"],
    ["two parts", `${header}.${body}`],
    ["four parts", `${signed}.`],
    ["a JWE", sealed(signed)],
    ["JSON", JSON.stringify({ protected: header, payload: body, signature })],
    ["a header that is no JSON", `${b64("tray")}.${body}.${signature}`],
    ["a padded signature", `${signed}==`],
    ["bytes that are no text", "\u00ff\u00fe"],
  ])("is refused: %s", (_what, text) => refusal(sealed(Buffer.from(text, "latin1")), "TRAY_INVALID"));

  test.each<[string, string, object]>([
    ["a version to come", "/v", { v: 2 }],
    ["no version", "/v", { v: undefined }],
    ["another typ", "/typ", { typ: "ack" }],
    ["no kid", "/kid", { kid: undefined }],
    ["no aud", "/aud", { aud: undefined }],
    ["an aud in capitals", "/aud", { aud: receiver.member.toUpperCase() }],
    ["a sheet that is none", "/sheet", { sheet: "0x12" }],
    ["an edge that is none", "/edge", { edge: "case" }],
    ["an edge of three", "/edge", { edge: "a>b>c" }],
    ["a negative number", "/tray", { tray: -1 }],
    ["a number that is text", "/tray", { tray: "3" }],
    ["a number beyond exact ones", "/tray", { tray: 2 ** 53 }],
    ["crit", "/crit", { crit: ["b64"] }],
    ["b64", "/b64", { b64: false }],
    ["zip", "/zip", { zip: "DEF" }],
    ["jwk", "/jwk", { jwk: sender.key.export({ format: "jwk" }) }],
    ["x5u", "/x5u", { x5u: "https://example.org/" }],
  ])("is refused: a header with %s", (_what, at, change) =>
    refusal(trayOf({ ...trayHeader, ...change }), "TRAY_INVALID", at),
  );

  test("is refused: a payload that is not encoded, whatever is critical", () => {
    const unencoded = { ...trayHeader, b64: false, crit: ["b64"] };
    const input = `${b64(JSON.stringify(unencoded))}.{}`;
    return refusal(
      sealed(`${input}.${b64(sign(null, Buffer.from(input), sender.signer.key))}`),
      "TRAY_INVALID",
    );
  });
});

describe("algorithms that are taken for another", () => {
  const { privateKey: rsa } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicRaw = rawPublic(sender.key);
  const publicPem = Buffer.from(sender.key.export({ format: "pem", type: "spki" }));
  const withAlg = (alg: unknown, signer: (input: string) => Uint8Array) =>
    sealed(jwsWith({ ...trayHeader, alg }, payload, signer));

  test.each<[string, unknown, (input: string) => Uint8Array]>([
    ["none", "none", () => new Uint8Array(0)],
    ["None", "None", () => new Uint8Array(0)],
    ["no alg", undefined, (input) => sign(null, Buffer.from(input), sender.signer.key)],
    ["HS256 with the public key for a secret", "HS256", hmacSigner(publicRaw)],
    ["HS256 with the public key's PEM for a secret", "HS256", hmacSigner(publicPem)],
    ["HS512", "HS512", (input) => createHmac("sha512", publicRaw).update(input).digest()],
    ["RS256", "RS256", (input) => sign("sha256", Buffer.from(input), rsa)],
    ["Ed448", "Ed448", () => Buffer.alloc(114)],
    ["a list", ["EdDSA"], (input) => sign(null, Buffer.from(input), sender.signer.key)],
  ])("are refused: %s", (_what, alg, signer) => refusal(withAlg(alg, signer), "TRAY_INVALID", "/alg"));

  test("are refused: no signature under EdDSA", () =>
    refusal(
      withAlg("EdDSA", () => new Uint8Array(0)),
      "TRAY_SIGNATURE_INVALID",
    ));
  test("are refused: HMAC under EdDSA", () =>
    refusal(withAlg("EdDSA", hmacSigner(publicRaw)), "TRAY_SIGNATURE_INVALID"));
});

describe("a signature", () => {
  test("of a key that no profile has is refused", async () => {
    await refusal(trayOf({ ...trayHeader, kid: receiver.signer.kid }), "TRAY_SENDER_UNKNOWN");
    await refusal(trayOf({ ...trayHeader, kid: "constructor" }), "TRAY_SENDER_UNKNOWN");
  });

  test("of another under the sender's name is refused", () =>
    refusal(sealed(jws(trayHeader, payload, receiver.signer.key)), "TRAY_SIGNATURE_INVALID"));

  test("of another header or payload is refused", async () => {
    const [header, body, signature] = signed.split(".");
    const other = jws(
      { ...trayHeader, tray: 4 },
      JSON.stringify({ items: [{ ...someItem, case: 8 }] }),
      sender.signer.key,
    );
    const [otherHeader, otherBody] = other.split(".");
    await refusal(sealed(`${otherHeader}.${body}.${signature}`), "TRAY_SIGNATURE_INVALID");
    await refusal(sealed(`${header}.${otherBody}.${signature}`), "TRAY_SIGNATURE_INVALID");
  });

  test("with any bit changed is refused", async () => {
    const [header, body, signature = ""] = signed.split(".");
    await fc.assert(
      fc.asyncProperty(fc.nat(511), async (bit) => {
        const bytes = Buffer.from(signature, "base64url");
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await refusal(sealed(`${header}.${body}.${b64(bytes)}`), "TRAY_SIGNATURE_INVALID");
      }),
      { numRuns: 60 },
    );
  });
});

describe("a payload", () => {
  const items = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...someItem, case: index }));
  const digest = someItem.withheld[0] ?? "";
  const salt = someItem.disclosed[0]?.[1] ?? "";

  test.each<[string, unknown, string?]>([
    ["that is empty", ""],
    ["that is no JSON", "{"],
    ["with a byte order mark", `\ufeff${payload}`],
    ["with something behind", `${payload} {}`],
    ["that is null", null],
    ["that is a list", [someItem]],
    ["without items", {}, "/items"],
    ["of no items", { items: [] }, "/items"],
    ["of more items than a tray has", { items: items(mostItems + 1) }, "/items"],
    ["with another member", { items: [someItem], more: 1 }, "/more"],
    ["with a member __proto__", '{"__proto__":1,"items":[]}'],
    ["with an item that is null", { items: [null] }, "/items/0"],
    ["with an item's other member", { items: [{ ...someItem, name: "x" }] }, "/items/0/name"],
    ["with a case beyond a sheet", { items: [{ ...someItem, case: 1024 }] }, "/items/0/case"],
    ["with a negative case", { items: [someItem, { ...someItem, case: -1 }] }, "/items/1/case"],
    [
      "with a withheld digest that is none",
      { items: [{ ...someItem, withheld: ["x"] }] },
      "/items/0/withheld/0",
    ],
    ["with a withheld digest too long", { items: [{ ...someItem, withheld: [`${digest}A`] }] }],
    ["with a field without salt", { items: [{ ...someItem, disclosed: [["/a"]] }] }],
    ["with a field of four", { items: [{ ...someItem, disclosed: [["/a", salt, 1, 1]] }] }],
    [
      "with a receipt that is none",
      { items: [{ ...someItem, receipt: { ...someReceipt, v: 2 } }] },
      "/items/0/receipt/v",
    ],
    ["with an empty reason", { items: [{ ...someItem, reason: "" }] }, "/items/0/reason"],
    [
      "with a reason of a book's length",
      { items: [{ ...someItem, reason: "x".repeat(501) }] },
      "/items/0/reason",
    ],
  ])("%s is refused", (_what, payload, at) => refusal(trayOf(trayHeader, payload), "TRAY_INVALID", at));

  test("that is no UTF-8 is refused, not mended", () => {
    const bytes = Buffer.from(payload.replace("/loan", "/lo\u00e9n"), "latin1");
    return refusal(sealed(jws(trayHeader, bytes, sender.signer.key)), "TRAY_INVALID");
  });

  test("that nests deeper than JSON does here is refused, however deep", async () => {
    const nested = (depth: number) => payload.replace("250000", `${"[".repeat(depth)}${"]".repeat(depth)}`);
    expect((await openAsReceiver(trayOf(trayHeader, nested(deepestJson)))).items).toHaveLength(1);
    for (const depth of [deepestJson + 1, 200_000])
      await refusal(trayOf(trayHeader, nested(depth)), "TRAY_INVALID");
  });
});

describe("whatever arrives", () => {
  const onlyBeltErrors = async (bytes: Uint8Array | string) => {
    try {
      await openAsReceiver(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(BeltError);
    }
  };

  test("bytes at random are refused in words", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.string({ unit: "binary", maxLength: 300 }),
          fc.stringMatching(/^[\w-]{0,90}(?:\.[\w-]{0,90}){1,6}$/),
        ),
        async (bytes) => {
          const refused = openAsReceiver(bytes);
          await expect(refused).rejects.toBeInstanceOf(BeltError);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a tray cut, doubled and mixed up is refused in words", async () => {
    const whole = sealed(signed);
    const cut = fc
      .tuple(fc.nat(whole.length), fc.nat(whole.length))
      .map(([a, b]) => whole.slice(Math.min(a, b), Math.max(a, b)));
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) =>
        onlyBeltErrors(cuts.join("")),
      ),
      { numRuns: 300 },
    );
  });

  test("well sealed nonsense is refused in words", async () => {
    const inner = fc.oneof(
      fc.json().map((header) => `${b64(header)}.${b64(payload)}.`),
      fc
        .dictionary(
          fc.constantFrom("v", "typ", "alg", "kid", "aud", "sheet", "edge", "tray", "crit", "__proto__"),
          fc.jsonValue(),
        )
        .map((change) => jws({ ...trayHeader, ...change }, payload, sender.signer.key)),
      fc.json().map((text) => jws(trayHeader, text, sender.signer.key)),
      fc.jsonValue().map((value) => jws(trayHeader, JSON.stringify({ items: [value] }), sender.signer.key)),
      fc
        .dictionary(
          fc.constantFrom("case", "disclosed", "withheld", "receipt", "reason", "__proto__"),
          fc.jsonValue(),
        )
        .map((change) =>
          jws(trayHeader, JSON.stringify({ items: [{ ...someItem, ...change }] }), sender.signer.key),
        ),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    );
    await fc.assert(
      fc.asyncProperty(inner, (text) => onlyBeltErrors(sealed(Buffer.from(text, "latin1")))),
      { numRuns: 400 },
    );
  });

  test("well formed outer headers of any values are refused in words", async () => {
    const change = fc.dictionary(
      fc.constantFrom("alg", "enc", "typ", "cty", "kid", "epk", "zip", "crit", "apu", "p2c", "__proto__"),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(change, (change) =>
        onlyBeltErrors(sealed(signed, { header: (usual) => ({ ...usual, ...change }) })),
      ),
      { numRuns: 300 },
    );
  });
});
