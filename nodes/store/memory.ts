import { BeltError } from "../../pipeline/errors.ts";
import { copiesOf } from "./copies.ts";
import { conflictAt, nothingExpected, settle } from "./expectation.ts";
import { endOf } from "./keys.ts";
import type { Change, Range, Store } from "./store.ts";

/** A store that lasts as long as its process: for readers of the ledger, and for tests. */
export class MemoryStore implements Store {
  // Values are copied on their way in and out and never changed in between, so snapshots may share them.
  readonly #entries = new Map<string, Uint8Array>();
  #closed = false;

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#opened();
    return this.#entries.get(key)?.slice();
  }

  async batch(changes: readonly Change[], expected = nothingExpected): Promise<void> {
    this.#opened();
    // Everything is read before anything is applied: a change that cannot be read leaves all as it was.
    const read = copiesOf(changes);
    const held = new Map([...expected.keys()].map((key) => [key, this.#entries.get(key)]));
    const settled = settle([{ changes: read, expected }], held);
    const [conflict] = settled.conflicts;
    if (conflict !== undefined) throw conflictAt(conflict);
    for (const change of settled.changes) {
      if (change.type === "del") this.#entries.delete(change.key);
      else this.#entries.set(change.key, change.value);
    }
  }

  entries(range: Range): AsyncIterable<readonly [string, Uint8Array]> {
    return this.#iterate(this.#select(range), ([key, value]) => [key, value.slice()]);
  }

  keys(range: Range): AsyncIterable<string> {
    return this.#iterate(this.#select(range), ([key]) => key);
  }

  trouble(): BeltError | undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #select({ prefix, after = "", limit }: Range): (readonly [string, Uint8Array])[] {
    this.#opened();
    const end = endOf(prefix);
    const selected = [...this.#entries].filter(([key]) => key >= prefix && key > after && key < end);
    return selected.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, limit);
  }

  async *#iterate<T>(
    snapshot: readonly (readonly [string, Uint8Array])[],
    give: (entry: readonly [string, Uint8Array]) => T,
  ): AsyncIterable<T> {
    for (const entry of snapshot) {
      this.#opened();
      yield give(entry);
    }
  }

  #opened(): void {
    if (this.#closed) throw new BeltError("STORE_CLOSED", "The store is closed.");
  }
}
