import fc from "fast-check";
import { expect, test } from "vitest";
import { keepNodes, keepSubtrees, nodeIn } from "../../../nodes/engine/logNodes.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { sha256, toHex } from "../../../pipeline/bytes.ts";
import {
  append,
  consistencyRanges,
  emptyFrontier,
  hashRanges,
  inclusionRanges,
  type Subtree,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../pipeline/log/index.ts";

test("every complete subtree of a log is found again, however it grew", async () => {
  const growth = fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(growth, async (steps) => {
      const store = new MemoryStore();
      const hashes = new Map<Subtree, string>();
      let frontier = emptyFrontier;
      for (const step of steps) {
        const leaves = Array.from({ length: step }, (_, i) => sha256(Buffer.from(`${frontier.size + i}`)));
        const grown = append(frontier, leaves);
        await store.batch(keepNodes(grown.nodes));
        for (const { level, index, hash } of grown.nodes) hashes.set({ level, index }, toHex(hash));
        frontier = grown.frontier;
      }
      for (const [subtree, hash] of hashes) expect(toHex(await nodeIn(store, subtree))).toBe(hash);
    }),
    { numRuns: 20 },
  );
});

test("a subtree with leaves that are not there is a gap", async () => {
  const store = new MemoryStore();
  await store.batch(keepNodes(append(emptyFrontier, [sha256(), sha256(), sha256()]).nodes));
  for (const subtree of [
    { level: 0, index: 3 },
    { level: 1, index: 1 },
    { level: 6, index: 0 },
  ]) {
    await expect(nodeIn(store, subtree)).rejects.toMatchObject({ code: "STORE_FAILED" });
  }
});

test("a log of which leaves are lost goes on from its complete subtrees, and proves all that comes then", async () => {
  const sizes = fc.record({
    kept: fc.integer({ min: 0, max: 200 }),
    lost: fc.integer({ min: 1, max: 200 }),
    more: fc.integer({ min: 1, max: 200 }),
  });
  const leaf = (index: number): Uint8Array => sha256(Buffer.from(`${index}`));
  const leavesTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => leaf(from + i));
  await fc.assert(
    fc.asyncProperty(sizes, async ({ kept, lost, more }) => {
      const store = new MemoryStore();
      const begun = append(emptyFrontier, leavesTo(0, kept));
      await store.batch(keepNodes(begun.nodes));
      const head = append(begun.frontier, leavesTo(kept, kept + lost)).frontier;
      const subtrees = subtreesOf({ start: 0, end: head.size });
      await store.batch(keepSubtrees(subtrees, head.hashes));
      let frontier = head;
      for (let size = head.size; size < head.size + more; size++) {
        const found = await Promise.all(
          subtreesOf({ start: 0, end: size }).map((subtree) => nodeIn(store, subtree)),
        );
        expect(found.map(toHex)).toEqual(frontier.hashes.map(toHex));
        const grown = append(frontier, [leaf(size)]);
        await store.batch(keepNodes(grown.nodes));
        frontier = grown.frontier;
      }
      const lookup = (subtree: Subtree) => nodeIn(store, subtree);
      const index = head.size;
      const proof = await hashRanges(inclusionRanges(index, frontier.size), lookup);
      verifyInclusion(leaf(index), index, frontier.size, proof, frontier.root);
      const consistency = await hashRanges(consistencyRanges(head.size, frontier.size), lookup);
      verifyConsistency(head, frontier, consistency);
    }),
    { numRuns: 20 },
  );
});
