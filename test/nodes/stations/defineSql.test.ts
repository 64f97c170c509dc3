import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  defineSqlStation,
  type Rows,
  type SqlDefinition,
  type Station,
  Unprocessable,
} from "../../../nodes/stations/index.ts";
import { run } from "./support.ts";

interface Input {
  person: string;
}
const definition: SqlDefinition<Input, object> = {
  name: "diplomas",
  version: "1.0.0",
  input: { type: "object", properties: { person: { type: "string" } }, required: ["person"] },
  output: { type: "object", properties: { titles: { type: "array", items: { type: "string" } } } },
  query: "SELECT title FROM diploma WHERE person = :person ORDER BY title",
  parameters: ({ person }) => ({ person }),
  result(rows: Rows) {
    if (rows.length === 0) throw new Unprocessable("The register knows no diploma of this person.");
    return { titles: rows.map(({ title }) => title) };
  },
};

let folder: string;
let database: string;
let stations: Station[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sql-station-"));
  database = join(folder, "register.db");
  stations = [];
  const made = new DatabaseSync(database);
  made.exec(`
    CREATE TABLE diploma (person TEXT, title TEXT, year INTEGER, scan BLOB);
    INSERT INTO diploma VALUES ('T-1', 'Nursing', 2019, x'00'), ('T-1', 'Biology', 9007199254740993, NULL);
  `);
  made.close();
});
afterEach(() => {
  for (const station of stations) station.close?.();
  rmSync(folder, { recursive: true });
});

function define(change: Partial<SqlDefinition<Input, object>> = {}): Station {
  const station = defineSqlStation<Input, object>({ ...definition, ...change });
  stations.push(station);
  return station;
}
const ask = (station: Station, person: string, settings = {}) =>
  run(station, { person }, { settings: { database, ...settings } });

test("the rows become the output", async () => {
  expect(await ask(define(), "T-1")).toEqual({ status: "done", output: { titles: ["Biology", "Nursing"] } });
});

test("no rows are for the station to judge", async () => {
  expect(await ask(define(), "T-2")).toEqual({
    status: "unprocessable",
    reason: "The register knows no diploma of this person.",
  });
  expect(await ask(define({ result: (rows) => ({ titles: [...rows] }) }), "T-2")).toEqual({
    status: "done",
    output: { titles: [] },
  });
});

test("a value is a value, whatever it says", async () => {
  expect(await ask(define(), "' OR '1' = '1")).toMatchObject({ status: "unprocessable" });
  expect(await ask(define(), "T-1'; DROP TABLE diploma; --")).toMatchObject({ status: "unprocessable" });
  expect(await ask(define(), "T-1")).toMatchObject({ status: "done" });
});

test("rows that were added since are seen", async () => {
  const station = define();
  await ask(station, "T-1");
  const other = new DatabaseSync(database);
  other.exec("INSERT INTO diploma VALUES ('T-2', 'Physics', 2020, NULL)");
  other.close();
  expect(await ask(station, "T-2")).toEqual({ status: "done", output: { titles: ["Physics"] } });
});

test("more rows than the settings allow are a failure, not a silent cut", async () => {
  expect(await ask(define(), "T-1", { maxRows: 2 })).toMatchObject({ status: "done" });
  expect(await ask(define(), "T-1", { maxRows: 1 })).toEqual({
    status: "failed",
    reason: "The query gives more than 1 rows.",
    code: "STATION_SOURCE_FAILED",
  });
});

test("a database that another process has locked is waited for, then named as the reason", async () => {
  const station = define();
  await station.ready?.({ database, busyTimeoutMs: 10 });
  const other = new DatabaseSync(database);
  other.exec("BEGIN EXCLUSIVE");
  expect(await ask(station, "T-1", { busyTimeoutMs: 10 })).toEqual({
    status: "failed",
    reason: "The database failed: database is locked.",
    code: "STATION_SOURCE_UNAVAILABLE",
  });
  other.exec("COMMIT");
  other.close();
  expect(await ask(station, "T-1", { busyTimeoutMs: 10 })).toMatchObject({ status: "done" });
});

