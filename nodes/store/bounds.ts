import { endOf } from "./keys.ts";
import type { Range } from "./store.ts";

/** The keys from one on, or after one, up to another. */
export interface Bounds {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt: string;
  /** How many at most; -1 for all. */
  readonly limit: number;
}

/** The first character that keys can have: what stores keep for themselves is before it. */
const first = " ";

/** A range as databases take it. */
export function boundsOf({ prefix, after, limit = -1 }: Range): Bounds {
  const least = prefix === "" ? first : prefix;
  const from = after !== undefined && after >= least ? { gt: after } : { gte: least };
  return { ...from, lt: endOf(prefix), limit };
}
