import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { freePort, type Server, startServer } from "../../../test/support/servers/server.ts";
import { findProgram, isExecutable, run } from "./programs.ts";

/** The version of Temporal's command line, whose development server is measured. */
export const cliVersion = "1.5.1";

/**
 * Starts Temporal's development server with a database in a file.
 *
 * @throws {Error} when its program is not there and cannot be built
 */
export async function startTemporal(
  folder: string,
  { signal, say }: { readonly signal: AbortSignal; say(line: string): void },
): Promise<Server> {
  const program = await build(say);
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  return startServer({
    name: "temporal",
    program,
    args: [
      ...["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", String(port)],
      ...["--db-filename", join(folder, "temporal.db"), "--log-level", "never"],
    ],
    port,
    signal,
    answers: () => listens(port),
  });
}

/** Builds the program from its source once, into the user's cache. */
async function build(say: (line: string) => void): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "belt-bench", `temporal-${cliVersion}`);
  const program = join(folder, "temporal");
  if (await isExecutable(program)) return program;
  const go = await findProgram("go");
  if (go === undefined)
    throw new Error("Temporal's server is built with Go, and there is no go on the path.");
  say("temporal: building its server, once; this takes some minutes");
  const env = { ...process.env, GOBIN: folder };
  await run(go, ["install", `github.com/temporalio/cli/cmd/temporal@v${cliVersion}`], {
    env,
    maxBuffer: 2 ** 26,
  });
  return program;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } finally {
    socket.destroy();
  }
}
