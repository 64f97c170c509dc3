import { endOf } from "./keys.ts";
import type { Change, Range, Store } from "./store.ts";

/** A store that lasts as long as its process: for readers of the ledger, and for tests. */
export class MemoryStore implements Store {
  readonly #entries = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#entries.get(key);
  }

  async batch(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      if (change.type === "put") this.#entries.set(change.key, change.value);
      else this.#entries.delete(change.key);
    }
  }

  async *entries(range: Range): AsyncIterable<readonly [string, Uint8Array]> {
    for (const key of this.#select(range)) {
      const value = this.#entries.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  async *keys(range: Range): AsyncIterable<string> {
    yield* this.#select(range);
  }

  async close(): Promise<void> {}

  #select({ prefix, after = "", limit = Number.POSITIVE_INFINITY }: Range): string[] {
    const end = endOf(prefix);
    const keys = [...this.#entries.keys()].filter((key) => key >= prefix && key > after && key < end);
    return keys.sort().slice(0, limit === Number.POSITIVE_INFINITY ? undefined : limit);
  }
}
