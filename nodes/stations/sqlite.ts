import { DatabaseSync, type StatementSync } from "node:sqlite";
import { BeltError } from "../../pipeline/errors.ts";
import type { SqlSettings } from "./settings.ts";
import type { Row, Rows, SqlValue } from "./sql-statement.ts";

/** One query on a SQLite database that is open for reading only. */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statement: StatementSync;
  readonly #maxRows: number;

  /** @throws {BeltError} `STATION_SETTINGS_INVALID` when the file cannot be opened or has not what the query names. */
  constructor(query: string, { database, maxRows, busyTimeoutMs }: SqlSettings) {
    try {
      this.#database = new DatabaseSync(database, { readOnly: true, timeout: busyTimeoutMs });
    } catch (cause) {
      throw new BeltError(
        "STATION_SETTINGS_INVALID",
        `The database ${database} cannot be opened for reading.`,
        {
          at: "/database",
          cause,
        },
      );
    }
    try {
      this.#statement = this.#database.prepare(query);
    } catch (cause) {
      this.#database.close();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BeltError(
        "STATION_SETTINGS_INVALID",
        `The database ${database} does not fit the query: ${why}.`,
        {
          at: "/database",
          cause,
        },
      );
    }
    this.#maxRows = maxRows;
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
      for (const row of this.#statement.iterate({ ...parameters })) {
        if (rows.length === this.#maxRows) {
          throw new BeltError("STATION_SOURCE_FAILED", `The query gives more than ${this.#maxRows} rows.`);
        }
        rows.push(
          Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(column, value)])),
        );
      }
    } catch (cause) {
      if (cause instanceof BeltError) throw cause;
      const code = cause instanceof Error && "errstr" in cause ? String(cause.errstr) : "it cannot be read";
      throw new BeltError("STATION_SOURCE_UNAVAILABLE", `The database failed: ${code}.`, { cause });
    }
    return rows;
  }

  close(): void {
    this.#database.close();
  }
}

function plain(column: string, value: unknown): SqlValue {
  if (value === null || typeof value === "number" || typeof value === "string") return value;
  throw new BeltError("STATION_SOURCE_FAILED", `The column ${column} holds a blob: select its text instead.`);
}
