import fc from "fast-check";
import { expect, test } from "vitest";
import { chosen } from "../../../pipeline/worker/index.ts";

const workers = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 8 });

test("all choose the same one, in whatever order they know each other", () => {
  fc.assert(
    fc.property(fc.string(), workers, (what, all) => {
      const one = chosen(what, all);
      expect(all).toContain(one);
      expect(chosen(what, all.toReversed())).toBe(one);
    }),
  );
});

test("one that goes leaves the choices of the others' work as they were", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 20 }), workers, (work, all) => {
      const [gone, ...left] = all;
      for (const what of work) {
        const before = chosen(what, all);
        if (before !== gone) expect(chosen(what, left)).toBe(before);
      }
    }),
  );
});

test("nobody is chosen where there is nobody", () => {
  expect(chosen("anything", [])).toBeUndefined();
});

test("work is spread evenly", () => {
  const counts = new Map<string, number>();
  for (let sheet = 0; sheet < 4_000; sheet++) {
    const one = chosen(`0x${sheet}`, ["a", "b", "c", "d"]) ?? "";
    counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
