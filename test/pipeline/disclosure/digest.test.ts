import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64url } from "../../../pipeline/bytes.ts";
import { commitmentOf, fieldDigest, fieldSalt, saltBytes } from "../../../pipeline/disclosure/index.ts";
import type { Json } from "../../../pipeline/json.ts";
import { fieldName, hostileNames, jsonValue, secret } from "../../support/json.ts";
import { bytesOf, flipBit, hex } from "../../support/log.ts";

const refused = (code: string) => expect.objectContaining({ name: "BeltError", code });

// Computed once from the words of docs/protocol.md by a program in another language, so that code and document
// cannot drift apart unseen.
const key = bytesOf("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
const known: { name: string; value: Json | undefined; salt: string; digest: string }[] = [
  {
    name: "/loan",
    value: 250000,
    salt: "aV3IpUiKDp_3_HnfbZFJaA",
    digest: "3c9d7af3d3172bfca6e185859ea80f819cc47c4c5b50dcea4e2a84623a8b34ca",
  },
  {
    name: "/name",
    value: "Zoë",
    salt: "VLuDrj2EPCWNQGBgwbvafw",
    digest: "ec20559706a188c42ed0402724ca8fae601bf66d41856f73fea619df77b6b84d",
  },
  {
    name: "/nickname",
    value: undefined,
    salt: "tsLdssfeg8MCnaHeTNFB7Q",
    digest: "674b2fc12f379e450f9c18fb6b8276de0a15144fef42b305769b5ca2e890e1dc",
  },
  {
    name: "/person",
    value: { b: 1.0, a: [true, null] },
    salt: "rOzWbE_Ae3QbzhAvUGjwRQ",
    digest: "c0561e0a02985b5b0629c8a31fc28a2b5c17513c9d83b37b071ae304842f87ad",
  },
];
const knownCommitment = "a403aacd22318fdee2ed6437bfeaa8fc05540767ed02c1a79445f113e48717f1";

describe("known answers", () => {
  test.each(known)("of $name", ({ name, value, salt, digest }) => {
    expect(toBase64url(fieldSalt(key, name))).toBe(salt);
    expect(hex(fieldDigest(fieldSalt(key, name), name, value))).toBe(digest);
  });

  test("of the commitment, whatever the order of the digests", () => {
    const digests = known.map(({ digest }) => bytesOf(digest));
    fc.assert(
      fc.property(fc.shuffledSubarray(digests, { minLength: digests.length }), (shuffled) => {
        expect(hex(commitmentOf(shuffled))).toBe(knownCommitment);
      }),
    );
  });
});

describe("a field's salt", () => {
  test("is another for every name and secret", () => {
    fc.assert(
      fc.property(secret, fieldName, fieldName, fc.nat(255), (secret, name, other, bit) => {
        const salt = hex(fieldSalt(secret, name));
        expect(salt).toHaveLength(2 * saltBytes);
        expect(hex(fieldSalt(flipBit(secret, bit), name))).not.toBe(salt);
        if (other !== name) expect(hex(fieldSalt(secret, other))).not.toBe(salt);
      }),
    );
  });
});

describe("a field's digest", () => {
  test("is another for another value, name or salt, and for an absent field", () => {
    fc.assert(
      fc.property(
        secret,
        fieldName,
        fieldName,
        jsonValue,
        jsonValue,
        fc.nat(127),
        (secret, name, other, value, changed, bit) => {
          const salt = fieldSalt(secret, name);
          const digest = hex(fieldDigest(salt, name, value));
          expect(hex(fieldDigest(salt, name, undefined))).not.toBe(digest);
          expect(hex(fieldDigest(flipBit(salt, bit), name, value))).not.toBe(digest);
          if (other !== name) expect(hex(fieldDigest(salt, other, value))).not.toBe(digest);
          if (!isSame(value, changed)) expect(hex(fieldDigest(salt, name, changed))).not.toBe(digest);
        },
      ),
    );
  });

  test("does not depend on how a value was written", () => {
    const salt = Buffer.alloc(saltBytes);
    const digest = (text: string) => hex(fieldDigest(salt, "/a", JSON.parse(text)));
    expect(digest("1.0")).toBe(digest("1"));
    expect(digest("1e2")).toBe(digest("100"));
    expect(digest("-0")).toBe(digest("0"));
    expect(digest('{"b":2,"a":1}')).toBe(digest(' { "a" : 1.00, "b" : 2 } '));
    expect(digest('"\\u00e9\\/"')).toBe(digest('"é/"'));
    expect(digest('"é"')).not.toBe(digest('"e\u0301"'));
    expect(digest("[1,2]")).not.toBe(digest("[2,1]"));
    expect(digest("null")).not.toBe(digest('"null"'));
  });

  test("keeps the name and the value apart", () => {
    const salt = Buffer.alloc(saltBytes);
    // The same bytes one after another, divided at another place.
    expect(hex(fieldDigest(salt, "/a1", 2))).not.toBe(hex(fieldDigest(salt, "/a", 12)));
    const names = new Set(hostileNames.map((name) => hex(fieldDigest(salt, name, null))));
    expect(names.size).toBe(hostileNames.length);
  });

  test("is refused for a name whose length or characters the bytes cannot tell", () => {
    const salt = Buffer.alloc(saltBytes);
    expect(fieldDigest(salt, "a".repeat(65_535), null)).toHaveLength(32);
    // Two bytes of length would say 0 here; and UTF-8 has one replacement for every lone surrogate.
    for (const name of ["a".repeat(65_536), "é".repeat(32_768), "/\ud800", "/\udc00x"]) {
      expect(() => fieldDigest(salt, name, null)).toThrow(refused("INPUT_INVALID"));
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, "\ud800", { "\udfff": 1 }, ["a", "\udc00"]])(
    "is refused for a value without canonical form: %j",
    (value) => {
      expect(() => fieldDigest(Buffer.alloc(saltBytes), "/a", value)).toThrow(refused("JSON_INVALID"));
    },
  );
});

function isSame(one: Json, other: Json): boolean {
  try {
    expect(one).toStrictEqual(other);
    return true;
  } catch {
    return false;
  }
}
