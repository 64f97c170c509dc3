import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Recent } from "../../../nodes/engine/recent.ts";

describe("what was used last", () => {
  test("is kept as far as it goes, whatever is read and written", () => {
    const step = fc.tuple(fc.constantFrom("get", "set", "delete"), fc.constantFrom("a", "b", "c", "d", "e"));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step), (most, steps) => {
        const recent = new Recent<number>(most);
        let model: [string, number][] = [];
        for (const [place, [act, key]] of steps.entries()) {
          const entry = model.find(([name]) => name === key);
          const others = model.filter(([name]) => name !== key);
          if (act === "get") {
            expect(recent.get(key)).toBe(entry?.[1]);
            if (entry !== undefined) model = [...others, entry];
          } else if (act === "set") {
            recent.set(key, place);
            model = [...others, [key, place] satisfies [string, number]].slice(-most);
          } else {
            recent.delete(key);
            model = others;
          }
        }
        for (const [key, value] of model.toReversed()) expect(recent.get(key)).toBe(value);
      }),
    );
  });

  test("is computed once, and again after it failed", async () => {
    const recent = new Recent<Promise<number>>(2);
    let calls = 0;
    const compute = async (): Promise<number> => {
      calls++;
      if (calls === 1) throw new Error("not yet");
      return calls;
    };
    await expect(Recent.remember(recent, "a", compute)).rejects.toThrow("not yet");
    expect(await Recent.remember(recent, "a", compute)).toBe(2);
    expect(await Recent.remember(recent, "a", compute)).toBe(2);
  });
});
