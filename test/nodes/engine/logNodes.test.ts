import fc from "fast-check";
import { expect, test } from "vitest";
import { keepNodes, nodeIn } from "../../../nodes/engine/logNodes.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { sha256, toHex } from "../../../pipeline/bytes.ts";
import { append, emptyFrontier, type Subtree } from "../../../pipeline/log/index.ts";

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
