import fc from "fast-check";
import type { Json } from "../../../pipeline/json.ts";

/** Names of members, those that trip JavaScript among them. */
export const name: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("a", "b", "", "~", "/", "~1", "0", "-", "__proto__", "constructor", "toString", "length"),
  fc.string({ unit: "grapheme", maxLength: 5 }),
);

/** What a JSON text may say as a number: no whole number, written out, that a double does not hold exactly. */
const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (value === 0 ? 0 : value))
  .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21);

/** JSON values of moderate size, with {@link name}s as names. */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    double,
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4 }),
  ),
})).value;
