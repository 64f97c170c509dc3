import { BeltError } from "../../pipeline/errors.ts";
import { SqlSettings, settingsReader } from "./settings.ts";
import { SqliteDatabase } from "./sqlite.ts";
import { parametersOf, type Rows, type SqlValue } from "./sqlStatement.ts";
import type { JsonObject, Station, StationContract, WorkContext } from "./station.ts";

export interface SqlDefinition<Input extends object, Output extends object> extends StationContract {
  /** One SELECT (or WITH … SELECT) with named parameters, `:person`; never put values into its text. */
  readonly query: string;
  /** The value of each parameter, by its name without the colon. */
  parameters(input: Input, context: WorkContext): Readonly<Record<string, SqlValue>>;
  /**
   * What the station gives, from the rows. What no row means is for the station to say.
   *
   * @throws {Unprocessable} when the case itself cannot be processed.
   */
  result(rows: Rows, input: Input, context: WorkContext): Output | Promise<Output>;
}

/**
 * A station that asks the member's own database. The database is opened for reading only, and the query may only
 * select.
 *
 * Settings: `database`, the file of a SQLite database; `maxRows`, `busyTimeoutMs`, `timeoutMs`. The query runs in a
 * process of the station's own, which is ended when it takes too long; with `isolated: false` it runs within the node,
 * and then has to be a look-up by an index.
 *
 * @throws {BeltError} `STATION_INVALID` for a query that is not one SELECT with named parameters.
 */
export function defineSqlStation<Input extends object = JsonObject, Output extends object = JsonObject>(
  definition: SqlDefinition<Input, Output>,
): Station {
  const { query, parameters, result, ...contract } = definition;
  const names = parametersOf(query);
  const read = settingsReader(SqlSettings);
  const databases = new Map<string, SqliteDatabase>();
  const open = (settings: SqlSettings): SqliteDatabase => {
    const key = JSON.stringify([settings.database, settings.maxRows, settings.busyTimeoutMs]);
    const database = databases.get(key) ?? new SqliteDatabase(query, settings);
    databases.set(key, database);
    return database;
  };
  return {
    ...contract,
    kind: "sql",
    ready: (settings) => void open(read(settings)),
    close: () => {
      for (const database of databases.values()) database.close();
      databases.clear();
    },
    async work(input, context) {
      // The engine has checked the input against the input schema, which is what `Input` says in TypeScript.
      const typed = input as Input;
      const given = parameters(typed, context);
      const values = Object.fromEntries(names.map((name) => [name, parameterOf(given, name)]));
      const rows = await open(read(context.settings)).rows(values);
      return { status: "done", output: await result(rows, typed, context) };
    },
  };
}

function parameterOf(given: Readonly<Record<string, SqlValue>>, name: string): SqlValue {
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value !== undefined) return value;
  throw new BeltError("STATION_FAILED", `The query's parameter :${name} has no value.`);
}
