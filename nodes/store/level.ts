import { BeltError } from "../../pipeline/errors.ts";
import { boundsOf } from "./bounds.ts";
import { copiesOf } from "./copies.ts";
import { type Database, inWords, openDatabase, takesData } from "./database.ts";
import { isToBeWritten, keysExpected, settle } from "./expectation.ts";
import type { Change, Expectation, Range, Store, StoreOptions } from "./store.ts";
import { Writer, type Written } from "./writer.ts";

export interface LevelOptions extends StoreOptions {
  /** For tests: another database underneath. */
  readonly open?: (folder: string) => Promise<Database>;
}

/**
 * Opens the store in a folder; one process at a time may have it open.
 *
 * @throws {BeltError} `STORE_LOCKED` when another process has it open, `STORE_DAMAGED` when its journal was changed,
 *   `STORE_FAILED` when it cannot be read
 */
export async function openLevelStore(folder: string, options: LevelOptions = {}): Promise<Store> {
  const { open = openDatabase, rest = { least: 1_000, most: 30_000 }, ...others } = options;
  return new LevelStore(await open(folder), { ...others, folder, open, rest });
}

/** The writer is the only one who writes, and does one thing at a time: what it has read stands until it writes. */
function writtenTo(database: Database): Written {
  return {
    get: (key) => database.get(key),
    async apply(batches, mark, decided) {
      const held = new Map<string, Uint8Array | undefined>();
      for (const key of keysExpected(batches)) held.set(key, await database.get(key));
      const settled = settle(batches, held);
      decided(settled.conflicts);
      // `sync` has the write reach the disk before it is called done: acknowledgements rest on this.
      if (isToBeWritten(settled)) await database.batch([...settled.changes, mark], { sync: true });
    },
  };
}

class LevelStore implements Store {
  readonly #writer: Writer;
  readonly #handedOver: boolean;
  #database: Database;
  #closed = false;

  constructor(
    database: Database,
    {
      folder,
      open,
      rest,
      synced,
      handedOver = false,
    }: Required<Pick<LevelOptions, "open" | "rest">> & LevelOptions & { readonly folder: string },
  ) {
    this.#database = database;
    this.#handedOver = handedOver;
    this.#writer = new Writer({
      database: () => writtenTo(this.#database),
      mark: "\u0001written",
      inWords,
      rest,
      synced,
      reopen: async () => {
        // As long as the disk takes nothing, what is open can at least be read.
        if (!(await takesData(folder))) throw this.#writer.trouble;
        await this.#database.close();
        this.#database = await open(folder);
      },
    });
  }

  trouble(): BeltError | undefined {
    return this.#writer.trouble;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#database.get(key).catch((cause: unknown) => this.#refuse(cause));
  }

  async batch(changes: readonly Change[], expected?: Expectation): Promise<void> {
    await this.#writer.write(this.#handedOver ? changes : copiesOf(changes), expected);
  }

  entries(range: Range): AsyncIterable<readonly [string, Uint8Array]> {
    return this.#iterate((database) => database.iterator(boundsOf(range)));
  }

  keys(range: Range): AsyncIterable<string> {
    return this.#iterate((database) => database.keys(boundsOf(range)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writer.close();
    await this.#database.close().catch((cause: unknown) => this.#refuse(cause));
  }

  /** Opens the iterator at once, since its snapshot is taken then. */
  #iterate<T>(open: (database: Database) => AsyncIterable<T>): AsyncIterable<T> {
    try {
      return this.#inWords(open(this.#database));
    } catch (cause) {
      return this.#refuse(cause);
    }
  }

  async *#inWords<T>(items: AsyncIterable<T>): AsyncIterable<T> {
    try {
      yield* items;
    } catch (cause) {
      this.#refuse(cause);
    }
  }

  #refuse(cause: unknown): never {
    const problem = inWords(cause);
    // The database is closed for a moment while it is opened anew, which is not the end of the store.
    if (problem.code !== "STORE_CLOSED" || this.#closed) throw problem;
    throw (
      this.trouble() ?? new BeltError("STORE_FAILED", "The node's store is being opened anew.", { cause })
    );
  }
}