test.each([
  ["a blob", "SELECT scan AS title FROM diploma WHERE person = :person"],
  [
    "an integer that a number cannot hold exactly",
    "SELECT year AS title FROM diploma WHERE person = :person",
  ],
])("%s fails the station", async (_, query) => {
  expect(await ask(define({ query }), "T-1")).toMatchObject({
    status: "failed",
    code: "STATION_SOURCE_FAILED",
  });
});

test("a parameter without a value fails the station, and is named", async () => {
  expect(await ask(define({ parameters: () => ({}) }), "T-1")).toEqual({
    status: "failed",
    reason: "The query's parameter :person has no value.",
    code: "STATION_FAILED",
  });
});

test("a query that slips past the check of its text still cannot write", async () => {
  // SQLite would let a table-valued pragma set this, were the database not opened for reading only.
  const before = await ask(define(), "T-1");
  const station = define({
    query: "SELECT * FROM pragma_user_version WHERE :person IS NOT NULL",
    result: () => ({}),
  });
  expect(await ask(station, "T-1")).toMatchObject({ status: "done" });
  expect(await ask(define(), "T-1")).toEqual(before);
});

test("a database that is gone tells the consumer nothing of the member's machine", async () => {
  expect(await ask(define(), "T-1", { database: join(folder, "none.db") })).toEqual({
    status: "failed",
    reason: "The station is not set up rightly.",
    code: "STATION_SETTINGS_INVALID",
  });
});

describe("when the node starts", () => {
  test("a database that is missing is named, and not made", async () => {
    const missing = join(folder, "none.db");
    expect(() => define().ready?.({ database: missing })).toThrow(
      expect.objectContaining({ code: "STATION_SETTINGS_INVALID", at: "/database" }),
    );
    expect(() => define().ready?.({ database: missing })).toThrow(/none\.db cannot be opened/);
  });

  test("a database without what the query names is refused with the reason", () => {
    const station = define({ query: "SELECT title FROM degree WHERE person = :person" });
    expect(() => station.ready?.({ database })).toThrow(/no such table: degree/);
  });

  test("a database is needed", () => {
    expect(() => define().ready?.({})).toThrow(
      expect.objectContaining({ code: "STATION_SETTINGS_INVALID", at: "/database" }),
    );
  });
});

describe("the query", () => {
  test.each([
    "SELECT 1",
    "select title from diploma where person = :person;",
    "WITH one AS (SELECT 1 AS n) SELECT n FROM one",
    "SELECT ';' AS \"a;b\", [c;d], `e;f` -- :no; more\n FROM t /* ? ; */ WHERE x = :x AND y = 'it''s :not'",
    "SELECT replace(title, 'a', 'b') FROM diploma",
  ])("may be %s", (query) => {
    expect(() => define({ query })).not.toThrow();
  });

  test.each([
    ["another statement", "DELETE FROM diploma"],
    ["a pragma", "PRAGMA journal_mode = OFF"],
    ["a database attached", "ATTACH 'x.db' AS x"],
    ["nothing", " -- SELECT 1"],
    ["two statements", "SELECT 1; SELECT 2"],
    ["two statements, one hidden behind a comment", "SELECT 1 /* ; */ ; DROP TABLE diploma --"],
    ["a WITH that writes", "WITH x AS (SELECT 1) DELETE FROM diploma"],
    ["a WITH that inserts", "WITH x AS (SELECT 1) INSERT INTO diploma SELECT * FROM x"],
    ["a parameter by position", "SELECT * FROM diploma WHERE person = ?"],
    ["a parameter by number", "SELECT * FROM diploma WHERE person = ?1"],
    ["another mark of a parameter", "SELECT * FROM diploma WHERE person = @person"],
  ])("is refused with %s, when the station is defined", (_, query) => {
    expect(() => define({ query })).toThrow(
      expect.objectContaining({ code: "STATION_INVALID", at: "/query" }),
    );
  });
});
