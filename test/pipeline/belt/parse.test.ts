import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentHash, parseBelt, parseJson, parseOffer } from "../../../pipeline/belt/index.ts";
import { canonical } from "../../../pipeline/json.ts";
import { belt } from "./belts.ts";
import { fixture, objectAt, smallLoan } from "./fixtures.ts";

describe("parseBelt", () => {
  it("gives back the document that was written, with the same hash", () => {
    fc.assert(
      fc.property(belt, fc.constantFrom(undefined, 2), (document, space) => {
        const parsed = parseBelt(parseJson(JSON.stringify(document, null, space)));
        expect(parsed).toEqual(document);
        expect(canonical(parsed)).toBe(canonical(document));
        expect(documentHash(parsed)).toBe(documentHash(document));
      }),
    );
  });

  it.each<readonly [string, unknown, string]>([
    ["nothing", undefined, ""],
    ["a list", [], ""],
    ["a name that parsers drop", JSON.parse('{"__proto__":{}}'), ""],
    ["such a name within", { case: { properties: JSON.parse('{"__proto__":{}}') } }, "/case/properties"],
    ["half a surrogate pair", { title: { en: "\ud800" } }, "/title/en"],
    ["half a surrogate pair as a name", { case: { "\udc00": 1 } }, "/case"],
    ["a value that JSON does not have", { ...smallLoan(), case: { const: undefined } }, "/case/const"],
    ["a function", { ...smallLoan(), case: { const: () => 1 } }, "/case/const"],
    ["a number that JSON does not have", { ...smallLoan(), case: { const: Number.NaN } }, "/case/const"],
    ["an optional field without a value", { ...smallLoan(), description: undefined }, "/description"],
    ["a document that is too large", { ...smallLoan(), case: { enum: ["x".repeat(270_000)] } }, ""],
  ])("refuses %s", (_, json, at) => {
    expect(() => parseBelt(json)).toThrow(expect.objectContaining({ code: "BELT_INVALID", at }));
  });

  it("refuses a document that nests without end", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(() => parseBelt({ case: { const: deep } })).toThrow(
      expect.objectContaining({ code: "BELT_INVALID", message: expect.stringContaining("deeper than 64") }),
    );
  });
});

describe("parseOffer", () => {
  const offer = objectAt(fixture("offers.json"), `/0x${"1".repeat(64)}/document`);

  it("gives back the document", () => {
    expect(parseOffer(offer)).toEqual(offer);
  });

  it.each<readonly [string, object, string, string]>([
    ["no input", { input: undefined }, "/input", "missing"],
    ["a schema that is none", { output: true }, "/output", "must be an object"],
    ["a field too many", { price: 1 }, "/price", "not known"],
    ["a name with a slash", { offer: "a/b" }, "/offer", "hyphens"],
  ])("refuses %s", (_, change, at, says) => {
    expect(() => parseOffer({ ...offer, ...change })).toThrow(
      expect.objectContaining({ code: "OFFER_INVALID", at, message: expect.stringContaining(says) }),
    );
  });
});

describe("documentHash", () => {
  it("is SHA-256 of the canonical text", () => {
    expect(canonical({ b: 1, a: [true, "é"] })).toBe('{"a":[true,"é"],"b":1}');
    const expected = createHash("sha256").update('{"a":[true,"é"],"b":1}', "utf8").digest("hex");
    expect(documentHash({ b: 1, a: [true, "é"] })).toBe(`0x${expected}`);
    // SHA-256 of the two characters {}, as any other tool gives it.
    expect(documentHash({})).toBe("0x44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  });
});
