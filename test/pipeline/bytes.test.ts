import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../pipeline/bytes.ts";

describe("SHA-256 of several parts", () => {
  const hashOf = (parts: readonly (Uint8Array | string)[]): Buffer => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(Buffer.from(part));
    return hash.digest();
  };
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.string({ unit: "binary", maxLength: 50 }),
    // Longer than what short parts are put together in.
    fc.integer({ min: 5_000, max: 20_000 }).map((size) => "\u20ac".repeat(size)),
    fc.integer({ min: 5_000, max: 40_000 }).map((size) => new Uint8Array(size).fill(7)),
  );

  test("is that of the parts one after another, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        expect(sha256(...parts)).toEqual(hashOf(parts));
      }),
    );
  });

  test("stays what it is when the next is computed", () => {
    const [first, second] = [sha256("one", "part"), sha256("another", "part")];
    expect([first, second]).toEqual([hashOf(["onepart"]), hashOf(["anotherpart"])]);
  });
});
