import type { Store } from "../store/index.ts";
import type { Clock } from "./ports.ts";

/**
 * Trays that are acknowledged and still in the store. They are deleted before long and together: no line waits for the
 * disk, and what a process that dies leaves is sent again and recognised.
 */
export interface SettledTrays {
  /** @param signal - ends the wait before it is deleted */
  add(key: string, signal: AbortSignal): void;
  keys(): Iterable<string>;
  /** Deletes all of them now, as far as the store takes it. */
  delete(): Promise<void>;
}

/** Milliseconds for which they are gathered, and when the store fails. */
const gathering = { usual: 250, failing: 10_000 };

/** So many are not gathered any longer: however soon a process dies each time, it comes further than the one before. */
const most = 4;

export function createSettledTrays({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): SettledTrays {
  const settled = new Set<string>();
  let gathers = false;

  async function deleteNow(): Promise<void> {
    const keys = [...settled];
    if (keys.length === 0) return;
    try {
      await store.batch(keys.map((key) => ({ type: "del", key })));
    } catch {
      // The store says itself that it fails.
      return;
    }
    for (const key of keys) settled.delete(key);
  }

  async function gather(signal: AbortSignal): Promise<void> {
    gathers = true;
    while (settled.size > 0 && !signal.aborted) {
      await clock.sleep(store.trouble() === undefined ? gathering.usual : gathering.failing, signal);
      if (!signal.aborted) await deleteNow();
    }
    gathers = false;
  }

  return {
    add(key, signal) {
      settled.add(key);
      if (!gathers) void gather(signal);
      if (settled.size === most && store.trouble() === undefined) void deleteNow();
    },
    keys: () => settled.values(),
    delete: deleteNow,
  };
}
