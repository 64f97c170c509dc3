import { BeltError } from "../errors.ts";

/** A way between two places of a belt, and the fields that travel on it: pointers in the output of `from`, sorted. */
export interface Edge {
  /** `from>to`, such as `case>income` or `decision>result`. */
  readonly name: string;
  /** A station, or `case`. */
  readonly from: string;
  /** A station, or `result`. */
  readonly to: string;
  readonly fields: readonly string[];
}

/** The name of an edge, as trays and the log carry it. */
export function edgeName(from: string, to: string): string {
  return `${from}>${to}`;
}

const form = /^([a-z][a-z0-9-]*)>([a-z][a-z0-9-]*)$/;

/**
 * The two ends that an edge's name names.
 *
 * @throws {BeltError} `INPUT_INVALID`
 */
export function parseEdgeName(name: string): { readonly from: string; readonly to: string } {
  const [, from, to] = form.exec(name) ?? [];
  if (from === undefined || to === undefined) {
    throw new BeltError("INPUT_INVALID", "This is not the name of an edge such as case>income.", {
      at: name,
    });
  }
  return { from, to };
}
