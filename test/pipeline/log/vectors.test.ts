import { describe, expect, test } from "vitest";
import {
  append,
  consistencyRanges,
  emptyFrontier,
  emptyRoot,
  hashRanges,
  inclusionRanges,
  leafHash,
  nodeHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../pipeline/log/index.ts";
import { bytesOf, flipBit, hex } from "../../support/log.ts";
import vectors from "../../support/vectors/rfc9162.json" with { type: "json" };

const leaves = vectors.leaves.map((leaf) => leafHash(bytesOf(leaf)));
const roots = vectors.roots.map(bytesOf);
const other = bytesOf(vectors.otherHash);
const none = new Uint8Array(0);
const tooShort = Buffer.from("WrongRoot");

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`the vectors have no ${index}`);
  return value;
}

const refused = (code: string) => expect.objectContaining({ name: "BeltError", code });

describe("hashes", () => {
  test("of an empty log, a leaf and a node are the published ones", () => {
    expect(hex(emptyRoot)).toBe(at(vectors.roots, 0));
    expect(hex(leafHash(Buffer.from("L123456")))).toBe(vectors.hashes.leafOfL123456);
    expect(hex(nodeHash(Buffer.from("N123"), Buffer.from("N456")))).toBe(vectors.hashes.nodeOfN123AndN456);
  });

  test("of all roots and complete subtrees are the published ones", () => {
    expect(vectors.roots.map((_, size) => hex(rootOf(leaves.slice(0, size))))).toEqual(vectors.roots);
    const nodes = append(emptyFrontier, leaves).nodes;
    const levels = vectors.nodes.map((_, level) =>
      nodes.filter((node) => node.level === level).map((node) => hex(node.hash)),
    );
    expect(levels).toEqual(vectors.nodes);
  });
});

describe.each(vectors.inclusion)(
  "the inclusion of entry $index in $size",
  ({ index, size, proof: published }) => {
    const proof = published.map(bytesOf);
    const leaf = at(leaves, index);
    const root = at(roots, size);

    test("is proven by the published hashes", async () => {
      const lookup = ({ level, index }: { level: number; index: number }) =>
        bytesOf(at(at(vectors.nodes, level), index));
      expect((await hashRanges(inclusionRanges(index, size), lookup)).map(hex)).toEqual(published);
      verifyInclusion(leaf, index, size, proof, root);
    });

    const wrong: [string, Parameters<typeof verifyInclusion>][] = [
      ["index - 1", [leaf, index - 1, size, proof, root]],
      ["index + 1", [leaf, index + 1, size, proof, root]],
      ["index ^ 2", [leaf, index ^ 2, size, proof, root]],
      ["size * 2", [leaf, index, size * 2, proof, root]],
      ["size / 2", [leaf, index, Math.floor(size / 2), proof, root]],
      ["a wrong leaf", [Buffer.from("WrongLeaf"), index, size, proof, root]],
      ["the empty root", [leaf, index, size, proof, emptyRoot]],
      ["another root", [leaf, index, size, proof, other]],
      ["an empty hash behind", [leaf, index, size, [...proof, none], root]],
      ["the root behind", [leaf, index, size, [...proof, root], root]],
      ["an empty hash in front", [leaf, index, size, [none, ...proof], root]],
      ["the root in front", [leaf, index, size, [root, ...proof], root]],
      ...proof.map((hash, i): [string, Parameters<typeof verifyInclusion>] => [
        `bit 3 of hash ${i}`,
        [leaf, index, size, proof.with(i, flipBit(hash, 3)), root],
      ]),
      ...(proof.length > 0
        ? ([["one hash less", [leaf, index, size, proof.slice(0, -1), root]]] satisfies typeof wrong)
        : []),
      ...(proof.length > 1
        ? ([
            ["a hash between", [leaf, index, size, proof.toSpliced(1, 0, other), root]],
          ] satisfies typeof wrong)
        : []),
    ];
    test.each(wrong)("is not proven with %s", (_what, given) => {
      expect(() => verifyInclusion(...given)).toThrow(refused("PROOF_INVALID"));
    });
  },
);

