import type { Need } from "../belt/index.ts";
import type { Fields } from "../disclosure/index.ts";
import { BeltError } from "../errors.ts";
import type { Json, JsonObject } from "../json.ts";
import { reasonOf, type Status } from "../receipt/index.ts";

/** What one source brought for one case. */
export interface Arrival {
  /** What the receipt names it by: the case's commitment, or the hash of the upstream station's receipt. */
  readonly digest: string;
  /** How the source ended the case; the consumer's own fields are always done. */
  readonly status: Status;
  readonly fields: Fields;
}

/** One case at one station: what has arrived so far, by source. Immutable. */
export type Hop = ReadonlyMap<string, Arrival>;

export const emptyHop: Hop = new Map();

/**
 * Adds what a source brought; the same again changes nothing.
 *
 * @throws {BeltError} `TRAY_CONFLICT` when the source told another story before
 */
export function arrive(hop: Hop, source: string, arrival: Arrival): Hop {
  const earlier = hop.get(source);
  if (earlier === undefined) return new Map(hop).set(source, arrival);
  if (earlier.digest === arrival.digest) return hop;
  throw new BeltError("TRAY_CONFLICT", "The case came before with another outcome.", { at: source });
}

/** What deciding about a hop takes of a station, compiled once. */
export interface HopRules {
  readonly sources: readonly string[];
  readonly needs: readonly Need[];
  /** Assembles the input from the values that are there, by their target pointers. */
  assemble(values: ReadonlyMap<string, Json>): JsonObject;
  /** The belt's `when`; a station without one always works. */
  when(input: JsonObject): boolean;
  /** The places at which the input does not fit the station's input schema; none when it fits. */
  misfits(input: JsonObject): readonly string[];
}

/** What is to be done next with a hop. */
export type Next =
  | { readonly do: "wait" }
  | { readonly do: "work"; readonly input: JsonObject }
  | { readonly do: "end"; readonly status: Exclude<Status, "done">; readonly reason: string };

/**
 * What is next: wait for more, work, or end without work. A source that did not deliver blocks the station; a
 * skipped source leaves its fields absent, and where the station cannot do without them it is skipped as well.
 */
export function next(hop: Hop, rules: HopRules): Next {
  if (rules.sources.some((source) => !hop.has(source))) return { do: "wait" };
  const undelivered = rules.sources.filter((source) => !delivers.has(hop.get(source)?.status));
  if (undelivered.length > 0) return end("blocked", `Nothing came from ${undelivered.join(", ")}.`);
  const input = rules.assemble(valuesOf(hop, rules.needs));
  const misfits = rules.misfits(input);
  if (misfits.length > 0) {
    const skipped = rules.sources.filter((source) => hop.get(source)?.status === "skipped");
    return skipped.length > 0
      ? end("skipped", `It needs what ${skipped.join(", ")} skipped.`)
      : end("unprocessable", `The input does not fit: ${misfits.join("; ")}.`);
  }
  return rules.when(input) ? { do: "work", input } : end("skipped", "The belt's condition is not met.");
}

const delivers: ReadonlySet<Status | undefined> = new Set(["done", "skipped"]);

const end = (status: Exclude<Status, "done">, reason: string): Next => ({
  do: "end",
  status,
  reason: reasonOf(reason),
});

/** What the station may work with: the fields that are there, of the sources that are done. */
function valuesOf(hop: Hop, needs: readonly Need[]): Map<string, Json> {
  const values = new Map<string, Json>();
  for (const { target, source, field } of needs) {
    const arrival = hop.get(source);
    const value = arrival?.status === "done" ? arrival.fields.get(field) : undefined;
    if (value !== undefined) values.set(target, value);
  }
  return values;
}
