import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonErrorOffset } from "../../nodes/jsonPosition.ts";

function valid(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

it.each([
  ["", 0],
  ["  ", 2],
  ['{"a": }', 6],
  ['{"a": 1,}', 8],
  ['{"a" 1}', 5],
  ["{a: 1}", 1],
  ["[1, 2", 5],
  ["[1 2]", 3],
  ["[1,]", 3],
  ["[1}", 2],
  ["01", 1],
  ["1.", 1],
  ["nul", 0],
  ["1 2", 2],
  ['"a\nb"', 0],
  ["]", 0],
])("finds where %j stops being JSON", (text, offset) => {
  expect(jsonErrorOffset(text)).toBe(offset);
});

it("agrees with the engine on what is JSON, and everything before the place can still become JSON", () => {
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "x", ":", " ", "1", "\n", "-"))
    .map(([text, at, put]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + put + text.slice(index + 1);
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
      const offset = jsonErrorOffset(text);
      expect(offset === undefined).toBe(valid(text));
      if (offset !== undefined) expect(offset).toBeLessThanOrEqual(text.length);
      // What stands before the place is not at fault itself: cut there, the text only ends too early.
      if (offset !== undefined) expect(jsonErrorOffset(text.slice(0, offset)) ?? offset).toBe(offset);
    }),
    { numRuns: 2_000 },
  );
});
