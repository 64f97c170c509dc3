import type pg from "pg";
import type { Bounds } from "../bounds.ts";
import { ask, type Row } from "./connection.ts";
import { beginReading, select } from "./statements.ts";

export type Columns = "key" | "key, value";

/** Rows of one moment, a page at a time. */
export interface Pages {
  /** The next ones; none at the end. */
  next(): Promise<readonly Row[]>;
  /** Lets go of what is left; may be called again. */
  end(): void;
}

/** Rows of a page: of the first one, and of the later ones as long as they are small. */
const firstRows = { key: 4_096, "key, value": 1_024 };
const mostRows = 4_096;
const fewestRows = 16;
/** Beyond this a page is large, and the next one has fewer rows. */
const largeBytes = 1024 * 1024;

export interface PagesParts {
  readonly columns: Columns;
  readonly bounds: Bounds;
  /** Reads a first page, which is mostly all there is. */
  first(text: string, values: (Buffer | string)[]): Promise<readonly Row[]>;
  /** A connection of one's own, for what does not fit a page. */
  connect(): Promise<pg.PoolClient>;
}

/** Begins to read; once this resolves, what is changed is not seen any more. */
export async function beginPages({ columns, bounds, first, connect }: PagesParts): Promise<Pages> {
  const most = bounds.limit < 0 ? Number.POSITIVE_INFINITY : bounds.limit;
  const size = Math.min(most, firstRows[columns]);
  const rows = size === 0 ? [] : await first(...select(columns, bounds, size));
  if (rows.length < size || rows.length === most) return onePage(rows);
  const client = await connect();
  try {
    await ask(client, beginReading);
    const pages = new LongPages(client, columns, { ...bounds, limit: most });
    await pages.read();
    return pages;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

function onePage(rows: readonly Row[]): Pages {
  let left = rows;
  return {
    async next() {
      const page = left;
      left = [];
      return page;
    },
    end() {},
  };
}

/** Pages that are read one after the other within a transaction, which sees one moment. */
class LongPages implements Pages {
  readonly #columns: Columns;
  #client: pg.PoolClient | undefined;
  #bounds: Bounds;
  #size: number;
  #page: readonly Row[] = [];

  constructor(client: pg.PoolClient, columns: Columns, bounds: Bounds) {
    this.#client = client;
    this.#columns = columns;
    this.#bounds = bounds;
    this.#size = firstRows[columns];
  }

  async next(): Promise<readonly Row[]> {
    if (this.#page.length === 0) await this.read();
    const page = this.#page;
    this.#page = [];
    return page;
  }

  async read(): Promise<void> {
    if (this.#client === undefined) return;
    const { limit, lt } = this.#bounds;
    const size = Math.min(this.#size, limit);
    this.#page = await ask(this.#client, ...select(this.#columns, this.#bounds, size));
    const last = this.#page.at(-1)?.[0];
    if (last !== undefined) {
      this.#bounds = { gt: last.toString("latin1"), lt, limit: limit - this.#page.length };
    }
    if (this.#page.length < size || this.#bounds.limit === 0) await this.#finish();
    const bytes = this.#page.reduce((sum, row) => sum + (row[1]?.length ?? 0), 0);
    this.#size = bytes > largeBytes ? Math.max(fewestRows, size >> 2) : Math.min(mostRows, this.#size << 1);
  }

  async #finish(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    await ask(client, "commit").then(
      () => client.release(),
      () => client.release(true),
    );
  }

  end(): void {
    void this.#finish();
  }
}
