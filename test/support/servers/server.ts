import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "../freePorts.ts";

/** A server that others wrote, while it runs. */
export interface Server {
  readonly port: number;
  readonly process: { readonly name: string; readonly pid: number };
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  /** The number of the user to run as; this process's when absent. */
  readonly user?: number | undefined;
  /** Whether it answers. */
  answers(): Promise<boolean>;
  readonly signal: AbortSignal;
}

const guard = fileURLToPath(new URL("guard.ts", import.meta.url));
/** How long a server may take until it answers, in milliseconds. */
const patience = 60_000;

/**
 * Starts a server that ends with this process, and waits until it answers.
 *
 * @throws {Error} with its last words, when it does not
 */
export async function startServer({
  name,
  program,
  args,
  port,
  user,
  answers,
  signal,
}: ServerOptions): Promise<Server> {
  const as = user === undefined ? "same" : String(user);
  const child = spawn(process.execPath, [guard, as, program, ...args], {
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
  });
  child.stdin.on("error", () => {});
  const said: string[] = [];
  const pid = Promise.withResolvers<number>();
  createInterface(child.stderr).on("line", (line) => {
    const found = /^pid (\d+)$/.exec(line);
    if (found === null) said.push(line);
    else pid.resolve(Number(found[1]));
    if (said.length > 20) said.shift();
  });
  const stop = (): Promise<void> => stopGuard(child);
  const begun = performance.now();
  while (!(await answers().catch(() => false))) {
    const late = performance.now() - begun > patience;
    if (late || signal.aborted || child.exitCode !== null) {
      await stop();
      signal.throwIfAborted();
      throw new Error(`${name} does not answer: ${said.join(" ").trim() || "it said nothing"}`);
    }
    await pause(50);
  }
  return { port, process: { name, pid: await pid.promise }, stop };
}

async function stopGuard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error("There is no free port.");
  return port;
}