describe("the inclusion of a single entry", () => {
  const leaf = leafHash(Buffer.from("data"));
  test("needs no hashes", () => verifyInclusion(leaf, 0, 1, [], leaf));
  test.each([
    [none, leaf],
    [leaf, none],
    [none, none],
  ])("refuses hashes of no length", (given, root) => {
    expect(() => verifyInclusion(given, 0, 1, [], root)).toThrow(refused("PROOF_INVALID"));
  });
  test.each([
    [0, 0],
    [0, 1],
    [1, 0],
    [2, 1],
  ])("is not proven by nothing at index %i of %i", (index, size) => {
    for (const [given, root] of [
      [other, none],
      [none, emptyRoot],
      [other, emptyRoot],
    ] as const) {
      expect(() => verifyInclusion(given, index, size, [], root)).toThrow(refused("PROOF_INVALID"));
    }
  });
});

describe.each(vectors.consistency)(
  "that $later continues $earlier",
  ({ earlier, later, proof: published }) => {
    const proof = published.map(bytesOf);
    const root1 = at(roots, earlier);
    const root2 = at(roots, later);
    const verify = (
      size1: number,
      size2: number,
      first: Uint8Array,
      second: Uint8Array,
      hashes: Uint8Array[],
    ) => verifyConsistency({ size: size1, root: first }, { size: size2, root: second }, hashes);

    test("is proven by the published hashes", async () => {
      const lookup = ({ level, index }: { level: number; index: number }) =>
        bytesOf(at(at(vectors.nodes, level), index));
      expect((await hashRanges(consistencyRanges(earlier, later), lookup)).map(hex)).toEqual(published);
      verify(earlier, later, root1, root2, proof);
    });

    const [first] = proof;
    if (first === undefined) return;
    const wrong: [string, Parameters<typeof verify>][] = [
      ["size1 - 1", [earlier - 1, later, root1, root2, proof]],
      ["size1 + 1", [earlier + 1, later, root1, root2, proof]],
      ["size1 ^ 2", [earlier ^ 2, later, root1, root2, proof]],
      ["size2 * 2", [earlier, later * 2, root1, root2, proof]],
      ["size2 / 2", [earlier, Math.floor(later / 2), root1, root2, proof]],
      ["a wrong first root", [earlier, later, tooShort, root2, proof]],
      ["a wrong second root", [earlier, later, root1, tooShort, proof]],
      ["the roots exchanged", [earlier, later, root2, root1, proof]],
      ["no hashes", [earlier, later, root1, root2, []]],
      ["an empty hash behind", [earlier, later, root1, root2, [...proof, none]]],
      ["the first root behind", [earlier, later, root1, root2, [...proof, root1]]],
      ["the second root behind", [earlier, later, root1, root2, [...proof, root2]]],
      ["an empty hash in front", [earlier, later, root1, root2, [none, ...proof]]],
      ["the first root in front", [earlier, later, root1, root2, [root1, ...proof]]],
      ["the second root in front", [earlier, later, root1, root2, [root2, ...proof]]],
      ["the first hash twice", [earlier, later, root1, root2, [first, ...proof]]],
      ["one hash less", [earlier, later, root1, root2, proof.slice(0, -1)]],
      ...proof.map((hash, i): [string, Parameters<typeof verify>] => [
        `bit 4 of hash ${i}`,
        [earlier, later, root1, root2, proof.with(i, flipBit(hash, 4))],
      ]),
    ];
    test.each(wrong)("is not proven with %s", (_what, given) => {
      expect(() => verify(...given)).toThrow(refused("PROOF_INVALID"));
    });
  },
);

describe("the consistency of small logs", () => {
  test("of one size is that of their roots", () => {
    verifyConsistency({ size: 1, root: other }, { size: 1, root: other }, []);
  });

  // The published cases, and those with an empty earlier log: it begins every log, so a proof of it says nothing.
  test.each([
    [0, 0, other, emptyRoot, []],
    [1, 1, other, emptyRoot, []],
    [0, 0, other, other, []],
    [0, 1, other, emptyRoot, []],
    [1, 0, other, emptyRoot, []],
    [2, 1, other, emptyRoot, []],
    [1, 2, other, emptyRoot, []],
    [0, 0, emptyRoot, emptyRoot, [emptyRoot]],
    [0, 1, emptyRoot, emptyRoot, [emptyRoot]],
    [1, 1, emptyRoot, emptyRoot, [emptyRoot]],
  ])("of %i and %i is refused", (size1, size2, root1, root2, proof) => {
    expect(() =>
      verifyConsistency({ size: size1, root: root1 }, { size: size2, root: root2 }, proof),
    ).toThrow(refused("PROOF_INVALID"));
  });
});
