import { describe, expect, test } from "vitest";
import { derive, fromBase64url, toBase64url } from "../../../pipeline/bytes.ts";
import { placeKey, readPlace, writePlace } from "../../../pipeline/receipt/index.ts";

const key = placeKey(Buffer.alloc(32, 1));
const leaves = ["one", "two", "three"].map((name) => derive(Buffer.alloc(32), name));
const place = { copy: 1_800_000_000, first: 2 ** 40 + 7 };
const text = writePlace(key, place, leaves);

describe("the place of receipts in a log", () => {
  test("is read by whoever wrote it, and takes 38 characters", () => {
    expect(readPlace(key, text, leaves)).toEqual(place);
    expect(text).toHaveLength(38);
  });

  test.each([
    ["another secret", () => readPlace(placeKey(Buffer.alloc(32, 2)), text, leaves)],
    ["one receipt less", () => readPlace(key, text, leaves.slice(1))],
    ["receipts in another order", () => readPlace(key, text, leaves.toReversed())],
    ["a code that was cut", () => readPlace(key, text.slice(0, -2), leaves)],
    ["nothing", () => readPlace(key, "", leaves)],
  ])("is none with %s", (_what, read) => expect(read()).toBeUndefined());

  test("is none once any byte of it was changed", () => {
    const bytes = Buffer.from(fromBase64url(text));
    for (const at of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(readPlace(key, toBase64url(changed), leaves)).toBeUndefined();
    }
  });
});
