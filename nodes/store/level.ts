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
    if (isLocked(cause)) {
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
    return this.#level.get(key);
  }

  async batch(changes: readonly Change[]): Promise<void> {
    // `sync` has the write reach the disk before it is called done: acknowledgements rest on this.
    await this.#level.batch([...changes], { sync: true });
  }

  entries(range: Range): AsyncIterable<readonly [string, Uint8Array]> {
    return this.#level.iterator(bounds(range));
  }

  keys(range: Range): AsyncIterable<string> {
    return this.#level.keys(bounds(range));
  }

  async close(): Promise<void> {
    await this.#level.close();
  }
}

function bounds({ prefix, after, limit = -1 }: Range) {
  const from = after !== undefined && after >= prefix ? { gt: after } : { gte: prefix };
  return { ...from, lt: endOf(prefix), limit };
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && JSON.stringify(error.cause ?? error, ["code"]).includes("LEVEL_LOCKED");
}
