import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  consistencyRanges,
  inclusionRanges,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../pipeline/log/index.ts";
import { flipBit, hex, logOf } from "../../support/log.ts";
import { PATH, PROOF } from "../../support/rfc9162.ts";

const most = 150;
const log = logOf(most);
const refused = (code: string) => expect.objectContaining({ name: "BeltError", code });

const size = fc.integer({ min: 1, max: most });
const entryInLog = size.chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));
const twoSizes = size.chain((later) =>
  fc.record({ later: fc.constant(later), earlier: fc.integer({ min: 1, max: later }) }),
);
const bit = fc.nat(255);

describe("inclusion", () => {
  test("is proven by what RFC 9162 defines, for every entry of every log", async () => {
    await fc.assert(
      fc.asyncProperty(entryInLog, async ({ index, size }) => {
        const proof = await log.inclusion(index, size);
        expect(proof.map(hex)).toEqual(PATH(index, log.entries.slice(0, size)).map(hex));
        verifyInclusion(log.leaves[index] ?? fail(), index, size, proof, log.head(size).root);
      }),
    );
  });

  test("is not proven with any bit changed", async () => {
    await fc.assert(
      fc.asyncProperty(entryInLog, fc.nat(20), bit, async ({ index, size }, place, bit) => {
        const proof = await log.inclusion(index, size);
        const hashes = [log.leaves[index] ?? fail(), log.head(size).root, ...proof];
        const changed = hashes.map((hash, i) => (i === place % hashes.length ? flipBit(hash, bit) : hash));
        const [leaf, root, ...rest] = changed;
        if (leaf === undefined || root === undefined) return fail();
        expect(() => verifyInclusion(leaf, index, size, rest, root)).toThrow(refused("PROOF_INVALID"));
      }),
    );
  });

  test("is not proven at another index, nor against another head of the log", async () => {
    await fc.assert(
      fc.asyncProperty(entryInLog, fc.nat(most), size, async ({ index, size }, otherIndex, otherSize) => {
        const proof = await log.inclusion(index, size);
        const leaf = log.leaves[index] ?? fail();
        if (otherIndex !== index) {
          expect(() => verifyInclusion(leaf, otherIndex, size, proof, log.head(size).root)).toThrow(
            refused("PROOF_INVALID"),
          );
        }
        if (otherSize !== size) {
          expect(() => verifyInclusion(leaf, index, otherSize, proof, log.head(otherSize).root)).toThrow(
            refused("PROOF_INVALID"),
          );
        }
      }),
    );
  });

  test.each([
    [0, 1.5],
    [0.5, 2],
    [-1, 2],
    [0, Number.NaN],
    [Number.NaN, 2],
    [0, Number.POSITIVE_INFINITY],
    [0, 2 ** 53],
  ])("refuses index %d of %d", async (index, size) => {
    const proof = await log.inclusion(0, 2);
    const leaf = log.leaves[0] ?? fail();
    expect(() => verifyInclusion(leaf, index, size, proof, log.head(2).root)).toThrow(
      refused("PROOF_INVALID"),
    );
  });

  test.each([
    [0, 0],
    [1, 1],
    [-1, 1],
    [0.5, 1],
    [0, Number.NaN],
  ])("of entry %d in %d has no ranges", (index, size) => {
    expect(() => inclusionRanges(index, size)).toThrow(refused("INPUT_INVALID"));
  });
});

