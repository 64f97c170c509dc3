import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  append,
  emptyFrontier,
  frontierOf,
  hashRanges,
  leafHash,
  rootOf,
  subtreesOf,
} from "../../../pipeline/log/index.ts";
import { entriesOf, hex, logOf } from "../../support/log.ts";
import { MTH } from "../../support/rfc9162.ts";

const entries = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 80 });

describe("a log", () => {
  test("has the root that RFC 9162 defines, appended in whatever chunks", () => {
    fc.assert(
      fc.property(entries, fc.array(fc.nat(20), { maxLength: 10 }), (entries, lengths) => {
        let frontier = emptyFrontier;
        let from = 0;
        for (const length of [...lengths, entries.length]) {
          frontier = append(frontier, entries.slice(from, from + length).map(leafHash)).frontier;
          from += length;
          expect(hex(frontier.root)).toBe(hex(MTH(entries.slice(0, from))));
          expect(frontier.size).toBe(Math.min(from, entries.length));
        }
        expect(hex(frontier.root)).toBe(hex(rootOf(entries.map(leafHash))));
      }),
    );
  });

  test("gives exactly its complete subtrees while it grows, each once", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), (before, more) => {
        const all = entriesOf(before + more);
        const leaves = all.map(leafHash);
        const { frontier, nodes: first } = append(emptyFrontier, leaves.slice(0, before));
        const { nodes: second } = append(frontier, leaves.slice(before));
        const given = [...first, ...second].map(({ level, index, hash }) => [`${level}/${index}`, hex(hash)]);
        const expected: [string, string][] = [];
        for (let width = 1, level = 0; width <= all.length; width *= 2, level++) {
          for (let index = 0; (index + 1) * width <= all.length; index++) {
            expected.push([`${level}/${index}`, hex(MTH(all.slice(index * width, (index + 1) * width)))]);
          }
        }
        expect(given.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  test("goes on from the hashes that a store kept", async () => {
    const log = logOf(100);
    await fc.assert(
      fc.asyncProperty(fc.nat(99), async (size) => {
        const kept = subtreesOf({ start: 0, end: size }).map(log.lookup);
        const frontier = frontierOf(size, await Promise.all(kept));
        expect(hex(frontier.root)).toBe(hex(log.head(size).root));
        expect(hex(append(frontier, log.leaves.slice(size)).frontier.root)).toBe(hex(log.frontier.root));
      }),
    );
  });

  test("does not go on from too few or too many hashes", () => {
    const { hashes } = append(emptyFrontier, entriesOf(7).map(leafHash)).frontier;
    for (const wrong of [hashes.slice(1), [...hashes, ...hashes.slice(0, 1)], []]) {
      expect(() => frontierOf(7, wrong)).toThrow(
        expect.objectContaining({ name: "BeltError", code: "PROOF_INVALID" }),
      );
    }
  });

  test("is not changed by appending to it", () => {
    const frontier = append(emptyFrontier, entriesOf(5).map(leafHash)).frontier;
    const before = hex(frontier.root);
    append(frontier, entriesOf(9).map(leafHash));
    expect(frontier.size).toBe(5);
    expect(hex(frontier.root)).toBe(before);
    expect(emptyFrontier.size).toBe(0);
  });
});

test("hashRanges folds each range from its complete subtrees", async () => {
  const log = logOf(60);
  const hashes = await hashRanges(
    [
      { start: 0, end: 60 },
      { start: 32, end: 60 },
      { start: 5, end: 6 },
    ],
    log.lookup,
  );
  const expected = [log.entries, log.entries.slice(32), log.entries.slice(5, 6)].map(MTH);
  expect(hashes.map(hex)).toEqual(expected.map(hex));
});

test("hashRanges passes on what the lookup fails with", async () => {
  const failure = new Error("the disk is gone");
  await expect(hashRanges([{ start: 0, end: 3 }], () => Promise.reject(failure))).rejects.toBe(failure);
});
