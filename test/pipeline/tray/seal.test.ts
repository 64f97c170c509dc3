import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { CompactEncrypt, compactDecrypt, compactVerify, FlattenedSign, flattenedVerify } from "jose";
import { describe, expect, test } from "vitest";
import {
  type Item,
  mostItems,
  mostPayloadBytes,
  signAcknowledgement,
  type TrayName,
  trayHash,
  writePayloads,
} from "../../../pipeline/tray/index.ts";
import { readItems } from "../../../pipeline/tray/payload.ts";
import { b64, rfcKeys, withCiphertextBehind } from "../../support/jose.ts";
import { jsonValue } from "../../support/json.ts";
import { digestText, receipt, someReceipt } from "../../support/receipts.ts";
import {
  compactOf,
  openAsReceiver,
  receiver,
  sealed,
  sealItems,
  sender,
  signedTray,
  someItem,
  trayHeader,
  trayName,
  trayOf,
} from "../../support/trayParts.ts";

const to = { ...receiver.seal, member: receiver.member };
const salt = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(b64);

const item: fc.Arbitrary<Item> = fc.record(
  {
    case: fc.nat(1023),
    disclosed: fc.array(
      fc.oneof(fc.tuple(fc.string(), salt, jsonValue), fc.tuple(fc.string({ unit: "binary" }), salt)),
      { maxLength: 4 },
    ),
    withheld: fc.array(digestText, { maxLength: 3 }),
    receipt,
    reason: fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  },
  { requiredKeys: ["case", "disclosed", "withheld"], noNullPrototype: true },
);

/** The item as it can be on a tray: its receipt is of the tray's sheet and station, and of the item's case. */
function onEdge({ sheet, edge }: TrayName, { receipt, ...rest }: Item): Item {
  const [station = ""] = edge.split(">");
  return receipt === undefined ? rest : { ...rest, receipt: { ...receipt, sheet, station, case: rest.case } };
}

describe("payloads", () => {
  const origin = { sheet: trayName.sheet, edge: "income>decision" };

  test("have every item once, in order, as many on each as number and size allow", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: mostPayloadBytes }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.nat(2 * mostItems), (large, small) => {
        const fillers = [
          ...large.map((size) => "x".repeat(size)),
          ...Array.from({ length: small }, () => "y"),
        ];
        const items = fillers.map(
          (filler, number): Item => ({
            case: number,
            disclosed: [["/a", "A".repeat(22), filler]],
            withheld: [],
          }),
        );
        const payloads = writePayloads(origin, items).map((payload) => ({
          bytes: payload.length,
          items: readItems(origin, JSON.parse(Buffer.from(payload).toString())),
        }));
        expect(payloads.flatMap((payload) => payload.items)).toEqual(items);
        for (const [place, { bytes, items: load }] of payloads.entries()) {
          expect(load.length).toBeLessThanOrEqual(mostItems);
          if (load.length > 1) expect(bytes).toBeLessThanOrEqual(mostPayloadBytes + '{"items":[]}'.length);
          const next = payloads[place + 1]?.items[0];
          if (next === undefined || load.length === mostItems) continue;
          expect(bytes + JSON.stringify(next).length).toBeGreaterThan(mostPayloadBytes);
        }
      }),
      { numRuns: 15 },
    );
  });

  test("say where a log has the receipts of just their own items", () => {
    const items = Array.from({ length: mostItems + 2 }, (_, number) => ({ ...someItem, case: number }));
    const payloads = writePayloads(origin, items, (from, count) => `from${from}count${count}`);
    const places = payloads.map((payload) => JSON.parse(Buffer.from(payload).toString()).place);
    expect(places).toEqual([`from0count${mostItems}`, `from${mostItems}count2`]);
  });

  test("are none of no items", () => expect(writePayloads(origin, [])).toEqual([]));

  test.each<[string, Partial<typeof someReceipt>]>([
    ["sheet", { sheet: `0x${"9".repeat(64)}` }],
    ["station", { station: "credit" }],
    ["case", { case: 9 }],
  ])("refuse a receipt of another %s", (_what, other) => {
    const receipt = { ...someReceipt, ...origin, station: "income", case: 7, ...other };
    const { edge: _, ...plain } = receipt;
    expect(() => writePayloads(origin, [{ ...someItem, receipt: plain }])).toThrow(
      expect.objectContaining({ code: "INTERNAL" }),
    );
  });
});

