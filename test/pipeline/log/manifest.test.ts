import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "../../../pipeline/bytes.ts";
import { manifestRoot, mostCases, readManifest } from "../../../pipeline/log/index.ts";
import { flipBit, hex } from "../../support/log.ts";
import { MTH } from "../../support/rfc9162.ts";

const mismatch = expect.objectContaining({ name: "BeltError", code: "COMMITMENT_MISMATCH" });
const commitment = fc.uint8Array({ minLength: 32, maxLength: 32 });
const commitments = fc.array(commitment, { minLength: 1, maxLength: 40 });

describe("a manifest", () => {
  test("is named by RFC 9162's root over the commitments, and read back", () => {
    fc.assert(
      fc.property(commitments, (commitments) => {
        const root = manifestRoot(commitments);
        expect(root).toBe(toHex(MTH(commitments)));
        const read = readManifest(Buffer.concat(commitments), root);
        expect(commitments.map((_, number) => hex(read.at(number) ?? Buffer.alloc(0)))).toEqual(
          commitments.map(hex),
        );
        expect([read.length, read.at(commitments.length)]).toEqual([commitments.length, undefined]);
      }),
    );
  });

  test("of the most cases is read", () => {
    const manifest = Buffer.alloc(32 * mostCases, 7);
    const read = Array.from({ length: mostCases }, () => Buffer.alloc(32, 7));
    expect(readManifest(manifest, manifestRoot(read))).toHaveLength(mostCases);
  });

  test("is not the one of its name with any bit changed, or in another order", () => {
    fc.assert(
      fc.property(commitments, fc.nat(), (commitments, bit) => {
        const root = manifestRoot(commitments);
        const manifest = Buffer.concat(commitments);
        expect(() => readManifest(flipBit(manifest, bit % (8 * manifest.length)), root)).toThrow(mismatch);
        const reversed = Buffer.concat(commitments.toReversed());
        if (!reversed.equals(manifest)) expect(() => readManifest(reversed, root)).toThrow(mismatch);
      }),
    );
  });

  test.each([0, 1, 31, 33, 32 * (mostCases + 1)])("of %i bytes is none", (length) => {
    const bytes = Buffer.alloc(length);
    const whole = Array.from({ length: Math.floor(length / 32) }, () => Buffer.alloc(32));
    expect(() => readManifest(bytes, manifestRoot(whole))).toThrow(mismatch);
  });

  test("of more or fewer cases than were booked is refused", () => {
    const three = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
    const manifest = Buffer.concat(three);
    expect(readManifest(manifest, manifestRoot(three), 3)).toHaveLength(3);
    for (const count of [0, 2, 4])
      expect(() => readManifest(manifest, manifestRoot(three), count)).toThrow(mismatch);
  });

  test("cannot pass off two commitments as one node", () => {
    const pair = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const root = manifestRoot(pair);
    // The node above the two leaves, given as if it were the only commitment.
    expect(() => readManifest(Buffer.from(root.slice(2), "hex"), root)).toThrow(mismatch);
  });
});
