import { ClassicLevel } from "classic-level";
import { BeltError } from "../../pipeline/errors.ts";
import { endOf } from "./keys.ts";
import type { Change, Range, Store } from "./store.ts";

/**
 * Opens the store in a folder; one process at a time may have it open.
 *
 * @throws {BeltError} `STORE_LOCKED` when another process has it open, `STORE_FAILED` when it cannot be read
 */
export async function openLevelStore(folder: string): Promise<Store> {
  const level = new ClassicLevel<string, Uint8Array>(folder, { keyEncoding: "utf8", valueEncoding: "view" });
  try {
    await level.open();
  } catch (cause) {
    if (codesOf(cause).includes("LEVEL_LOCKED")) {
      throw new BeltError("STORE_LOCKED", "Another process has the node's store open.", {
        at: folder,
        cause,
      });
    }
    throw new BeltError("STORE_FAILED", "The node's store cannot be opened.", { at: folder, cause });
  }
  return new LevelStore(level);
}

class LevelStore implements Store {
  readonly #level: ClassicLevel<string, Uint8Array>;

  constructor(level: ClassicLevel<string, Uint8Array>) {
    this.#level = level;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#level.get(key).catch(refuse);
  }

  async batch(changes: readonly Change[]): Promise<void> {
    // `sync` has the write reach the disk before it is called done: acknowledgements rest on this.
    await this.#level.batch([...changes], { sync: true }).catch(refuse);
  }

  entries(range: Range): AsyncIterable<readonly [string, Uint8Array]> {
    return this.#iterate((level) => level.iterator(bounds(range)));
  }

  keys(range: Range): AsyncIterable<string> {
    return this.#iterate((level) => level.keys(bounds(range)));
  }

  async close(): Promise<void> {
    await this.#level.close().catch(refuse);
  }

  /** Opens the iterator at once, since its snapshot is taken then. */
  #iterate<T>(open: (level: ClassicLevel<string, Uint8Array>) => AsyncIterable<T>): AsyncIterable<T> {
    try {
      return inWords(open(this.#level));
    } catch (cause) {
      return refuse(cause);
    }
  }
}

async function* inWords<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* items;
  } catch (cause) {
    refuse(cause);
  }
}

function bounds({ prefix, after, limit = -1 }: Range) {
  const from = after !== undefined && after >= prefix ? { gt: after } : { gte: prefix };
  return { ...from, lt: endOf(prefix), limit };
}

/** Says in the product's words what the library failed with. */
function refuse(cause: unknown): never {
  const codes = codesOf(cause);
  if (codes.includes("LEVEL_DATABASE_NOT_OPEN") || codes.includes("LEVEL_ITERATOR_NOT_OPEN")) {
    throw new BeltError("STORE_CLOSED", "The store is closed.", { cause });
  }
  throw new BeltError("STORE_FAILED", "The node's store cannot be read or written.", { cause });
}

/** The codes of an error and of those that caused it. */
function codesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  return ["code" in error ? error.code : undefined, ...codesOf(error.cause)];
}
