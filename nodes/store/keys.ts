/** Joins the segments of a key. */
export const key = (...segments: readonly (string | number)[]): string =>
  segments.map((segment) => (typeof segment === "number" ? ordinal(segment) : segment)).join("/");

/** A number as a segment that sorts: ten digits. */
export const ordinal = (number: number): string => number.toString().padStart(10, "0");

/** The first key after all keys under the prefix: `\x7f` sorts after every printable character. */
export const endOf = (prefix: string): string => `${prefix}\x7f`;
