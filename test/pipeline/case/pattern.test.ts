import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern, type Pattern, PatternRefused } from "../../../pipeline/case/index.ts";
import { BudgetExhausted } from "../../../pipeline/case/matcher.ts";

const literals = [..."abz09-/_ "];
const escapes =
  ". \\d \\D \\w \\W \\s \\S \\. \\/ \\n \\t \\x61 \\u0062 \\u{1F600} \\uD83D\\uDE00 😀 \\p{L} \\P{Lu}".split(
    " ",
  );
const classes = "[a-c] [^a-c] [\\]\\-a] [] [^] [é\\d]".split(" ");
const atom = fc.constantFrom(...literals, ...escapes, ...classes);
const sign = fc.constantFrom(
  "",
  "",
  "*",
  "+",
  "?",
  "*?",
  "+?",
  "??",
  "{0}",
  "{2}",
  "{1,}",
  "{0,2}",
  "{2,3}?",
);
/** Regular expressions within what is supported, of every construct. */
const pattern: fc.Arbitrary<string> = fc.letrec<{ alternatives: string; sequence: string; term: string }>(
  (tie) => ({
    alternatives: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("|")),
    sequence: fc.array(tie("term"), { maxLength: 3 }).map((parts) => parts.join("")),
    term: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("^", "$"),
      fc.tuple(atom, sign).map((parts) => parts.join("")),
      fc
        .tuple(tie("alternatives"), fc.constantFrom("(", "(?:"), sign)
        .map(([inner, open, times]) => `${open}${inner})${times}`),
    ),
  }),
).alternatives;
const text = fc
  .array(fc.constantFrom(..."aabbcz09-/_. \n]", "é", "😀", "L"), { maxLength: 8 })
  .map((all) => all.join(""));

/** Skips a generated pattern whose repetitions within repetitions are refused as too large. */
function compiledOrSkipped(source: string): Pattern {
  try {
    return compilePattern(source);
  } catch (error) {
    fc.pre(!String(error).includes("too large"));
    throw error;
  }
}

describe("compilePattern", () => {
  it("matches what the engine's own regular expressions match", () => {
    fc.assert(
      fc.property(
        pattern.filter((source) => source.length < 200),
        fc.array(text, { minLength: 5, maxLength: 5 }),
        (source, texts) => {
          const compiled = compiledOrSkipped(source);
          const native = new RegExp(source, "u");
          for (const each of texts) expect([each, compiled.test(each)]).toEqual([each, native.test(each)]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["^[1-9][0-9]{3} ?[A-Z]{2}$", "1234 AB", "0123 AB"],
    ["^(?<year>[0-9]{4})-(?:0[1-9]|1[0-2])$", "2026-12", "2026-13"],
    ["^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$", "student-loan", "student--loan"],
    ["^\\p{Lu}[\\p{L} '-]{0,40}$", "Żółć d'Été", "żółć"],
  ])("knows %s", (source, good, bad) => {
    expect(compilePattern(source).test(good)).toBe(true);
    expect(compilePattern(source).test(bad)).toBe(false);
  });

  // Each of these keeps a backtracking matcher busy for longer than anyone waits.
  it.each([
    ["^(a+)+$", "a"],
    ["^(a|a)*$", "a"],
    ["^(a|aa)+$", "a"],
    ["(.*)(.*)(.*)(.*)(.*)(.*)x", "a"],
    [`^${"a?".repeat(60)}${"a".repeat(60)}$`, "a"],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "a"],
    ["^(\\w+\\s?)*$", "a"],
  ])("takes linear time for %s", (source, letter) => {
    const compiled = compilePattern(source);
    expect(compiled.test(`${letter.repeat(20_000)}!`)).toBe(false);
  });

  it.each<[boolean, string]>([
    [true, "^TEST-[0-9]{9}$"],
    [true, "^[a-z]+$"],
    [true, "^a{2}[a-z]*$"],
    [false, "^[0-9]{4} ?[A-Z]{2}$"],
    [false, "^a*a{900}$"],
    [false, "[a-z]+$"],
    [false, "^a*a*$"],
    [false, "^(?:a|b){9}$"],
    [false, "^(?:a+)+$"],
    [false, "^a+$|^b+$"],
  ])("is left to the engine only where that cannot take long: %s for %s", (isLeft, source) => {
    const budget = { left: 10_000 };
    compilePattern(source).test("aaaa", budget);
    // Of the automaton's steps there are several for each character.
    expect(10_000 - budget.left === 4).toBe(isLeft);
  });

  it("stops when its budget is used up", () => {
    const compiled = compilePattern("(a?){50}b");
    const budget = { left: 10_000 };
    expect(() => compiled.test("a".repeat(10_000), budget)).toThrow(BudgetExhausted);
    expect(budget.left).toBeLessThan(0);
    expect(compiled.test("ab", { left: 10_000 })).toBe(true);
  });

  it.each([
    ["(a)\\1", "refers back"],
    ["(?<x>a)\\k<x>", "refers back"],
    ["(?=a)", "looks around"],
    ["(?<!a)b", "looks around"],
    ["(?i:a)", "looks around or changes its flags"],
    ["\\ba", "word boundaries"],
    ["a{1001}", "too large"],
    ["((a{30}){30}){30}", "too large"],
    ["((((?:){1000}){1000}){1000}){1000}", "too large"],
    ["a{99999999999}", "too large"],
    ["(", "not a regular expression"],
    ["[b-a]", "not a regular expression"],
    ["a".repeat(257), "longer than 256"],
  ])("refuses %s", (source, message) => {
    expect(() => compilePattern(source)).toThrow(PatternRefused);
    expect(() => compilePattern(source)).toThrow(message);
  });
});
