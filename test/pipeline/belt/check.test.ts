import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBelt, parseBelt, planBelt, requireBelt } from "../../../pipeline/belt/index.ts";
import { fieldAt, formatPointer, parsePointer, withField } from "../../../pipeline/case/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { isObject, type Json } from "../../../pipeline/json.ts";
import { outcomeOf } from "../../support/outcome.ts";
import { json } from "../case/arbitraries.ts";
import { fixture, objectAt, offers, offersOf, smallLoan } from "./fixtures.ts";

const malformed = fixture("malformed.json");
const rows: readonly Json[] = Array.isArray(malformed) ? malformed : [];

/** The document with a table row's changes: fields set, and one removed. */
function changed(document: Json, row: Json, keyword: "set" | "offers"): Json {
  const set = Object.entries(objectAt(row, `/${keyword}`));
  const done = set.reduce((sum, [pointer, value]) => withField(sum, pointer, value), document);
  const gone = keyword === "set" ? fieldAt(row, "/remove") : undefined;
  return typeof gone === "string" ? without(done, gone) : done;
}

function without(document: Json, pointer: string): Json {
  const tokens = parsePointer(pointer);
  const parent = formatPointer(tokens.slice(0, -1));
  const entries = Object.entries(objectAt(document, parent)).filter(([name]) => name !== tokens.at(-1));
  return withField(document, parent, Object.fromEntries(entries));
}

describe("checkBelt", () => {
  it("finds nothing wrong with a good belt, and sums it up", () => {
    const check = checkBelt(smallLoan(), offers());
    expect(check.findings).toEqual([]);
    expect(check).toMatchObject({ pricePerCase: 240n, deadlineSeconds: 70, capacity: 128 });
    expect(check.plan?.order).toEqual(["credit", "income", "decision"]);
    expect(requireBelt(smallLoan(), offers()).pricePerCase).toBe(240n);
  });

  it.each(rows.map((row) => [String(fieldAt(row, "/what")), row] as const))("refuses %s", (_, row) => {
    const terms = offersOf(changed(fixture("offers.json"), row, "offers"));
    const expected = { code: fieldAt(row, "/code"), at: fieldAt(row, "/at") };
    let error: unknown;
    try {
      requireBelt(parseBelt(changed(fixture("belt.json"), row, "set")), terms);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BeltError);
    expect(error).toMatchObject({
      ...expected,
      message: expect.stringContaining(String(fieldAt(row, "/says"))),
    });
  });

  it("covers every code of a malformed belt in that table", () => {
    const codes = new Set(rows.map((row) => fieldAt(row, "/code")));
    expect([...codes].toSorted()).toEqual([
      "BELT_CONDITION_INVALID",
      "BELT_CYCLE",
      "BELT_INVALID",
      "BELT_NEEDS_OVERLAP",
      "BELT_NEED_UNRESOLVED",
      "BELT_OFFER_UNAVAILABLE",
      "BELT_TYPE_MISMATCH",
      "SCHEMA_REFUSED",
    ]);
  });

  it("collects all findings, each at its place", () => {
    const document = [
      ["/stations/decision/when", "incme > 0"],
      ["/stations/income/offer", `0x${"4".repeat(64)}`],
      ["/stations/decision/needs/~1remark", "case#/remrak"],
      ["/result/~1why", "decision#/why"],
    ].reduce<Json>((sum, [pointer = "", value = ""]) => withField(sum, pointer, value), fixture("belt.json"));
    const check = checkBelt(parseBelt(document), offers());
    expect(check.findings.map(({ code, at }) => `${code} ${at}`)).toEqual([
      "BELT_OFFER_UNAVAILABLE /stations/income/offer",
      "BELT_NEED_UNRESOLVED /stations/decision/needs/~1remark",
      "BELT_NEED_UNRESOLVED /stations/decision/needs/~1remark",
      "BELT_CONDITION_INVALID /stations/decision/when",
      "BELT_NEED_UNRESOLVED /result/~1why",
    ]);
    expect(check.plan).toBeDefined();
    expect(check.pricePerCase).toBe(120n);
    expect(() => requireBelt(parseBelt(document), offers())).toThrow("(4 more findings)");
  });

  it("goes on with the offers when the routing itself is wrong", () => {
    const document = [
      ["/stations/income/needs/~1last", "decision#/answer"],
      ["/stations/decision/when", "incme > 0"],
    ].reduce<Json>((sum, [pointer = "", value = ""]) => withField(sum, pointer, value), fixture("belt.json"));
    const check = checkBelt(parseBelt(document), offers());
    expect(check.plan).toBeUndefined();
    expect(check.findings.map(({ code }) => code)).toEqual([
      "BELT_CYCLE",
      "BELT_CONDITION_INVALID",
      "BELT_NEED_UNRESOLVED",
    ]);
    expect(() => planBelt(parseBelt(document))).toThrow(expect.objectContaining({ code: "BELT_CYCLE" }));
  });

  it("takes the slowest of parallel ways, not the sum of all", () => {
    const terms = new Map(
      [...offers()].map(([id, each]) => [id, { ...each, deadlineSeconds: id.startsWith("0x2") ? 5 : 20 }]),
    );
    expect(checkBelt(smallLoan(), terms).deadlineSeconds).toBe(40);
  });

  it("knows nothing of prices without offers", () => {
    const check = checkBelt(smallLoan(), new Map());
    expect(check).toMatchObject({ pricePerCase: 0n, deadlineSeconds: 0, capacity: 0 });
    expect(new Set(check.findings.map(({ code }) => code))).toEqual(new Set(["BELT_OFFER_UNAVAILABLE"]));
  });

  it("tells in a finding or an error of ours whatever is written in the wrong place", () => {
    const places = pointersIn(fixture("belt.json"), []);
    const value = fc.oneof(
      json,
      fc.constantFrom(
        "case#/person",
        "income#/yearly",
        "decision#/answer",
        "income > 0",
        "/loan",
        {},
        [],
        null,
        "0x",
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), value, (place, wrong) => {
        const document = withField(fixture("belt.json"), place, wrong);
        const outcome = outcomeOf(() =>
          checkBelt(parseBelt(document), offers()).findings.map(({ at }) => parsePointer(at).length),
        );
        expect([{ code: "BELT_INVALID" }, { value: expect.any(Array) }]).toContainEqual(outcome);
      }),
      { numRuns: 150 },
    );
  });

  it("refuses an object that pretends to be a text, and cannot be compared", () => {
    const length = JSON.parse('{ "valueOf": 1, "toString": 1 }');
    const document = withField(fixture("belt.json"), "/title/en", { length });
    expect(outcomeOf(() => parseBelt(document))).toEqual({ code: "BELT_INVALID" });
  });

  it("does not change the document", () => {
    const document = smallLoan();
    const before = structuredClone(document);
    checkBelt(document, offers());
    expect(document).toEqual(before);
  });
});

function pointersIn(value: Json, path: readonly string[]): readonly string[] {
  const inner = isObject(value) || Array.isArray(value) ? Object.entries(value) : [];
  return [formatPointer(path), ...inner.flatMap(([name, each]) => pointersIn(each, [...path, name]))];
}
