import { setTimeout as sleep } from "node:timers/promises";
import type { Change, Expectation, Range, Store } from "../../nodes/store/index.ts";
import { BeltError } from "../../pipeline/errors.ts";

/**
 * A process's hold on a store that outlives it. Once the process is dead nothing of it reaches the store any more:
 * in one test process that has to be enforced, in reality the kernel does it.
 */
export class FencedStore implements Store {
  readonly #store: Store;
  readonly #dead: AbortSignal;

  constructor(store: Store, dead: AbortSignal) {
    this.#store = store;
    this.#dead = dead;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#alive();
    return this.#store.get(key);
  }

  async batch(changes: readonly Change[], expected?: Expectation): Promise<void> {
    this.#alive();
    await this.#store.batch(changes, expected);
    // A dead process does not learn that its write went through.
    this.#alive();
  }

  entries(range: Range): AsyncIterable<readonly [string, Uint8Array]> {
    this.#alive();
    return this.#store.entries(range);
  }

  keys(range: Range): AsyncIterable<string> {
    this.#alive();
    return this.#store.keys(range);
  }

  trouble(): BeltError | undefined {
    return this.#store.trouble();
  }

  async close(): Promise<void> {}

  #alive(): void {
    if (this.#dead.aborted) throw new BeltError("STORE_FAILED", "The process is dead.");
  }
}

/**
 * A process's hold on a store whose writes take a moment, so that those of others come in between, and can be made to wait,
 * as when the process is not given any time.
 */
export class SleepingStore implements Store {
  readonly #store: Store;
  #awake: Promise<void> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Has writes wait until what this gives is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awake = promise;
    return resolve;
  }

  async batch(changes: readonly Change[], expected?: Expectation): Promise<void> {
    await this.#awake;
    await sleep(2);
    await this.#store.batch(changes, expected);
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#store.get(key);
  }

  entries(range: Range): AsyncIterable<readonly [string, Uint8Array]> {
    return this.#store.entries(range);
  }

  keys(range: Range): AsyncIterable<string> {
    return this.#store.keys(range);
  }

  trouble(): BeltError | undefined {
    return this.#store.trouble();
  }

  async close(): Promise<void> {}
}
