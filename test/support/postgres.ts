import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { type Postgres, startPostgres } from "./servers/postgres.ts";

/** Faster than anybody would run it: a test's database need not outlast a loss of power. */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "32MB",
  max_connections: "200",
};

/** A PostgreSQL for all tests of a file. */
export interface TestPostgres {
  /** The URL of a place in it that nothing was written to yet. */
  place(): Promise<string>;
  /** Runs one statement at a place. */
  run(url: string, statement: string): Promise<void>;
  /** Ends it as a crash does, and starts it again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Starts PostgreSQL before the tests of a file, and ends it after them. */
export function withPostgres(): TestPostgres {
  let folder = "";
  let server: Postgres | undefined;
  let places = 0;
  const stopping = new AbortController();
  const start = async (): Promise<void> => {
    const port = server === undefined ? {} : { port: server.port };
    server = await startPostgres({ folder, settings, signal: stopping.signal, ...port });
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "belt-postgres-"));
    await start();
  });
  afterAll(async () => {
    stopping.abort("the tests are over");
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const run = async (url: string | undefined, statement: string): Promise<void> => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  return {
    async place() {
      const name = `place${places++}`;
      await run(server?.url, `create schema ${name}`);
      return `${server?.url}?options=-csearch_path%3D${name}`;
    },
    run,
    stop: async () => server?.stop(),
    start,
  };
}
