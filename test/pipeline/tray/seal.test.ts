import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Item, mostItems, sealTray, trayHash } from "../../../pipeline/tray/index.ts";
import { b64, jws, rfcKeys } from "../../support/jose.ts";
import { jsonValue } from "../../support/json.ts";
import { digestText, receipt } from "../../support/receipts.ts";
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

describe("a sealed tray", () => {
  test("is opened by its receiver as it was", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 1, maxLength: 5 }),
        fc.maxSafeNat(),
        fc.constantFrom("case>a", "income>decision", "decision>result"),
        async (items, tray, edge) => {
          const name = { ...trayName, edge, tray };
          const bytes = await sealTray(name, items, { signer: sender.signer, to });
          const opened = await openAsReceiver(bytes);
          expect(opened).toStrictEqual({ ...name, kid: sender.signer.kid, aud: receiver.member, items });
        },
      ),
      { numRuns: 60 },
    );
  });

  test("takes as many items as a tray may have", async () => {
    const items = Array.from({ length: mostItems }, (_, index) => ({ ...someItem, case: index }));
    const opened = await openAsReceiver(await sealTray(trayName, items, { signer: sender.signer, to }));
    expect(opened.items.map((item) => item.case)).toEqual(items.map((item) => item.case));
  });

  test("says outside only to whom it is sealed", async () => {
    const bytes = await sealTray(trayName, [someItem], { signer: sender.signer, to });
    const [header = "", encryptedKey, ...rest] = Buffer.from(bytes).toString("latin1").split(".");
    const { epk, ...shown } = JSON.parse(Buffer.from(header, "base64url").toString());
    expect(shown).toEqual({
      alg: "ECDH-ES",
      enc: "A256GCM",
      typ: "tray",
      cty: "jose",
      kid: receiver.seal.kid,
    });
    expect(epk).toEqual({ kty: "OKP", crv: "X25519", x: expect.stringMatching(/^[\w-]{43}$/) });
    expect(encryptedKey).toBe("");
    expect(rest).toHaveLength(3);
    expect(rest.join("")).not.toContain(b64(trayName.edge).slice(0, 8));
  });

  test("is sealed anew each time, so that equal trays do not look equal", async () => {
    const seal = () => sealTray(trayName, [someItem], { signer: sender.signer, to });
    expect(trayHash(await seal())).not.toBe(trayHash(await seal()));
  });

  test("is the one that the standards alone make", async () => {
    const made = await openAsReceiver(trayOf(trayHeader));
    expect(made).toStrictEqual(
      await openAsReceiver(await sealTray(trayName, [someItem], { signer: sender.signer, to })),
    );
  });

  test("keeps its addressee when it is sealed anew for another", async () => {
    const signed = jws(trayHeader, JSON.stringify({ items: [someItem] }), sender.signer.key);
    // The addressee opens it, and passes on what was signed: whom it was signed for still stands in it.
    const opened = await openAsReceiver(sealed(signed, { ephemeral: rfcKeys.bob }));
    expect(opened.aud).toBe(receiver.member);
    const foreign = { ...trayHeader, aud: `0x${"3c".repeat(20)}` };
    expect((await openAsReceiver(trayOf(foreign))).aud).toBe(foreign.aud);
  });

  test("to a key that takes no seal is refused before anything is sent", async () => {
    // A point of small order: whoever seals to it shares a secret that everybody knows.
    const weak = createPublicKey({
      format: "jwk",
      key: { kty: "OKP", crv: "X25519", x: b64(Buffer.alloc(32)) },
    });
    const seal = sealTray(trayName, [someItem], { signer: sender.signer, to: { ...to, key: weak } });
    await expect(seal).rejects.toMatchObject({ name: "BeltError", code: "TRAY_SEAL_INVALID" });
  });
});
