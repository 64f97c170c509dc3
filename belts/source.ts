import { once } from "node:events";
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import express, { type ErrorRequestHandler, type Router } from "express";

/**
 * A member's own service beside its node, as members have them: a database and a few questions over HTTP. The
 * example belts' sources differ in nothing else.
 */
export interface Source {
  readonly name: string;
  /** Makes the tables and puts the synthetic rows in; called once, for an empty database. */
  seed(database: DatabaseSync): void;
  /** Adds the questions that the source answers. Throw a {@link SourceProblem} for an answer that is a problem. */
  routes(router: Router, database: DatabaseSync): void;
}

/** An answer that is a problem document (RFC 9457): its status, and the sentence that the reader sees. */
export class SourceProblem extends Error {
  override readonly name = "SourceProblem";
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

export interface RunningSource {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a source on the loopback address.
 *
 * @param port 0 for any that is free
 * @param database the file of its SQLite database, made and seeded where it does not exist; `:memory:` for none
 * @throws what the database or the socket throws: a file that cannot be written, a port in use
 */
export async function startSource(
  source: Source,
  { port, database: file }: { readonly port: number; readonly database: string },
): Promise<RunningSource> {
  const database = openSeeded(source, file);
  const application = express().disable("x-powered-by");
  const router = express.Router();
  source.routes(router, database);
  application.use(express.json({ limit: "64kb" }), router, unknownQuestion, problem);
  const server = createServer(application);
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    database.close();
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The source has no port.");
  return {
    port: address.port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      database.close();
    },
  };
}

/** Opens the database, and seeds it in one transaction where that has not been done: a seed is whole or not there. */
export function openSeeded(source: Pick<Source, "seed">, file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec("BEGIN IMMEDIATE");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() ?? {};
    if (version === 0) {
      source.seed(database);
      database.exec("PRAGMA user_version = 1");
    }
    database.exec("COMMIT");
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/**
 * The source as a program: `node MODULE --port N --database FILE`. Prints `{"port":N}` on one line when it answers,
 * and ends at SIGTERM or SIGINT.
 */
export async function runSource(source: Source): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string" }, database: { type: "string" } } });
  const { port = "0", database } = values;
  if (database === undefined || !/^\d{1,5}$/.test(port)) {
    process.stderr.write(`${source.name}: give --database FILE, and --port NUMBER (0 for any)\n`);
    process.exitCode = 2;
    return;
  }
  const running = await startSource(source, { port: Number(port), database });
  const stop = (): void => void running.close();
  process.once("SIGTERM", stop).once("SIGINT", stop);
  process.stdout.write(`${JSON.stringify({ port: running.port })}\n`);
}

/**
 * The seed of a database that a station reads itself, as a program: `node MODULE --database FILE` makes the
 * database and ends; it changes nothing where that was done before.
 */
export function runSeed(seed: Source["seed"]): void {
  const { values } = parseArgs({ options: { database: { type: "string" } } });
  if (values.database === undefined) {
    process.stderr.write("give --database FILE\n");
    process.exitCode = 2;
    return;
  }
  openSeeded({ seed }, values.database).close();
}

const unknownQuestion = (): never => {
  throw new SourceProblem(404, "This source does not answer that question.");
};

// Express tells an error handler by its four parameters.
const problem: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const { status, message } = asProblem(error);
  response
    .status(status)
    .type("application/problem+json")
    .send(JSON.stringify({ status, detail: message }));
};

/** What went wrong, as the reader may know it: a body that cannot be read is the reader's, the rest the source's. */
function asProblem(error: unknown): SourceProblem {
  if (error instanceof SourceProblem) return error;
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  if (status === 413) return new SourceProblem(413, "The body is over 64 kB.");
  if (typeof status === "number" && status >= 400 && status < 500) {
    return new SourceProblem(400, "The request cannot be read: send JSON in UTF-8.");
  }
  return new SourceProblem(500, "The source failed.");
}
