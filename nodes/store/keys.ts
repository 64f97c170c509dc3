import { BeltError } from "../../pipeline/errors.ts";

/** Joins the segments of a key. */
export const key = (...segments: readonly (string | number)[]): string =>
  segments.map((segment) => (typeof segment === "number" ? ordinal(segment) : segment)).join("/");

/** A number as a segment that sorts: sixteen digits, which every exact whole number fits in, times among them. */
export function ordinal(number: number): string {
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new BeltError("INTERNAL", `A key's number is whole and not negative; ${number} is not.`);
  }
  return number.toString().padStart(16, "0");
}

/** The first key after all keys under the prefix: `\x7f` sorts after every printable character. */
export const endOf = (prefix: string): string => `${prefix}\x7f`;
