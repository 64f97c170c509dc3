import { isDeepStrictEqual } from "node:util";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical, inOrder, isObject, type Json, JsonValue, takesAtMost } from "../../pipeline/json.ts";
import { parseJson } from "../../pipeline/jsonText.ts";
import { outcomeOf } from "../support/outcome.ts";
import { json } from "./case/arbitraries.ts";

function nativeOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

describe("the size of a value's text", () => {
  it("is told exactly, however the value is", () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = Buffer.byteLength(JSON.stringify(value));
        expect([takesAtMost(value, bytes), takesAtMost(value, bytes - 1)]).toEqual([true, false]);
      }),
    );
    const escaped = { ["\u0000".repeat(50)]: ["\u0001".repeat(50), -Number.MAX_VALUE, null, false] };
    const bytes = Buffer.byteLength(JSON.stringify(escaped));
    expect([takesAtMost(escaped, bytes), takesAtMost(escaped, bytes - 1)]).toEqual([true, false]);
  });
});

describe("what passes as JSON", () => {
  const nested = (levels: number): Json => (levels === 0 ? {} : [nested(levels - 1)]);

  it("is every value that a text can say, as it is", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JsonValue.parse(value)).toBe(value);
      }),
    );
    expect(JsonValue.safeParse(nested(63)).success).toBe(true);
  });

  it.each([
    ["nothing", undefined],
    ["no number", [Number.NaN]],
    ["a function", { a: () => 1 }],
    ["a large integer", { a: { b: 1n } }],
    ["more than 64 levels", nested(64)],
  ])("is not %s", (_, value) => {
    expect(JsonValue.safeParse(value).success).toBe(false);
  });
});

describe("an object in order", () => {
  const object = json.filter(isObject);

  it("says the same, as canonical JSON has it, and is itself where it said so already", () => {
    fc.assert(
      fc.property(object, (value) => {
        const ordered = inOrder(value);
        expect(ordered).toEqual(value);
        // An engine puts names that look like indexes first, wherever they are written.
        if (!/"\d+":/.test(JSON.stringify(value))) {
          expect(JSON.stringify(ordered)).toBe(canonical(value));
          expect(inOrder(ordered)).toBe(ordered);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("has a member of the name __proto__ as a member", () => {
    const text = '{"__proto__":{"a":1},"b":2}';
    const turned: Json = JSON.parse('{"b":2,"__proto__":{"a":1}}');
    expect(isObject(turned) && JSON.stringify(inOrder(turned))).toBe(text);
  });
});

describe("canonical", () => {
  const rewritten = (value: Json): Json => JSON.parse(canonicalize(value) ?? "null");

  it("gives what the reference implementation of RFC 8785 gives, in whatever order members stand", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonical(value)).toBe(canonicalize(value));
        expect(canonical(rewritten(value))).toBe(canonicalize(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes names that look like numbers in the order of their characters", () => {
    expect(canonical({ 2: "b", 10: "a", "02": "c" })).toBe('{"02":"c","10":"a","2":"b"}');
  });

  it.each([
    ["half a character", { a: "\ud800" }],
    ["half a character in a name", { "\udc00": 1 }],
    ["no number", { a: { b: Number.NaN } }],
    ["an infinite number", [1, Number.POSITIVE_INFINITY]],
  ])("refuses %s", (_, value) => {
    expect(outcomeOf(() => canonical(value))).toMatchObject({ code: "JSON_INVALID" });
  });
});

describe("parseJson", () => {
  it("reads whatever JSON can say, however it is spaced", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2, "\t"), (value, space) => {
        expect(canonical(parseJson(JSON.stringify(value, null, space)))).toBe(canonical(value));
      }),
    );
  });

  it("takes and refuses what the engine's parser does, but for what is stricter on purpose", () => {
    const piece = fc.constantFrom(
      ...'{}[],:"\\ \n01-.eE+tfnaul',
      "true",
      "null",
      '"a"',
      '"b":',
      "12",
      "\\u00e9",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        const outcome = outcomeOf(() => parseJson(text));
        const native = nativeOf(text);
        if (native === undefined) return isDeepStrictEqual(outcome, { code: "JSON_INVALID" });
        // A name twice, and numbers that doubles do not hold.
        const isStricter = /:.*:|[0-9]{16}|[eE][+]?[0-9]{3}/s.test(text);
        return isDeepStrictEqual(outcome, native) || (isStricter && "code" in outcome);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["", 1, 1, "the text ends where a value is due"],
    ['{"a": 1,\n "b" 2}', 2, 6, "a colon is missing"],
    ['{"a": 1,\n}', 2, 1, "a name in quotation marks is missing"],
    ["[1, 2", 1, 6, "the text ends inside an array"],
    ["[1 2]", 1, 4, "a comma or the end of the array is missing"],
    ["[1,]", 1, 4, "a value is due"],
    ["{} {}", 1, 4, "something follows the value"],
    ['"abc', 1, 1, "a string has no end"],
    ['"a\nb"', 1, 3, "a control character in a string is not escaped"],
    ['"\\x"', 1, 3, "an escape in a string is not known"],
    ["[nul]", 1, 2, "a value is due"],
    ["[01]", 1, 3, "a comma or the end of the array is missing"],
    ['{"a":1, "\\u0061":2}', 1, 9, "an object has the same name twice"],
    ["[1e400]", 1, 2, "a number is too large for a double"],
    ["9007199254740993", 1, 1, "a whole number is beyond 2^53"],
    ['["\\ud800"]', 1, 2, "a string has half a surrogate pair"],
    ["[".repeat(65), 1, 65, "it nests deeper than 64 levels"],
    ["\ufeff{}", 1, 1, "a value is due"],
  ])("says where %j goes wrong", (text, line, column, what) => {
    expect(() => parseJson(text, { at: "cases.json" })).toThrow(
      expect.objectContaining({
        code: "JSON_INVALID",
        at: `cases.json:${line}:${column}`,
        message: expect.stringContaining(what),
      }),
    );
  });

  it("never quotes the text", () => {
    const secret = "Jansen";
    for (const text of [`{"name":"${secret}"`, `["${secret}" x]`, `{"${secret}":1,"${secret}":2}`, secret]) {
      expect(() => parseJson(text)).toThrow(expect.not.stringContaining(secret));
    }
  });

  it("is not stopped by deep nesting", () => {
    const deep = "[".repeat(1_000_000);
    expect(() => parseJson(deep, { depth: 1_000_000 })).toThrow(
      expect.objectContaining({ code: "JSON_INVALID" }),
    );
  });
});
