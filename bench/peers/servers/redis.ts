import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { freePort, type Server, startServer } from "../../../test/support/servers/server.ts";
import { findProgram, run } from "./programs.ts";

/** When Redis has its log of commands on the disk: each second, or before it answers. */
export type Fsync = "everysec" | "always";

/**
 * Starts Redis with an append-only file and nothing else.
 *
 * @throws {Error} when there is no Redis, and this system's packages cannot be installed
 */
export async function startRedis(folder: string, fsync: Fsync, signal: AbortSignal): Promise<Server> {
  const program = await redisProgram();
  const port = await freePort();
  await mkdir(folder, { recursive: true });
  return startServer({
    name: "redis",
    program,
    port,
    signal,
    args: [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", fsync, "--maxmemory-policy", "noeviction"],
    ],
    answers: () => ping(port),
  });
}

export async function redisVersion(): Promise<string> {
  const { stdout } = await run(await redisProgram(), ["--version"]);
  return /v=(\S+)/.exec(stdout)?.[1] ?? "unknown";
}

const redisProgram = async (): Promise<string> => (await findProgram("redis-server")) ?? (await install());

async function install(): Promise<string> {
  const missing = "There is no redis-server: install it with `apt-get install redis-server`.";
  if (process.getuid?.() !== 0 || (await findProgram("apt-get")) === undefined) throw new Error(missing);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const packages = ["--yes", "--no-install-recommends", "redis-server"];
  await run("apt-get", ["update"], { env });
  await run("apt-get", ["install", ...packages], { env });
  const program = await findProgram("redis-server");
  if (program === undefined) throw new Error(missing);
  return program;
}

async function ping(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [answer] = await once(socket, "data");
    return String(answer).startsWith("+PONG");
  } finally {
    socket.destroy();
  }
}
