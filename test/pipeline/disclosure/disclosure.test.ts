import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64url, toBase64url } from "../../../pipeline/bytes.ts";
import {
  commit,
  DigestText,
  Disclosure,
  disclose,
  type Fields,
  open,
} from "../../../pipeline/disclosure/index.ts";
import type { Json } from "../../../pipeline/json.ts";
import { fieldMap, fieldName, hostileNames, jsonValue, secret } from "../../support/json.ts";
import { flipBit, hex } from "../../support/log.ts";

const mismatch = expect.objectContaining({ name: "BeltError", code: "COMMITMENT_MISMATCH" });

/** What the receiver parses out of the bytes that arrived. */
const travel = (disclosure: Disclosure): Disclosure =>
  Disclosure.parse(JSON.parse(JSON.stringify(disclosure)));

const named = (fields: Fields, mask: readonly boolean[]): string[] =>
  [...fields.keys()].filter((_, index) => mask[index % mask.length]);
const mask = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });

/** A commitment with some of its fields open, at least one of them. */
const opening = fc
  .tuple(secret, fieldMap({ minLength: 1 }), mask)
  .map(([secret, fields, mask]) => ({ secret, fields, names: named(fields, mask) }))
  .filter(({ names }) => names.length > 0)
  .map(({ secret, fields, names }) => {
    const sealed = commit(secret, fields);
    return {
      secret,
      fields,
      names,
      commitment: sealed.commitment,
      disclosure: travel(disclose(sealed, names)),
    };
  });

type Opened = Disclosure["disclosed"][number];
const change = (disclosure: Disclosure, place: number, by: (field: Opened) => Opened): Disclosure => ({
  ...disclosure,
  disclosed: disclosure.disclosed.map((field, i, all) => (i === place % all.length ? by(field) : field)),
});

