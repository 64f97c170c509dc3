import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fewestLooks, look, silent, type Watch } from "../../../pipeline/worker/index.ts";

const patience = 5_000;
const every = 1_000;

/** What a worker sees that looks every so often, from some moment of its own clock on. */
function watching(start: number, looks: readonly { readonly after: number; readonly beat: string }[]) {
  let [watch, now]: [Watch, number] = [new Map(), start];
  const verdicts = looks.map(({ after, beat }) => {
    now += after;
    watch = look(watch, new Map([["other", beat]]), now);
    return silent(watch, now, patience).get("other");
  });
  return verdicts;
}

const start = fc.double({ min: 0, max: 1e12, noNaN: true });

describe("a worker that looks at another one's beats", () => {
  test("never takes one for dead whose beat changes from look to look within the patience", () => {
    const pause = fc.integer({ min: 1, max: 10 * patience });
    fc.assert(
      fc.property(start, fc.array(pause, { minLength: 1, maxLength: 30 }), (from, pauses) => {
        const looks = pauses.map((after, number) => ({ after, beat: String(number) }));
        expect(watching(from, looks)).toEqual(pauses.map(() => undefined));
      }),
    );
  });

  test("takes one for dead whose beat stands still, once the patience is over and not before", () => {
    const pause = fc.integer({ min: 1, max: every });
    fc.assert(
      fc.property(start, fc.array(pause, { minLength: 20, maxLength: 60 }), (from, pauses) => {
        const verdicts = watching(
          from,
          pauses.map((after) => ({ after, beat: "the last" })),
        );
        let stood = 0;
        for (const [number, verdict] of verdicts.entries()) {
          if (number > 0) stood += pauses[number] ?? 0;
          const due = stood >= patience && number + 1 >= fewestLooks;
          // Sums of such numbers round.
          if (Math.abs(stood - patience) > 1) expect(verdict).toBe(due ? "the last" : undefined);
        }
      }),
    );
  });

  test("and paused itself for long takes nobody for dead by that alone", () => {
    fc.assert(
      fc.property(start, fc.integer({ min: patience, max: 1e9 }), (from, pause) => {
        const looks = [
          { after: 1, beat: "a" },
          { after: pause, beat: "a" },
          { after: 1, beat: "b" },
        ];
        expect(watching(from, looks)).toEqual([undefined, undefined, undefined]);
      }),
    );
  });

  test("does not care what a beat says, nor from when on its own clock counts", () => {
    const looks = fc.array(
      fc.record({ after: fc.integer({ min: 1, max: patience }), beat: fc.string({ maxLength: 1 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), looks, (one, other, seen) => {
        expect(watching(one, seen)).toEqual(watching(other, seen));
      }),
    );
  });

  test("forgets one that is gone", () => {
    let watch = look(new Map(), new Map([["other", "a"]]), 0);
    watch = look(watch, new Map(), 1);
    watch = look(watch, new Map([["other", "a"]]), 2 * patience);
    expect(silent(watch, 2 * patience, patience).size).toBe(0);
  });
});
