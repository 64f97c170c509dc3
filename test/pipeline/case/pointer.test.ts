import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assemble,
  fieldAt,
  findOverlap,
  formatPointer,
  isPrefix,
  parsePointer,
  withField,
} from "../../../pipeline/case/index.ts";
import { canonical, type Json } from "../../../pipeline/json.ts";
import { outcomeOf } from "../../support/outcome.ts";
import { json, name } from "./arbitraries.ts";

/** The example document of RFC 6901, section 5, and what its pointers lead to. */
const example: Json = {
  foo: ["bar", "baz"],
  "": 0,
  "a/b": 1,
  "c%d": 2,
  "e^f": 3,
  "g|h": 4,
  "i\\j": 5,
  'k"l': 6,
  " ": 7,
  "m~n": 8,
};
const section5: readonly (readonly [pointer: string, value: Json])[] = [
  ["", example],
  ["/foo", ["bar", "baz"]],
  ["/foo/0", "bar"],
  ["/", 0],
  ["/a~1b", 1],
  ["/c%d", 2],
  ["/e^f", 3],
  ["/g|h", 4],
  ["/i\\j", 5],
  ['/k"l', 6],
  ["/ ", 7],
  ["/m~0n", 8],
];

const tokens = fc.array(name, { maxLength: 4 });

describe("fieldAt", () => {
  it.each(section5)("finds what RFC 6901 says is at %j", (pointer, value) => {
    expect(fieldAt(example, pointer)).toEqual(value);
  });

  it.each([
    ["/bar"],
    ["/foo/2"],
    ["/foo/00"],
    ["/foo/-"],
    ["/foo/length"],
    ["/foo/0/length"],
    ["/constructor"],
    ["/__proto__"],
    ["/toString/name"],
  ])("has nothing at %s", (pointer) => {
    expect(fieldAt(example, pointer)).toBeUndefined();
  });

  it("finds __proto__ and constructor where they are members", () => {
    const value: Json = JSON.parse('{"__proto__":{"constructor":1}}');
    expect(fieldAt(value, "/__proto__/constructor")).toBe(1);
  });

  it.each([["foo"], ["/a~2b"], ["/a~"], ["#/foo"]])("refuses %j, which is no pointer", (pointer) => {
    expect(() => fieldAt(example, pointer)).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", at: pointer }),
    );
  });
});

describe("parsePointer and formatPointer", () => {
  it("undo each other", () => {
    fc.assert(
      fc.property(tokens, (names) => {
        expect(parsePointer(formatPointer(names))).toEqual(names);
      }),
    );
  });

  it("read ~01 as ~1", () => {
    expect(parsePointer("/~01")).toEqual(["~1"]);
  });
});

describe("withField", () => {
  // "-" adds one more each time.
  const placed = name.filter((each) => each !== "-");

  it("puts a field where fieldAt finds it, and changes nothing else of the original", () => {
    fc.assert(
      fc.property(json, fc.array(placed, { minLength: 1, maxLength: 4 }), json, (value, names, field) => {
        const before = canonical(value);
        const pointer = formatPointer(names);
        const outcome = outcomeOf(() => withField(value, pointer, field));
        expect(canonical(value)).toBe(before);
        // Where a scalar or an array stands in the way, the value has no such field to begin with.
        if ("code" in outcome)
          return outcome.code === "INPUT_INVALID" && fieldAt(value, pointer) === undefined;
        const again = withField(outcome.value, pointer, field);
        return isDeepStrictEqual([fieldAt(outcome.value, pointer), again], [field, outcome.value]);
      }),
    );
  });

  it("replaces, appends, and makes objects on the way", () => {
    expect(withField({ a: [1, { b: 2 }] }, "/a/1/b", 3)).toEqual({ a: [1, { b: 3 }] });
    expect(withField({ a: [1] }, "/a/-", 2)).toEqual({ a: [1, 2] });
    expect(withField({ a: [1] }, "/a/1", 2)).toEqual({ a: [1, 2] });
    expect(withField({ a: 1 }, "", 2)).toBe(2);
    expect(withField({}, "/a/b/c", null)).toEqual({ a: { b: { c: null } } });
  });

  it.each([
    ["/a/2", "/a/2"],
    ["/a/x", "/a/x"],
    ["/b/c", "/b/c"],
  ])("refuses %s, which has no place", (pointer, at) => {
    expect(() => withField({ a: [1], b: 1 }, pointer, 1)).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", at }),
    );
  });

  it("leaves every prototype alone", () => {
    const changed = withField({}, "/__proto__/polluted", true);
    expect(Object.keys(Object(changed))).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    const through = withField({}, "/constructor/prototype/polluted", true);
    expect(fieldAt(through, "/constructor/prototype/polluted")).toBe(true);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("assemble", () => {
  it("makes the object that has these fields at these pointers and no others", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), json)), (entries) => {
        const fields = new Map(entries.map(([names, field]) => [formatPointer(names), field]));
        const overlaps = findOverlap([...fields.keys()]) !== undefined;
        const oneByOne = (): Json =>
          [...fields].reduce<Json>((sum, [pointer, field]) => withField(sum, pointer, field), {});
        const outcome = outcomeOf(() => canonical(assemble(fields)));
        expect(outcome).toEqual(overlaps ? { code: "INPUT_INVALID" } : { value: canonical(oneByOne()) });
      }),
    );
  });

  it("never adds to a field it was given", () => {
    const loan = { amount: 1 };
    expect(() =>
      assemble([
        ["/loan", loan],
        ["/loan/rate", 2],
      ]),
    ).toThrow(expect.objectContaining({ code: "INPUT_INVALID", at: "/loan/rate" }));
    expect(loan).toEqual({ amount: 1 });
  });

  it("refuses to place a field at the whole", () => {
    expect(() => assemble([["", 1]])).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  it("takes __proto__ as a name", () => {
    const whole = assemble([["/__proto__/x", 1]]);
    expect(JSON.stringify(whole)).toBe('{"__proto__":{"x":1}}');
    expect(Object.getPrototypeOf(whole)).toBe(Object.prototype);
  });
});

describe("isPrefix", () => {
  it("compares whole tokens", () => {
    fc.assert(
      fc.property(tokens, tokens, (first, second) => {
        const within = first.every((token, index) => second[index] === token);
        expect(isPrefix(formatPointer(first), formatPointer(second))).toBe(within);
      }),
    );
    expect(isPrefix("/loan", "/loans")).toBe(false);
  });

  it("finds the pointers that overlap", () => {
    expect(findOverlap(["/a", "/ab", "/b/c"])).toBeUndefined();
    expect(findOverlap(["/a", "/ab", "/a/c"])).toEqual(["/a", "/a/c"]);
  });
});