describe("a disclosure", () => {
  test("of any fields opens the one commitment, and gives just those", () => {
    fc.assert(
      fc.property(secret, fieldMap(), mask, (secret, fields, mask) => {
        const sealed = commit(secret, fields);
        const names = named(fields, mask);
        const opened = open(travel(disclose(sealed, names)), names, sealed.commitment);
        expect([...opened]).toStrictEqual([...fields].filter(([name]) => names.includes(name)));
      }),
    );
  });

  test("of no fields is nothing, and anything else is refused in its place", () => {
    fc.assert(
      fc.property(secret, fieldMap({ minLength: 1 }), (secret, fields) => {
        const sealed = commit(secret, fields);
        expect(disclose(sealed, [])).toEqual({ disclosed: [], withheld: [] });
        const all = disclose(sealed, [...fields.keys()]);
        const withheld = sealed.entries.map(({ digest }) => toBase64url(digest));
        for (const given of [all, { disclosed: [], withheld }])
          expect(() => open(given, [], sealed.commitment)).toThrow(mismatch);
      }),
    );
  });

  test("does not depend on the order of the fields, of the open ones or of the withheld ones", () => {
    fc.assert(
      fc.property(
        opening,
        fc.infiniteStream(fc.nat()),
        ({ secret, fields, names, commitment, disclosure }, keys) => {
          const shuffled = <T>(list: readonly T[]): T[] =>
            list
              .map((item) => ({ item, at: keys.next().value ?? 0 }))
              .toSorted((a, b) => a.at - b.at)
              .map(({ item }) => item);
          expect(hex(commit(secret, new Map(shuffled([...fields]))).commitment)).toBe(hex(commitment));
          const moved = {
            disclosed: shuffled(disclosure.disclosed),
            withheld: shuffled(disclosure.withheld),
          };
          expect(new Set(open(moved, shuffled(names), commitment).keys())).toEqual(new Set(names));
        },
      ),
    );
  });

  test("shows nothing of what it withholds but a digest", () => {
    const fields = new Map<string, Json>([
      ["/open", "seen"],
      ["/shut", "unseen-value"],
    ]);
    const sealed = commit(Buffer.alloc(32, 9), fields);
    const text = JSON.stringify(disclose(sealed, ["/open"]));
    expect(text).not.toContain("unseen-value");
    expect(text).not.toContain("/shut");
    const salt = sealed.entries.find(({ name }) => name === "/shut")?.salt;
    expect(salt).toMatch(/^.{22}$/);
    expect(text).not.toContain(salt);
  });

  test("with a value changed is refused", () => {
    fc.assert(
      fc.property(opening, fc.nat(), jsonValue, ({ names, commitment, disclosure }, place, value) => {
        const changed = change(disclosure, place, ([name, salt]) => [name, salt, value]);
        fc.pre(JSON.stringify(changed) !== JSON.stringify(disclosure));
        // Key order and the sign of zero are not a change: the canonical form is the same.
        fc.pre(!isEqual(changed, disclosure));
        expect(() => open(changed, names, commitment)).toThrow(mismatch);
      }),
    );
  });

  test("with a salt changed is refused", () => {
    fc.assert(
      fc.property(opening, fc.nat(), fc.nat(127), ({ names, commitment, disclosure }, place, bit) => {
        const changed = change(disclosure, place, ([name, salt, ...value]): Opened => {
          const other = toBase64url(flipBit(fromBase64url(salt), bit));
          return value.length === 0 ? [name, other] : [name, other, value[0] ?? null];
        });
        expect(() => open(changed, names, commitment)).toThrow(mismatch);
      }),
    );
  });

  test("with a name changed is refused, even where the edge has that name", () => {
    fc.assert(
      fc.property(opening, fc.nat(), fieldName, ({ fields, names, commitment, disclosure }, place, other) => {
        fc.pre(!fields.has(other));
        const old = disclosure.disclosed[place % disclosure.disclosed.length]?.[0];
        const changed = change(disclosure, place, ([, ...rest]): Opened => [other, ...rest]);
        expect(() => open(changed, names, commitment)).toThrow(mismatch);
        const renamed = names.map((name) => (name === old ? other : name));
        expect(() => open(changed, renamed, commitment)).toThrow(mismatch);
      }),
    );
  });

  test("with a field left out, twice, or one more is refused", () => {
    fc.assert(
      fc.property(
        opening,
        fc.nat(),
        secret,
        fieldName,
        ({ fields, names, commitment, disclosure }, place, secret, more) => {
          const at = place % disclosure.disclosed.length;
          const one = disclosure.disclosed[at];
          if (one === undefined) throw new Error("there is one");
          const without = { ...disclosure, disclosed: disclosure.disclosed.toSpliced(at, 1) };
          expect(() => open(without, names, commitment)).toThrow(mismatch);
          // Not even when the receiver would be content with fewer, as long as it is content with something.
          const fewer = names.filter((name) => name !== one[0]);
          if (fewer.length + without.withheld.length > 0)
            expect(() => open(without, fewer, commitment)).toThrow(mismatch);
          const twice = { ...disclosure, disclosed: [...disclosure.disclosed, one] };
          expect(() => open(twice, names, commitment)).toThrow(mismatch);
          fc.pre(!fields.has(more));
          const [added] = disclose(commit(secret, new Map([[more, 1]])), [more]).disclosed;
          if (added === undefined) throw new Error("there is one");
          const larger = { ...disclosure, disclosed: [...disclosure.disclosed, added] };
          expect(() => open(larger, names, commitment)).toThrow(mismatch);
          expect(() => open(larger, [...names, more], commitment)).toThrow(mismatch);
        },
      ),
    );
  });

  test("with a withheld digest changed, left out, twice, or one more is refused", () => {
    fc.assert(
      fc.property(
        opening,
        fc.nat(),
        fc.nat(255),
        secret,
        ({ names, commitment, disclosure }, place, bit, digest) => {
          const { withheld } = disclosure;
          const more = { ...disclosure, withheld: [...withheld, toBase64url(digest)] };
          expect(() => open(more, names, commitment)).toThrow(mismatch);
          fc.pre(withheld.length > 0);
          const at = place % withheld.length;
          const one = withheld[at] ?? "";
          const wrong = [
            withheld.with(at, toBase64url(flipBit(fromBase64url(one), bit))),
            withheld.toSpliced(at, 1),
            [...withheld, one],
          ];
          for (const list of wrong)
            expect(() => open({ ...disclosure, withheld: list }, names, commitment)).toThrow(mismatch);
        },
      ),
    );
  });

  test("that opens what the edge does not name, or not what it names, is refused", () => {
    fc.assert(
      fc.property(opening, fc.nat(), fieldName, ({ names, commitment, disclosure }, place, more) => {
        const fewer = names.toSpliced(place % names.length, 1);
        expect(() => open(disclosure, fewer, commitment)).toThrow(mismatch);
        fc.pre(!names.includes(more));
        expect(() => open(disclosure, [...names, more], commitment)).toThrow(mismatch);
      }),
    );
  });

  test("does not open another commitment", () => {
    fc.assert(
      fc.property(opening, fc.nat(255), ({ names, commitment, disclosure }, bit) => {
        expect(() => open(disclosure, names, flipBit(commitment, bit))).toThrow(mismatch);
        expect(() => open(disclosure, names, commitment.subarray(0, 31))).toThrow(mismatch);
        expect(() => open(disclosure, names, new Uint8Array(0))).toThrow(mismatch);
      }),
    );
  });
});

