import { BeltError } from "../../pipeline/errors.ts";
import type { Change, Expectation } from "./store.ts";

/** A batch, and what must stand in the store for it. */
export interface Batch {
  readonly changes: readonly Change[];
  readonly expected: Expectation;
}

export const nothingExpected: Expectation = new Map();

/** The keys whose values decide over these batches. */
export const keysExpected = (batches: readonly Batch[]): string[] => [
  ...new Set(batches.flatMap(({ expected }) => [...expected.keys()])),
];

/**
 * What comes of batches that are applied one after the other: the changes of those that find what they expect, and for
 * each of the others a key that holds something else.
 *
 * @param held what the keys that are expected hold before the first one
 */
export function settle(
  batches: readonly Batch[],
  held: ReadonlyMap<string, Uint8Array | undefined>,
): Settled {
  const now = new Map(held);
  const changes: Change[] = [];
  const conflicts = batches.map((batch) => {
    const conflict = [...batch.expected].find(([key, value]) => !isSame(now.get(key), value));
    if (conflict !== undefined) return conflict[0];
    for (const change of batch.changes) {
      changes.push(change);
      if (now.has(change.key)) now.set(change.key, change.type === "put" ? change.value : undefined);
    }
    return undefined;
  });
  return { changes, conflicts };
}

/** Whether there is something to write: batches that only asked for what is not so leave nothing. */
export const isToBeWritten = ({ conflicts }: Settled): boolean =>
  conflicts.length === 0 || conflicts.includes(undefined);

export interface Settled {
  readonly changes: Change[];
  /** For each batch the key that holds something else than it expects; undefined where it is applied. */
  readonly conflicts: readonly (string | undefined)[];
}

export const conflictAt = (key: string): BeltError =>
  new BeltError("STORE_CONFLICT", "A record of the store is not as it was expected.", { at: key });

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}
