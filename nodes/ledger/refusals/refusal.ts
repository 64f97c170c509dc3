import type { Code } from "../../../pipeline/errors.ts";

/** A contract's custom error: its name, and its parameters as texts (numbers in decimal, addresses in lower case). */
export interface Revert {
  /** Empty when the contract gave no error, or one that this version does not know. */
  readonly error: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a contract's custom error means. */
export interface Refusal {
  /** Its place in the catalogue, which also says whether to try again. */
  readonly code: Code;
  /**
   * The reason, to follow "The ledger refuses to …: ". A parameter stands in braces: accounts become members' names,
   * hashes the beginnings that commands take. `{deadline:time}` is a time, `{day:day}` a day, `{window:duration}` a number of
   * seconds.
   */
  readonly says: string;
  /** What to do, where the catalogue's advice is not exact enough. */
  readonly remedy?: string;
}

/**
 * Refusals by the custom error, with the names of its parameters in their order: contracts may have errors of one name
 * that say different things, such as `StationUnknown(belt,station,stations)` and `StationUnknown(sheet,station,stations)`.
 */
export type Refusals = Readonly<Record<string, Refusal>>;