describe("an absent field", () => {
  const fields: Fields = new Map<string, Json | undefined>([
    ["/there", null],
    ["/not", undefined],
  ]);
  const { commitment, ...rest } = commit(Buffer.alloc(32, 1), fields);
  const sealed = { commitment, ...rest };

  test("is opened as absent, and null as null", () => {
    const disclosure = travel(disclose(sealed, ["/there", "/not"]));
    expect(disclosure.disclosed.map((field) => field.length)).toEqual([3, 2]);
    const opened = open(disclosure, ["/there", "/not"], commitment);
    expect([...opened]).toStrictEqual([
      ["/there", null],
      ["/not", undefined],
    ]);
  });

  test("cannot be made present, nor a present one absent", () => {
    const disclosure = disclose(sealed, ["/there", "/not"]);
    const present = change(disclosure, 1, ([name, salt]) => [name, salt, null]);
    const absent = change(disclosure, 0, ([name, salt]) => [name, salt]);
    for (const changed of [present, absent]) {
      expect(() => open(changed, ["/there", "/not"], commitment)).toThrow(mismatch);
    }
  });
});

describe("names that programs trip over", () => {
  test.each(hostileNames)("%j is a name like any other", (name) => {
    const fields = new Map<string, Json>([[name, "value"]]).set("/other", 1);
    const sealed = commit(Buffer.alloc(32, 2), fields);
    const opened = open(travel(disclose(sealed, [name])), [name], sealed.commitment);
    expect([...opened]).toEqual([[name, "value"]]);
    expect(() => open(travel(disclose(sealed, [name])), ["/other"], sealed.commitment)).toThrow(mismatch);
  });

  test("a value with a member __proto__ keeps it", () => {
    const value: Json = JSON.parse('{"__proto__":{"admin":true},"a":1}');
    const sealed = commit(Buffer.alloc(32, 3), new Map([["/v", value]]));
    const disclosure = travel(disclose(sealed, ["/v"]));
    expect(JSON.stringify(open(disclosure, ["/v"], sealed.commitment).get("/v"))).toBe(JSON.stringify(value));
    const stripped = change(disclosure, 0, ([name, salt]) => [name, salt, { a: 1 }]);
    expect(() => open(stripped, ["/v"], sealed.commitment)).toThrow(mismatch);
  });
});

describe("the schema of a disclosure", () => {
  const salt = toBase64url(Buffer.alloc(16, 0xff));
  const digest = toBase64url(Buffer.alloc(32, 0xff));

  test("takes what is well-formed", () => {
    Disclosure.parse({
      disclosed: [
        ["/a", salt, 1],
        ["/b", salt],
      ],
      withheld: [digest],
    });
    Disclosure.parse({ disclosed: [], withheld: [] });
  });

  test.each<[string, unknown]>([
    ["another member", { disclosed: [], withheld: [], more: 1 }],
    ["a member less", { disclosed: [] }],
    ["a field without a salt", { disclosed: [["/a"]], withheld: [] }],
    ["a field of four", { disclosed: [["/a", salt, 1, 2]], withheld: [] }],
    ["a name that is no text", { disclosed: [[1, salt, 1]], withheld: [] }],
    ["a salt of 15 bytes", { disclosed: [["/a", salt.slice(0, 20), 1]], withheld: [] }],
    ["a salt of 17 bytes", { disclosed: [["/a", `${salt.slice(0, 21)}AA`, 1]], withheld: [] }],
    ["a padded salt", { disclosed: [["/a", `${salt}==`, 1]], withheld: [] }],
    ["a salt with bits beside its 128", { disclosed: [["/a", `${salt.slice(0, 21)}x`, 1]], withheld: [] }],
    ["a digest of 31 bytes", { disclosed: [], withheld: [digest.slice(0, 42)] }],
    ["a digest in plain base64", { disclosed: [], withheld: [digest.replace("_", "/")] }],
    ["a digest with bits beside its 256", { disclosed: [], withheld: [`${digest.slice(0, 42)}9`] }],
    ["a digest with a line's end", { disclosed: [], withheld: [`${digest}\n`] }],
  ])("refuses %s", (_what, value) => {
    expect(Disclosure.safeParse(value).success).toBe(false);
  });

  test("has one text for each digest", () => {
    fc.assert(
      fc.property(secret, fc.stringMatching(/^[A-Za-z0-9_-]{43}$/), (digest, text) => {
        expect(DigestText.safeParse(toBase64url(digest)).success).toBe(true);
        const whole = toBase64url(fromBase64url(text)) === text;
        expect(DigestText.safeParse(text).success).toBe(whole);
      }),
    );
  });
});

function isEqual(one: Disclosure, other: Disclosure): boolean {
  try {
    expect(one).toEqual(other);
    return true;
  } catch {
    return false;
  }
}