describe("jose, an implementation of the standards that is not ours,", () => {
  test("opens and verifies what is sealed here", async () => {
    const compact = compactOf(sealItems(trayName, [someItem]));
    const { plaintext } = await compactDecrypt(compact, receiver.unseal);
    const text = Buffer.from(plaintext).toString();
    const [header = "", , signature = ""] = text.slice(0, text.indexOf("\n")).split(".");
    const jws = { protected: header, payload: text.slice(text.indexOf("\n") + 1), signature };
    const { payload } = await flattenedVerify(jws, sender.key);
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ items: [someItem] });
  });

  test("signs and seals what is opened here", async () => {
    const payload = JSON.stringify({ items: [someItem] });
    const { protected: header = "", signature } = await new FlattenedSign(Buffer.from(payload))
      .setProtectedHeader({ ...trayHeader, b64: false, crit: ["b64"] })
      .sign(sender.signer.key);
    const compact = await new CompactEncrypt(Buffer.from(`${header}..${signature}\n${payload}`))
      .setProtectedHeader({
        alg: "ECDH-ES",
        enc: "A256GCM",
        typ: "tray",
        cty: "signed-tray",
        kid: receiver.seal.kid,
      })
      .encrypt(receiver.seal.key);
    expect((await openAsReceiver(withCiphertextBehind(compact))).items).toEqual([someItem]);
  });

  test("verifies acknowledgements", async () => {
    const given = { ...trayName, by: receiver.member, hash: trayHash(Buffer.from("a tray")), at: 1 };
    const { payload } = await compactVerify(signAcknowledgement(given, receiver.signer), receiver.key);
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(given);
  });
});

describe("a sealed tray", () => {
  test("is opened by its receiver as it was", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 1, maxLength: 5 }),
        fc.maxSafeNat(),
        fc.constantFrom("case>a", "income>decision", "decision>result"),
        async (loose, tray, edge) => {
          const name = { ...trayName, edge, tray };
          const items = loose.map((item) => onEdge(name, item));
          const bytes = sealItems(name, items);
          const opened = await openAsReceiver(bytes);
          expect(opened).toStrictEqual({ ...name, kid: sender.signer.kid, aud: receiver.member, items });
        },
      ),
      { numRuns: 60 },
    );
  });

  test("takes as many items as a tray may have", async () => {
    const items = Array.from({ length: mostItems }, (_, index) => ({ ...someItem, case: index }));
    const opened = await openAsReceiver(sealItems(trayName, items));
    expect(opened.items.map((item) => item.case)).toEqual(items.map((item) => item.case));
  });

  test("says outside only to whom it is sealed", () => {
    const bytes = sealItems(trayName, [someItem]);
    const [header = "", encryptedKey, ...rest] = compactOf(bytes).split(".");
    const { epk, ...shown } = JSON.parse(Buffer.from(header, "base64url").toString());
    expect(shown).toEqual({
      alg: "ECDH-ES",
      enc: "A256GCM",
      typ: "tray",
      cty: "signed-tray",
      kid: receiver.seal.kid,
    });
    expect(epk).toEqual({ kty: "OKP", crv: "X25519", x: expect.stringMatching(/^[\w-]{43}$/) });
    expect(encryptedKey).toBe("");
    expect(rest).toHaveLength(3);
    expect(rest.join("")).not.toContain(b64(trayName.edge).slice(0, 8));
  });

  test("is sealed anew each time, so that equal trays do not look equal", () => {
    const seal = () => sealItems(trayName, [someItem]);
    expect(trayHash(seal())).not.toBe(trayHash(seal()));
  });

  test("is longer than what it holds by its headers alone, however much that is", () => {
    const besides = (filler: string) => {
      const disclosed: Item["disclosed"] = [["/a", b64(Buffer.alloc(16)), filler]];
      return sealItems(trayName, [{ ...someItem, disclosed }]).length - filler.length;
    };
    expect(besides("x".repeat(100_000))).toBe(besides("x"));
  });

  test("is the one that the standards alone make", async () => {
    const made = await openAsReceiver(trayOf(trayHeader));
    expect(made).toStrictEqual(await openAsReceiver(sealItems(trayName, [someItem])));
  });

  test("keeps its addressee when it is sealed anew for another", async () => {
    const signed = signedTray(trayHeader, JSON.stringify({ items: [someItem] }));
    // The addressee opens it, and passes on what was signed: whom it was signed for still stands in it.
    const opened = await openAsReceiver(sealed(signed, { ephemeral: rfcKeys.bob }));
    expect(opened.aud).toBe(receiver.member);
    const foreign = { ...trayHeader, aud: `0x${"3c".repeat(20)}` };
    expect((await openAsReceiver(trayOf(foreign))).aud).toBe(foreign.aud);
  });

  test("to a key that takes no seal is refused before anything is sent", () => {
    // A point of small order: whoever seals to it shares a secret that everybody knows.
    const weak = createPublicKey({
      format: "jwk",
      key: { kty: "OKP", crv: "X25519", x: b64(Buffer.alloc(32)) },
    });
    const seal = () => sealItems(trayName, [someItem], { signer: sender.signer, to: { ...to, key: weak } });
    expect(seal).toThrow(expect.objectContaining({ name: "BeltError", code: "TRAY_SEAL_INVALID" }));
  });
});
