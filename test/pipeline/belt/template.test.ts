import { describe, expect, it } from "vitest";
import { type OfferReference, parseTemplate, resolveTemplate } from "../../../pipeline/belt/index.ts";
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
