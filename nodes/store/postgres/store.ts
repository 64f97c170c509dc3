import { BeltError } from "../../../pipeline/errors.ts";
import { copiesOf } from "../copies.ts";
import { placeOf } from "../postgres.ts";
import type { Change, Expectation, Range, Store, StoreOptions } from "../store.ts";
import { Writer } from "../writer.ts";
import { connect, type Row } from "./connection.ts";
import { PostgresDatabase, textOf } from "./database.ts";
import type { Columns, Pages } from "./pages.ts";

/** See `openPostgresStore`. */
export async function open(url: string, options: StoreOptions): Promise<Store> {
  const store = new PostgresStore(url, options);
  await store.open();
  return store;
}

/** See `reachPostgres`. */
export async function reach(url: string): Promise<void> {
  try {
    const connection = await connect(url);
    await connection.query("select 1");
    await connection.end();
  } catch (cause) {
    throw inWords(cause, placeOf(url));
  }
}

class PostgresStore implements Store {
  readonly #at: string;
  readonly #database: PostgresDatabase;
  readonly #writer: Writer;
  readonly #handedOver: boolean;
  readonly #reading = new Set<Pages>();
  #closed = false;

  constructor(url: string, { rest = { least: 500, most: 5_000 }, synced, handedOver = false }: StoreOptions) {
    this.#at = placeOf(url);
    this.#handedOver = handedOver;
    // A database that has gone is noticed without a write: an empty one brings it back.
    const lost = (): void => void this.#writer.write([]).catch(() => {});
    this.#database = new PostgresDatabase(url, lost);
    this.#writer = new Writer({
      database: () => this.#database,
      mark: this.#database.mark,
      inWords: (cause) => inWords(cause, this.#at),
      rest,
      synced,
      reopen: () => this.#database.open(),
    });
  }

  async open(): Promise<void> {
    try {
      await this.#database.prepare();
      await this.#database.open();
    } catch (cause) {
      await this.#database.close();
      throw inWords(cause, this.#at);
    }
  }

  trouble(): BeltError | undefined {
    return this.#writer.trouble;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#opened();
    return this.#database.get(key).catch((cause: unknown) => this.#refuse(cause));
  }

  async batch(changes: readonly Change[], expected?: Expectation): Promise<void> {
    this.#opened();
    await this.#writer.write(this.#handedOver ? changes : copiesOf(changes), expected);
  }

  entries(range: Range): AsyncIterable<readonly [string, Uint8Array]> {
    return this.#iterate(range, "key, value", ([key, value]) => [textOf(key), value ?? new Uint8Array()]);
  }

  keys(range: Range): AsyncIterable<string> {
    return this.#iterate(range, "key", ([key]) => textOf(key));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writer.close();
    for (const pages of this.#reading) pages.end();
    await this.#database.close();
  }

  /** Begins at once, since that is the moment that is read. */
  #iterate<T>(range: Range, columns: Columns, give: (row: Row) => T): AsyncIterable<T> {
    this.#opened();
    const begun = this.#database.pages(range, columns).then((pages) => {
      if (this.#closed) pages.end();
      this.#reading.add(pages);
      return pages;
    });
    // Whoever iterates is told.
    begun.catch(() => {});
    return this.#walk(begun, give);
  }

  async *#walk<T>(begun: Promise<Pages>, give: (row: Row) => T): AsyncIterable<T> {
    let pages: Pages | undefined;
    try {
      pages = await begun;
      for (let rows = await pages.next(); rows.length > 0; rows = await pages.next()) {
        for (const row of rows) {
          this.#opened();
          yield give(row);
        }
      }
    } catch (cause) {
      this.#refuse(cause);
    } finally {
      pages?.end();
      if (pages !== undefined) this.#reading.delete(pages);
    }
  }

  #opened(): void {
    if (this.#closed) throw new BeltError("STORE_CLOSED", "The store is closed.");
  }

  #refuse(cause: unknown): never {
    this.#opened();
    throw inWords(cause, this.#at);
  }
}

/** The library's error in the product's words. */
function inWords(cause: unknown, at: string): BeltError {
  if (cause instanceof BeltError) return cause;
  return new BeltError("STORE_FAILED", `The node's database fails: ${wordsOf(cause)}`, { at, cause });
}

function wordsOf(error: unknown): string {
  // A host's name may have several addresses, each with an error of its own.
  if (error instanceof AggregateError) return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
