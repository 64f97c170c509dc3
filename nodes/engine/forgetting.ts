import type { Change, Store } from "../store/index.ts";

/** Deletes what a station keeps of a sheet besides its receipts: the trays that came in, and what waited. */
export async function forgetStored(store: Store, sheet: string): Promise<void> {
  for (const prefix of [`inbox/${sheet}/`, `wait/${sheet}/`, `quarantine/${sheet}/`]) {
    const changes: Change[] = [];
    for await (const key of store.keys({ prefix })) changes.push({ type: "del", key });
    if (changes.length > 0) await store.batch(changes);
  }
}