describe("consistency", () => {
  test("is proven by what RFC 9162 defines, for every two sizes", async () => {
    await fc.assert(
      fc.asyncProperty(twoSizes, async ({ earlier, later }) => {
        const proof = await log.consistency(earlier, later);
        expect(proof.map(hex)).toEqual(PROOF(earlier, log.entries.slice(0, later)).map(hex));
        verifyConsistency(log.head(earlier), log.head(later), proof);
      }),
    );
  });

  test("is not proven with any bit changed", async () => {
    await fc.assert(
      fc.asyncProperty(twoSizes, fc.nat(20), bit, async ({ earlier, later }, place, bit) => {
        const proof = await log.consistency(earlier, later);
        const hashes = [log.head(earlier).root, log.head(later).root, ...proof];
        const changed = hashes.map((hash, i) => (i === place % hashes.length ? flipBit(hash, bit) : hash));
        const [first, second, ...rest] = changed;
        if (first === undefined || second === undefined) return fail();
        const verify = () =>
          verifyConsistency({ size: earlier, root: first }, { size: later, root: second }, rest);
        expect(verify).toThrow(refused("PROOF_INVALID"));
      }),
    );
  });

  test("is not proven for other sizes of the log", async () => {
    await fc.assert(
      fc.asyncProperty(twoSizes, size, async ({ earlier, later }, other) => {
        const proof = await log.consistency(earlier, later);
        const same = other === earlier || other === later;
        fc.pre(!same);
        expect(() => verifyConsistency(log.head(other), log.head(later), proof)).toThrow(
          refused("PROOF_INVALID"),
        );
        expect(() => verifyConsistency(log.head(earlier), log.head(other), proof)).toThrow(
          refused("PROOF_INVALID"),
        );
      }),
    );
  });

  test("is not proven for a log that was rewritten", async () => {
    await fc.assert(
      fc.asyncProperty(twoSizes, fc.nat(most), bit, async ({ earlier, later }, place, bit) => {
        fc.pre(earlier < later);
        const { append, emptyFrontier } = await import("../../../pipeline/log/index.ts");
        const index = place % earlier;
        const rewritten = log.leaves
          .slice(0, later)
          .map((leaf, i) => (i === index ? flipBit(leaf, bit) : leaf));
        const head = append(emptyFrontier, rewritten).frontier;
        const proof = await log.consistency(earlier, later);
        expect(() => verifyConsistency(log.head(earlier), head, proof)).toThrow(refused("PROOF_INVALID"));
      }),
    );
  });

  test.each([
    [1.5, 2],
    [1, 2.5],
    [1, Number.NaN],
    [Number.NaN, 2],
    [1, Number.POSITIVE_INFINITY],
  ])("refuses the sizes %d and %d", async (earlier, later) => {
    const proof = await log.consistency(1, 2);
    const verify = () =>
      verifyConsistency(
        { size: earlier, root: log.head(1).root },
        { size: later, root: log.head(2).root },
        proof,
      );
    expect(verify).toThrow(refused("PROOF_INVALID"));
  });

  test.each([
    [0, 1],
    [2, 1],
    [0.5, 1],
    [1, Number.NaN],
  ])("of %d and %d has no ranges", (earlier, later) => {
    expect(() => consistencyRanges(earlier, later)).toThrow(refused("INPUT_INVALID"));
  });
});

describe("logs larger than a 32-bit number", () => {
  const large = fc.oneof(
    fc.integer({ min: 2 ** 32, max: Number.MAX_SAFE_INTEGER }),
    // Where a logarithm in floating point is off by one: beside the powers of two.
    fc
      .record({ power: fc.integer({ min: 33, max: 52 }), by: fc.integer({ min: -2, max: 2 }) })
      .map(({ power, by }) => 2 ** power + by),
  );

  test("have one complete subtree for each bit of their size", () => {
    fc.assert(
      fc.property(large, (size) => {
        const subtrees = subtreesOf({ start: 0, end: size });
        const bits = [...BigInt(size).toString(2)].flatMap((bit, i, all) =>
          bit === "1" ? [all.length - 1 - i] : [],
        );
        expect(subtrees.map(({ level }) => level)).toEqual(bits);
      }),
    );
  });

  test("have proofs whose ranges join to the whole log", () => {
    fc.assert(
      fc.property(large, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (size, share) => {
        // A share just below one may round up to the whole.
        const index = Math.min(size - 1, Math.floor(share * size));
        const ranges = [...inclusionRanges(index, size), { start: index, end: index + 1 }];
        const sorted = ranges.toSorted((a, b) => a.start - b.start);
        expect(sorted.map(({ start }) => start)).toEqual([0, ...sorted.slice(0, -1).map(({ end }) => end)]);
        expect(sorted.at(-1)?.end).toBe(size);
        expect(ranges.length).toBeLessThanOrEqual(54);
      }),
    );
  });
});

function fail(): never {
  throw new Error("the test's own figures are wrong");
}
