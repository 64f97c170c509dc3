import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble } from "../../../pipeline/case/index.ts";
import {
  type Arrival,
  arrive,
  emptyHop,
  type Hop,
  type HopRules,
  next,
} from "../../../pipeline/hop/index.ts";
import type { Json } from "../../../pipeline/json.ts";
import { Reason, type Status, statuses } from "../../../pipeline/receipt/index.ts";
import { jsonValue } from "../../support/json.ts";
import { digestText } from "../../support/receipts.ts";

const sources = ["case", "credit", "income"] as const;
type Source = (typeof sources)[number];

/** A station that needs two fields of each source; `required` are the targets that its schema asks for. */
const rulesOf = (required: readonly string[], holds = true): HopRules => ({
  sources,
  needs: sources.flatMap((source) => [
    { target: `/${source}/one`, source, field: "/one" },
    { target: `/${source}/two`, source, field: "/two" },
  ]),
  assemble,
  when: () => holds,
  misfits: (input) =>
    required.filter((target) => {
      const [, source = "", field = ""] = target.split("/");
      const part = input[source];
      return !(typeof part === "object" && part !== null && Object.hasOwn(part, field));
    }),
});
const targets = sources.flatMap((source) => [`/${source}/one`, `/${source}/two`]);

const field = fc.option(jsonValue, { nil: undefined, freq: 3 });
const arrival: fc.Arbitrary<Arrival> = fc
  .record({ digest: digestText, status: fc.constantFrom(...statuses), one: field, two: field })
  .map(({ one, two, ...rest }) => ({
    ...rest,
    fields: new Map<string, Json | undefined>([
      ["/one", one],
      ["/two", two],
    ]),
  }));
const arrivals = fc.record<Record<Source, Arrival>>({ case: arrival, credit: arrival, income: arrival });
const order = fc.shuffledSubarray([...sources], { minLength: sources.length });
const repeated = fc.array(fc.constantFrom(...sources), { maxLength: 6 });
const rules = fc.record({ required: fc.subarray(targets), holds: fc.boolean() });

const all = (given: Record<Source, Arrival>): [Source, Arrival][] =>
  sources.map((source) => [source, given[source]]);
const collect = (list: readonly [Source, Arrival][], hop: Hop = emptyHop): Hop =>
  list.reduce((hop, [source, arrival]) => arrive(hop, source, arrival), hop);
const done = (fields: [string, Json | undefined][] = [], status: Status = "done"): Arrival => ({
  digest: `digest of ${status} ${JSON.stringify(fields)}`,
  status,
  fields: new Map(fields),
});

describe("what has arrived", () => {
  test("comes to the same in any order, with any repetition", () => {
    fc.assert(
      fc.property(arrivals, rules, order, repeated, (given, rules, order, repeated) => {
        const straight = collect(all(given));
        const hop = collect(
          [...repeated, ...order].map((source): [Source, Arrival] => [source, given[source]]),
        );
        for (const source of sources) expect(hop.get(source)).toBe(straight.get(source));
        expect(hop.size).toBe(sources.length);
        const compiled = rulesOf(rules.required, rules.holds);
        expect(next(hop, compiled)).toStrictEqual(next(straight, compiled));
      }),
    );
  });

  test("is not changed by what arrives later, nor by the same again", () => {
    fc.assert(
      fc.property(arrival, arrival, (first, second) => {
        const one = arrive(emptyHop, "case", first);
        const two = arrive(one, "income", second);
        expect(emptyHop.size).toBe(0);
        expect([...one.keys()]).toEqual(["case"]);
        expect(arrive(two, "case", first)).toBe(two);
      }),
    );
  });

  test("cannot be told in two ways by one source", () => {
    fc.assert(
      fc.property(arrivals, arrival, fc.constantFrom(...sources), (given, other, source) => {
        fc.pre(other.digest !== given[source].digest);
        const hop = collect(all(given));
        const conflict = expect.objectContaining({ name: "BeltError", code: "TRAY_CONFLICT" });
        expect(() => arrive(hop, source, other)).toThrow(conflict);
        expect([...hop]).toEqual([...collect(all(given))]);
      }),
    );
  });
});

