import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commitToConsent } from "../../../pipeline/consent/index.ts";

const salt = Uint8Array.from({ length: 16 }, (_, place) => place);
const terms = { source: "registry/income", fields: ["/yearly", "/employer"], purpose: "mortgage" };

describe("commitments to a consent's terms", () => {
  it("are the digests of two fields, as the protocol describes them", () => {
    const digest = (name: string, value: string) => {
      const length = Uint8Array.of(0, name.length);
      const parts = [Uint8Array.of(2), salt, length, Buffer.from(name), Buffer.from(value)];
      return `0x${createHash("sha256").update(Buffer.concat(parts)).digest("hex")}`;
    };
    expect(commitToConsent(salt, terms)).toEqual({
      source: digest("source", '{"fields":["/employer","/yearly"],"source":"registry/income"}'),
      purpose: digest("purpose", '"mortgage"'),
    });
  });

  it("depend on every part, and on nothing but these", () => {
    const known = commitToConsent(salt, terms);
    const other = Uint8Array.from(salt, (byte) => byte + 1);
    expect(commitToConsent(other, terms).source).not.toBe(known.source);
    expect(commitToConsent(other, terms).purpose).not.toBe(known.purpose);
    for (const changed of [{ source: "registry" }, { fields: ["/yearly"] }, { fields: [] }]) {
      const { source, purpose } = commitToConsent(salt, { ...terms, ...changed });
      expect(source).not.toBe(known.source);
      expect(purpose).toBe(known.purpose);
    }
    expect(commitToConsent(salt, { ...terms, purpose: "audit" })).toEqual({
      source: known.source,
      purpose: expect.not.stringMatching(known.purpose),
    });
    fc.assert(
      fc.property(fc.shuffledSubarray([...terms.fields, "/x"]), (fields) => {
        const again = { ...terms, fields: [...fields, ...fields] };
        expect(commitToConsent(salt, again)).toEqual(
          commitToConsent(salt, { ...terms, fields: fields.toSorted() }),
        );
      }),
      { numRuns: 20 },
    );
  });

  it("refuse a salt of another length, and nothing to commit to", () => {
    expect(() => commitToConsent(salt.subarray(1), terms)).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", at: "/salt" }),
    );
    expect(() => commitToConsent(salt, { ...terms, purpose: " " })).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", at: "/purpose" }),
    );
  });
});
