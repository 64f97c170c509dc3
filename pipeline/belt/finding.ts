import { BeltError, type Code } from "../errors.ts";

/** Something that is wrong with a belt, and where in its document, as a JSON pointer. */
export interface Finding {
  readonly code: Code;
  readonly at: string;
  readonly message: string;
}

/** Takes findings as they are made. */
export type Report = (code: Code, at: string, message: string) => void;

/** The error of the first finding, which says how many more there are. */
export function errorOf([first, ...more]: readonly Finding[]): BeltError | undefined {
  if (first === undefined) return undefined;
  const others =
    more.length === 0 ? "" : ` (${more.length} more ${more.length === 1 ? "finding" : "findings"})`;
  return new BeltError(first.code, `${first.message}${others}`, { at: first.at });
}