describe("what is next", () => {
  test("is to wait as long as a source is missing, whatever the others brought", () => {
    fc.assert(
      fc.property(arrivals, rules, fc.subarray([...sources], { maxLength: 2 }), (given, rules, some) => {
        const hop = collect(all(given).filter(([source]) => some.includes(source)));
        expect(next(hop, rulesOf(rules.required, rules.holds))).toEqual({ do: "wait" });
      }),
    );
  });

  test("is as the protocol's table says, the first line that applies", () => {
    fc.assert(
      fc.property(arrivals, rules, (given, { required, holds }) => {
        const step = next(collect(all(given)), rulesOf(required, holds));
        const ends = all(given).map(([, { status }]) => status);
        const missing = required.some((target) => {
          const [, source, field] = target.split("/");
          const from = all(given).find(([name]) => name === source)?.[1];
          return from?.status !== "done" || from.fields.get(`/${field}`) === undefined;
        });
        const undelivered = ends.some((status) => ["failed", "unprocessable", "blocked"].includes(status));
        const outcome = step.do === "end" ? step.status : step.do;
        if (undelivered) expect(outcome).toBe("blocked");
        else if (missing) expect(outcome).toBe(ends.includes("skipped") ? "skipped" : "unprocessable");
        else if (!holds) expect(outcome).toBe("skipped");
        else expect(outcome).toBe("work");
      }),
      { numRuns: 500 },
    );
  });

  test("works with just the fields that its sources delivered", () => {
    fc.assert(
      fc.property(arrivals, fc.subarray([...sources]), (drawn, skipping) => {
        const given = { ...drawn };
        for (const source of sources) {
          given[source] = { ...drawn[source], status: skipping.includes(source) ? "skipped" : "done" };
        }
        const step = next(collect(all(given)), rulesOf([]));
        const expected: [string, Json][] = all(given).flatMap(([source, { status, fields }]) =>
          status !== "done"
            ? []
            : [...fields].flatMap(([pointer, value]): [string, Json][] =>
                value === undefined ? [] : [[`/${source}${pointer}`, value]],
              ),
        );
        expect(step).toStrictEqual({ do: "work", input: assemble(expected) });
      }),
    );
  });

  test("takes nothing from a source that skipped, whatever it sent", () => {
    const hop = collect([
      ["case", done([["/one", 1]])],
      ["credit", done([["/one", "smuggled"]], "skipped")],
      ["income", done([["/two", null]])],
    ]);
    expect(next(hop, rulesOf([]))).toEqual({
      do: "work",
      input: { case: { one: 1 }, income: { two: null } },
    });
    expect(next(hop, rulesOf(["/credit/one"]))).toMatchObject({ do: "end", status: "skipped" });
  });

  test("asks for the condition only of an input that fits", () => {
    const asked: unknown[] = [];
    const asking = (required: string[]): HopRules => ({
      ...rulesOf(required),
      when: (input) => asked.push(input) > 0,
    });
    const hop = collect([
      ["case", done()],
      ["credit", done()],
      ["income", done()],
    ]);
    next(hop, asking(["/case/one"]));
    expect(asked).toEqual([]);
    next(hop, asking([]));
    expect(asked).toEqual([{}]);
  });

  test.each<[string, [Source, Arrival][], HopRules, string]>([
    [
      "what did not come",
      [
        ["case", done()],
        ["credit", done([], "failed")],
        ["income", done([], "blocked")],
      ],
      rulesOf([]),
      "Nothing came from credit, income.",
    ],
    [
      "what was skipped",
      [
        ["case", done()],
        ["credit", done([], "skipped")],
        ["income", done()],
      ],
      rulesOf(["/credit/one"]),
      "It needs what credit skipped.",
    ],
    [
      "what does not fit",
      [
        ["case", done()],
        ["credit", done()],
        ["income", done()],
      ],
      rulesOf(["/credit/one", "/income/two"]),
      "The input does not fit: /credit/one; /income/two.",
    ],
    [
      "the condition",
      [
        ["case", done()],
        ["credit", done()],
        ["income", done()],
      ],
      rulesOf([], false),
      "The belt's condition is not met.",
    ],
  ])("gives a reason: %s", (_what, list, rules, reason) => {
    expect(next(collect(list), rules)).toMatchObject({ do: "end", reason });
  });

  test("gives reasons that a tray takes, however much there is to say", () => {
    const names = Array.from(
      { length: 31 },
      (_, index) => `station-${"x".repeat(38)}${String(index).padStart(2, "0")}`,
    );
    const many: HopRules = { ...rulesOf([]), sources: names };
    const blocked = next(new Map(names.map((name) => [name, done([], "failed")])), many);
    const fitted = new Map(names.map((name) => [name, done()]));
    const misfits = next(fitted, { ...many, misfits: () => [`${"\u{1f600}".repeat(400)} does not fit`] });
    const skipped = next(new Map(names.map((name) => [name, done([], "skipped")])), {
      ...many,
      misfits: () => ["x"],
    });
    for (const step of [blocked, misfits, skipped]) {
      if (step.do !== "end") throw new Error("it ends");
      expect(Reason.parse(step.reason)).toBe(step.reason);
      expect(step.reason.isWellFormed()).toBe(true);
      expect(step.reason.endsWith("\u2026")).toBe(true);
    }
  });
});
