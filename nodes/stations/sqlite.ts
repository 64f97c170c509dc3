import { DatabaseSync, type StatementSync } from "node:sqlite";
import { BeltError } from "../../pipeline/errors.ts";
import type { SqlSettings } from "./settings.ts";
import type { Row, Rows, SqlValue } from "./sqlStatement.ts";

/** One query on a SQLite database that is open for reading only. */
export class SqliteDatabase {
  readonly #query: string;
  readonly #database: DatabaseSync;
  readonly #maxRows: number;
  #statement: StatementSync | undefined;

  /** @throws {BeltError} `STATION_SETTINGS_INVALID` when the file cannot be opened or has not what the query names. */
  constructor(query: string, { database, maxRows, busyTimeoutMs }: SqlSettings) {
    this.#query = query;
    this.#maxRows = maxRows;
    try {
      this.#database = new DatabaseSync(database, { readOnly: true, timeout: busyTimeoutMs });
    } catch (cause) {
      throw unusable(`The database ${database} cannot be opened for reading.`, cause);
    }
    try {
      this.#statement = this.#database.prepare(query);
    } catch (cause) {
      this.#database.close();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw unusable(`The database ${database} cannot answer the query: ${why}.`, cause);
    }
  }

  /**
   * The rows for these parameters. A promise, as any other database would give.
   *
   * @throws {BeltError} `STATION_SOURCE_FAILED` when there are more rows than the settings allow, or a value that
   *   JSON cannot hold exactly; `STATION_SOURCE_UNAVAILABLE` when the database cannot be read.
   */
  async rows(parameters: Readonly<Record<string, SqlValue>>): Promise<Rows> {
    const rows: Row[] = [];
    try {
      this.#statement ??= this.#database.prepare(this.#query);
      for (const row of this.#statement.iterate({ ...parameters })) {
        if (rows.length === this.#maxRows) {
          throw new BeltError("STATION_SOURCE_FAILED", `The query gives more than ${this.#maxRows} rows.`);
        }
        rows.push(plainRow(row));
      }
    } catch (cause) {
      // A statement that failed gives its error once more when it is used again: the next case gets a new one.
      this.#statement = undefined;
      throw failure(cause);
    }
    return rows;
  }

  close(): void {
    this.#database.close();
  }
}

function plainRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]): [string, SqlValue] => {
      if (value === null || typeof value === "number" || typeof value === "string") return [column, value];
      const what = `The column ${column} holds a blob: select its text instead.`;
      throw new BeltError("STATION_SOURCE_FAILED", what);
    }),
  );
}

function unusable(message: string, cause: unknown): BeltError {
  return new BeltError("STATION_SETTINGS_INVALID", message, { at: "/database", cause });
}

function failure(cause: unknown): BeltError {
  if (cause instanceof BeltError) return cause;
  if (cause instanceof Error && "errstr" in cause) {
    return new BeltError("STATION_SOURCE_UNAVAILABLE", `The database failed: ${cause.errstr}.`, { cause });
  }
  const why = "The query gives a number that JSON cannot hold exactly, or was asked with another type.";
  return new BeltError("STATION_SOURCE_FAILED", why, { cause });
}
