import { describe, expect, it } from "vitest";
import {
  documentHash,
  forkBelt,
  mergePatch,
  type OfferReference,
  parseTemplate,
  planBelt,
  resolveTemplate,
} from "../../../pipeline/belt/index.ts";
import { withField } from "../../../pipeline/case/index.ts";
import type { Json } from "../../../pipeline/json.ts";
import { fixture, smallLoan } from "./fixtures.ts";

const published: readonly (readonly [member: string, offer: string, id: string])[] = [
  ["tax-office", "income", `0x${"1".repeat(64)}`],
  ["credit-registry", "credit", `0x${"2".repeat(64)}`],
  ["bank", "decision", `0x${"3".repeat(64)}`],
  ["other-bank", "decision", `0x${"4".repeat(64)}`],
];

function lookup({ member, offer }: OfferReference): readonly string[] {
  return published.flatMap(([by, name, id]) => (name === offer && (member ?? by) === by ? [id] : []));
}

function template(offers: Readonly<Record<string, string>>): Json {
  return Object.entries(offers).reduce<Json>(
    (sum, [station, offer]) => withField(sum, `/stations/${station}/offer`, offer),
    fixture("belt.json"),
  );
}

describe("resolveTemplate", () => {
  it("replaces the names of offers by their ids and leaves the rest", () => {
    const names = { income: "income", credit: "credit-registry/credit", decision: "bank/decision" };
    expect(resolveTemplate(parseTemplate(template(names)), lookup)).toEqual(smallLoan());
  });

  it("leaves ids as they are, and a parent out", () => {
    const { parent: _, ...rest } = smallLoan();
    expect(resolveTemplate(parseTemplate(rest), () => [])).toEqual(smallLoan());
  });

  it.each([
    ["incme", "BELT_OFFER_UNAVAILABLE", "There is no offer incme."],
    ["bank/income", "BELT_OFFER_UNAVAILABLE", "There is no offer bank/income."],
    ["decision", "BELT_OFFER_AMBIGUOUS", "2 offers are named decision."],
  ])("refuses %s", (offer, code, message) => {
    expect(() => resolveTemplate(parseTemplate(template({ income: offer })), lookup)).toThrow(
      expect.objectContaining({ code, message, at: "/stations/income/offer" }),
    );
  });

  it.each(["Income", "a/b/c", "/income", "0x12", ""])("refuses %j as the name of an offer", (offer) => {
    expect(() => parseTemplate(template({ income: offer }))).toThrow(
      expect.objectContaining({ code: "BELT_INVALID", at: "/stations/income/offer" }),
    );
  });
});

describe("forkBelt", () => {
  const parent = smallLoan();
  const hash = documentHash(parent);

  it("makes a belt that names its parent", () => {
    const fork = forkBelt(parent, hash, { version: "2026.2" });
    expect(fork).toEqual({ ...parent, version: "2026.2", parent: hash });
    expect(documentHash(fork)).not.toBe(hash);
    expect(forkBelt(parent, hash, { belt: "smaller-loan", version: "2026.1" }).belt).toBe("smaller-loan");
  });

  it("changes what it is told, and leaves the parent as it was", () => {
    const before = structuredClone(parent);
    const fork = forkBelt(parent, hash, {
      version: "2026.2",
      changes: {
        stations: { credit: null, decision: { needs: { "/debts": null }, when: "income > 100" } },
        title: { fr: "Petit prêt" },
      },
    });
    expect(Object.keys(fork.stations)).toEqual(["income", "decision"]);
    expect(planBelt(fork).station("decision")?.when).toBe("income > 100");
    expect(fork.title).toEqual({ ...parent.title, fr: "Petit prêt" });
    expect(planBelt(fork).station("decision")?.sources).toEqual(["case", "income"]);
    expect(parent).toEqual(before);
  });

  it.each<readonly [string, Parameters<typeof forkBelt>[2], string, string]>([
    ["its parent's name and version", { version: "2026.1" }, "BELT_INVALID", "/version"],
    ["a parent among the changes", { version: "2", changes: { parent: null } }, "BELT_INVALID", "/parent"],
    ["changes that leave no belt", { version: "2", changes: { result: null } }, "BELT_INVALID", "/result"],
    ["a version that is none", { version: "" }, "BELT_INVALID", "/version"],
  ])("refuses %s", (_, fork, code, at) => {
    expect(() => forkBelt(parent, hash, fork)).toThrow(expect.objectContaining({ code, at }));
  });

  it("refuses the hash of another document", () => {
    const other = `0x${"0".repeat(64)}`;
    expect(() => forkBelt(parent, other, { version: "2" })).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", at: other }),
    );
  });
});

describe("mergePatch", () => {
  // RFC 7396, appendix A.
  it.each<readonly [Json, Json, Json]>([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("applied to %j with %j gives %j", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it("leaves every prototype alone", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
