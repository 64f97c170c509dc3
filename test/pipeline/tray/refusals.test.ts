import { createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BeltError, type Code, catalogue } from "../../../pipeline/errors.ts";
import { deepestJson } from "../../../pipeline/json.ts";
import { mostItems, mostTrayBytes, openTray } from "../../../pipeline/tray/index.ts";
import {
  b64,
  detachedJws,
  detachedJwsWith,
  hmacSigner,
  jws,
  rawPublic,
  rfcKeys,
  withCiphertextBehind,
} from "../../support/jose.ts";
import { someReceipt } from "../../support/receipts.ts";
import {
  openAsReceiver,
  receiver,
  sealed,
  sealedCompact,
  sealItems,
  sender,
  signedTray,
  someItem,
  trayHeader,
  trayName,
  trayOf,
} from "../../support/trayParts.ts";

const payload = JSON.stringify({ items: [someItem] });
const signed = signedTray(trayHeader, payload);

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
    const tooLarge = () => openTray(Buffer.alloc(mostTrayBytes + 1, "a"), keys);
    expect(tooLarge).toThrow(expect.objectContaining({ name: "BeltError", code: "TRAY_TOO_LARGE" }));
    await refusal(Buffer.alloc(mostTrayBytes, "a"), "TRAY_INVALID");
  });
});

describe("what is no JWE of a tray", () => {
  const whole = sealedCompact(signed);
  const [header = "", , iv = "", ciphertext = "", tag = ""] = whole.split(".");
  const { privateKey: rsa } = generateKeyPairSync("rsa", { modulusLength: 2048 });

  test.each<[string, string]>([
    ["nothing", ""],
    ["text", "hello"],
    ["JSON", JSON.stringify({ protected: header, iv, ciphertext, tag })],
    ["a JWS without a seal", jws(trayHeader, payload, sender.signer.key)],
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
    [
      "a ciphertext in it and one behind it",
      `${whole}\n${Buffer.from(ciphertext, "base64url").toString("latin1")}`,
    ],
    ["another line's end", `${[header, "", iv, "", tag].join(".")}\r\n`],
    ["four parts before its ciphertext", `${[header, iv, "", tag].join(".")}\n`],
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
    const whole = Buffer.from(sealItems(trayName, [someItem]));
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
    const whole = sealedCompact(signed);
    const parts = whole.split(".");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const [place, part] of parts.entries()) {
      const last = alphabet.indexOf(part.at(-1) ?? "A");
      if (part.length % 4 === 0) continue;
      const other = `${part.slice(0, -1)}${alphabet[last + 1]}`;
      expect(Buffer.from(other, "base64url")).toEqual(Buffer.from(part, "base64url"));
      const changed = parts.with(place, other).join(".");
      await refusal(changed, "TRAY_INVALID");
      // The ciphertext behind it has no characters.
      if (place !== 3) await refusal(withCiphertextBehind(changed), "TRAY_INVALID");
    }
  });
});

describe("what is no signature of a tray", () => {
  const [header = "", , signature = ""] = detachedJws(trayHeader, payload, sender.signer.key).split(".");
  test.each<[string, string]>([
    ["nothing", ""],
    ["text", "hello"],
    ["no payload behind it", `${header}..${signature}`],
    ["another line's end", `${header}..${signature}\r\n${payload}`],
    ["a space instead", `${header}..${signature} ${payload}`],
    ["two parts", `${header}.${signature}\n${payload}`],
    ["four parts", `${header}..${signature}.\n${payload}`],
    ["content in it", `${header}.${b64(payload)}.${signature}\n${payload}`],
    ["a JWE", sealedCompact(signed)],
    ["JSON", JSON.stringify({ protected: header, payload, signature })],
    ["a header that is no JSON", `${b64("tray")}..${signature}\n${payload}`],
    ["a padded signature", `${header}..${signature}==\n${payload}`],
    ["bytes that are no text", "\u00ff\u00fe\n{}"],
  ])("is refused: %s", (_what, text) => refusal(sealed(Buffer.from(text, "latin1")), "TRAY_INVALID"));

  test.each<[string, string, object]>([
    ["no version", "/v", { v: undefined }],
    ["a version that is none", "/v", { v: 0 }],
    ["a version that is text", "/v", { v: "1" }],
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
    ["no crit", "/crit", { crit: undefined }],
    ["more that is critical", "/crit", { crit: ["b64", "exp"] }],
    ["an encoded payload", "/b64", { b64: true }],
    ["no b64", "/b64", { b64: undefined }],
    ["zip", "/zip", { zip: "DEF" }],
    ["jwk", "/jwk", { jwk: sender.key.export({ format: "jwk" }) }],
    ["x5u", "/x5u", { x5u: "https://example.org/" }],
  ])("is refused: a header with %s", (_what, at, change) =>
    refusal(trayOf({ ...trayHeader, ...change }), "TRAY_INVALID", at),
  );

  test("is refused for now: a version to come, whatever else is in its header", async () => {
    await refusal(trayOf({ ...trayHeader, v: 3, zip: "DEF", crit: ["b64", "zip"] }), "TRAY_VERSION_UNKNOWN");
    // So its sender keeps it, and sends it again until this member has a newer program.
    expect(catalogue.TRAY_VERSION_UNKNOWN.retryable).toBe(true);
  });

  test("is taken as well: a tray of version 1, a compact JWE, and in that form alone", async () => {
    const first = signedTray({ ...trayHeader, v: 1 }, payload);
    expect((await openAsReceiver(sealedCompact(first))).items).toEqual([someItem]);
    await refusal(sealed(first), "TRAY_INVALID", "/v");
    await refusal(sealedCompact(signed), "TRAY_INVALID", "/v");
  });

  test("is refused: a signature of the encoded payload", () => {
    const [head, , own] = jws(trayHeader, payload, sender.signer.key).split(".");
    return refusal(sealed(`${head}..${own}\n${payload}`), "TRAY_SIGNATURE_INVALID");
  });
});

