import fc from "fast-check";
import { expect, test } from "vitest";
import { openAtRest, sealAtRest } from "../../../nodes/store/index.ts";
import { secret } from "../../support/json.ts";
import { flipBit, hex } from "../../support/log.ts";

const data = fc.uint8Array({ maxLength: 60 });
const random = (fill: Uint8Array) => (size: number) => fill.subarray(0, size);
const failed = expect.objectContaining({ name: "BeltError", code: "STORE_FAILED", at: "case/1" });

test("what is sealed at rest opens with its secret alone", () => {
  fc.assert(
    fc.property(secret, data, secret, fc.nat(255), (secret, data, noise, bit) => {
      const sealed = sealAtRest(secret, data, random(noise));
      expect(hex(openAtRest(secret, sealed, "case/1"))).toBe(hex(data));
      expect(() => openAtRest(flipBit(secret, bit), sealed, "case/1")).toThrow(failed);
    }),
  );
});

test("what was changed, cut or lengthened at rest does not open", () => {
  fc.assert(
    fc.property(secret, data, secret, fc.nat(), (secret, data, noise, place) => {
      const sealed = sealAtRest(secret, data, random(noise));
      expect(() => openAtRest(secret, flipBit(sealed, place % (8 * sealed.length)), "case/1")).toThrow(
        failed,
      );
      expect(() => openAtRest(secret, sealed.subarray(0, place % sealed.length), "case/1")).toThrow(failed);
      expect(() => openAtRest(secret, Buffer.concat([sealed, Buffer.of(0)]), "case/1")).toThrow(failed);
    }),
  );
});
