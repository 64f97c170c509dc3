import fc from "fast-check";
import type { Json } from "../../pipeline/json.ts";

/** Any value that JSON holds, as a parser gives it: no negative zero, no lone surrogates. */
export const jsonValue: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 3, stringUnit: "binary" })
  .map((value): Json => JSON.parse(JSON.stringify(value)));

/** Names that programs trip over. */
export const hostileNames = [
  "",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "/",
  "/a~1b/~0",
  "/é",
  // The same letter as the one above to the eye: e and a combining accent.
  "/e\u0301",
  "/\u{1f600}",
  "/\u0000",
  "/\u2028",
  "/\ufeff",
  '/"',
  "/\\",
  "/0",
] as const;

/** Names of fields: pointers, hostile ones and any well-formed text. */
export const fieldName: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^(?:\/[a-z]{1,8}){1,3}$/),
  fc.constantFrom(...hostileNames),
  fc.string({ unit: "binary", maxLength: 12 }),
);

/** Fields by their names; some that the value does not have. */
export const fieldMap = (constraints: { minLength?: number; maxLength?: number } = {}) =>
  fc
    .uniqueArray(fc.tuple(fieldName, fc.option(jsonValue, { nil: undefined, freq: 5 })), {
      selector: ([name]) => name,
      maxLength: 8,
      ...constraints,
    })
    .map((entries) => new Map(entries));

export const secret: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 32, maxLength: 32 });