describe("algorithms that are taken for another", () => {
  const { privateKey: rsa } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicRaw = rawPublic(sender.key);
  const publicPem = Buffer.from(sender.key.export({ format: "pem", type: "spki" }));
  const withAlg = (alg: unknown, signer: (input: Uint8Array) => Uint8Array) =>
    sealed(`${detachedJwsWith({ ...trayHeader, alg }, payload, signer)}\n${payload}`);

  test.each<[string, unknown, (input: Uint8Array) => Uint8Array]>([
    ["none", "none", () => new Uint8Array(0)],
    ["None", "None", () => new Uint8Array(0)],
    ["no alg", undefined, (input) => sign(null, input, sender.signer.key)],
    ["HS256 with the public key for a secret", "HS256", hmacSigner(publicRaw)],
    ["HS256 with the public key's PEM for a secret", "HS256", hmacSigner(publicPem)],
    ["HS512", "HS512", (input) => createHmac("sha512", publicRaw).update(input).digest()],
    ["RS256", "RS256", (input) => sign("sha256", input, rsa)],
    ["Ed448", "Ed448", () => Buffer.alloc(114)],
    ["a list", ["EdDSA"], (input) => sign(null, input, sender.signer.key)],
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
    refusal(sealed(signedTray(trayHeader, payload, receiver.signer.key)), "TRAY_SIGNATURE_INVALID"));

  const parts = (text: string): readonly string[] => text.split(".");

  test("of another header or payload is refused", async () => {
    const [header = "", , signature = ""] = parts(detachedJws(trayHeader, payload, sender.signer.key));
    const otherPayload = JSON.stringify({ items: [{ ...someItem, case: 8 }] });
    const [otherHeader = ""] = parts(detachedJws({ ...trayHeader, tray: 4 }, payload, sender.signer.key));
    await refusal(sealed(`${otherHeader}..${signature}\n${payload}`), "TRAY_SIGNATURE_INVALID");
    await refusal(sealed(`${header}..${signature}\n${otherPayload}`), "TRAY_SIGNATURE_INVALID");
  });

  test("with any bit changed is refused", async () => {
    const [header = "", , signature = ""] = parts(detachedJws(trayHeader, payload, sender.signer.key));
    await fc.assert(
      fc.asyncProperty(fc.nat(511), async (bit) => {
        const bytes = Buffer.from(signature, "base64url");
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await refusal(sealed(`${header}..${b64(bytes)}\n${payload}`), "TRAY_SIGNATURE_INVALID");
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
  const { v: _v, sheet: _sheet, case: _case, station: _station, ...receiptEnd } = someReceipt;

  test("may have a receipt of the tray's own sheet, station and case", async () => {
    const header = { ...trayHeader, edge: "income>decision" };
    const opened = await openAsReceiver(trayOf(header, { items: [{ ...someItem, receipt: receiptEnd }] }));
    const { sheet } = trayName;
    expect(opened.items[0]?.receipt).toEqual({
      ...someReceipt,
      sheet,
      station: "income",
      case: someItem.case,
    });
  });

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
    ["with a context of no trace", { items: [someItem], traceparent: "00-0-0-01" }, "/traceparent"],
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
      { items: [{ ...someItem, receipt: { ...receiptEnd, status: "lost" } }] },
      "/items/0/receipt/status",
    ],
    [
      "with a receipt that says again what it is of",
      { items: [{ ...someItem, receipt: { ...receiptEnd, sheet: someReceipt.sheet } }] },
      "/items/0/receipt/sheet",
    ],
    [
      "with a reason that takes no comparison",
      { items: [{ ...someItem, reason: { length: { valueOf: 1, toString: 1 } } }] },
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
    return refusal(sealed(signedTray(trayHeader, bytes)), "TRAY_INVALID");
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
      .map(([a, b]) => whole.subarray(Math.min(a, b), Math.max(a, b)));
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) =>
        onlyBeltErrors(Buffer.concat(cuts)),
      ),
      { numRuns: 300 },
    );
  });

  test("well sealed nonsense is refused in words", async () => {
    const inner = fc.oneof(
      fc.json().map((header) => `${b64(header)}..\n${payload}`),
      fc
        .dictionary(
          fc.constantFrom("v", "typ", "alg", "kid", "aud", "sheet", "edge", "tray", "crit", "__proto__"),
          fc.jsonValue(),
        )
        .map((change) => signedTray({ ...trayHeader, ...change }, payload)),
      fc.json().map((text) => signedTray(trayHeader, text)),
      fc.jsonValue().map((value) => signedTray(trayHeader, JSON.stringify({ items: [value] }))),
      fc
        .dictionary(
          fc.constantFrom("case", "disclosed", "withheld", "receipt", "reason", "__proto__"),
          fc.jsonValue(),
        )
        .map((change) => signedTray(trayHeader, JSON.stringify({ items: [{ ...someItem, ...change }] }))),
      fc.uint8Array({ maxLength: 200 }),
    );
    await fc.assert(
      fc.asyncProperty(inner, (inside) => onlyBeltErrors(sealed(inside))),
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
