import fc from "fast-check";
import { expect, test } from "vitest";
import { ToldCases } from "../../../nodes/engine/toldCases.ts";
import { toBase64url } from "../../../pipeline/bytes.ts";
import { mostCases } from "../../../pipeline/log/index.ts";
import { type Status, statuses } from "../../../pipeline/receipt/index.ts";

test("what was told of each case is found again, in whatever order it came", () => {
  const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toBase64url);
  const told = fc.tuple(fc.nat(mostCases - 1), fc.constantFrom(...statuses), digest);
  fc.assert(
    fc.property(fc.array(told), (all) => {
      const cases = new ToldCases();
      const last = new Map<number, readonly [Status, string]>();
      for (const [number, status, hash] of all) {
        cases.add(number, status, hash);
        last.set(number, [status, hash]);
      }
      expect(cases.statuses).toEqual(new Map([...last].map(([number, [status]]) => [number, status])));
      for (let number = 0; number < mostCases; number++) {
        expect(cases.digest(number)).toBe(last.get(number)?.[1]);
      }
    }),
    { numRuns: 50 },
  );
});
