import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { createInterface } from "node:readline";
import { BeltError } from "../../pipeline/errors.ts";

/** A Node program that runs as a process of its own. */
export interface Program {
  /** What it is called in sentences, such as `the node of valuers`. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** The file that its output is added to. */
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** How a process ended. */
export interface End {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether it was this process that ended it. */
  readonly asked: boolean;
}

export interface Child {
  readonly program: Program;
  readonly pid: number;
  /** Resolves when the process is gone; never rejects. */
  readonly ended: Promise<End>;
  /** Asks it to end, and kills it if it has not after `limit` milliseconds. Resolves when it is gone. */
  stop(limit?: number): Promise<void>;
  /** Ends it at once (SIGKILL). Resolves when it is gone. */
  kill(): Promise<void>;
  /** The last lines that it wrote into its log, the newest last. */
  lastLines(most?: number): Promise<readonly string[]>;
}

/** A child that says on the first line of its standard output that it answers. */
export interface AnnouncedChild extends Child {
  readonly firstLine: string;
}

/** How much of a log's end is looked at. */
const lastBytes = 16_384;

/**
 * Starts a program. It ends with this process, whatever ends that: its standard input is a pipe that closes then.
 * Ctrl-C in a terminal reaches this process only, which decides when its children end.
 *
 * @throws {BeltError} `FILE_UNREADABLE` when its log cannot be written
 */
export async function startChild(program: Program): Promise<Child> {
  return (await launch(program, "log")).child;
}

/**
 * Starts a program and waits for the first line of its standard output; only its standard error goes to its log.
 *
 * @param started - told of the child before the line is there
 * @throws {BeltError} `PROCESS_ENDED` when it ends before, `FILE_UNREADABLE`
 */
export async function startAnnouncing(
  program: Program,
  started: (child: Child) => void = () => {},
): Promise<AnnouncedChild> {
  const { child, process } = await launch(program, "pipe");
  started(child);
  const firstLine = await lineOf(process);
  if (firstLine === undefined) throw await endedEarly(child);
  return { ...child, firstLine };
}

/** The error that a process is whose end nobody asked for, with its last words. */
export async function endedEarly({ program, ended, lastLines }: Child): Promise<BeltError> {
  const { code, signal } = await ended;
  const how = signal === null ? `with code ${code ?? "unknown"}` : `by ${signal}`;
  const [words = ""] = await lastLines(1);
  const sentence = `${capital(program.name)} ended ${how}${words === "" ? "." : `: ${words}`}`;
  return new BeltError("PROCESS_ENDED", sentence, { at: program.log });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The young space, in MB: what a case leaves is swept before it moves to the old space, which is swept at many times the
 * cost. V8 would begin with one and seldom come so far by itself.
 */
const young = 16;

/**
 * Less rubbish is let lie in memory, by Node and by the store's threads, of which glibc alone has many places: see
 * docs/operate.md. What the environment says itself counts more.
 */
const lean = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  MALLOC_ARENA_MAX: "2",
  ...env,
  NODE_OPTIONS: `--max-semi-space-size=${young} ${env["NODE_OPTIONS"] ?? ""}`.trim(),
});

async function launch(
  program: Program,
  stdout: "log" | "pipe",
): Promise<{ readonly child: Child; readonly process: ChildProcess }> {
  const { file, args, env = process.env } = program;
  const log = await openLog(program.log);
  const { size: from } = await log.stat();
  // Node takes the least size on the command line alone, and the smaller of both where the environment has a most.
  const least = `--min-semi-space-size=${young}`;
  const child = spawn(process.execPath, [least, "--import", preload, file, ...args], {
    // A group of its own: the terminal's Ctrl-C does not reach it.
    detached: true,
    windowsHide: true,
    stdio: ["pipe", stdout === "log" ? log.fd : "pipe", log.fd],
    env: lean(env),
  });
  await log.close();
  // The pipe breaks when the child ends; that is told by its end.
  child.stdin?.on("error", () => undefined);
  let asked = false;
  const ended = new Promise<End>((resolve) => {
    child.once("error", () => resolve({ code: null, signal: null, asked }));
    child.once("close", (code, signal) => resolve({ code, signal, asked }));
  });
  async function end(signal: NodeJS.Signals): Promise<void> {
    asked = true;
    child.kill(signal);
    await ended;
  }
  async function stop(limit = 10_000): Promise<void> {
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    await end("SIGTERM");
    clearTimeout(timer);
  }
  const kill = () => end("SIGKILL");
  const lastLines = (most = 10) => tail(program.log, from, most);
  return { child: { program, pid: child.pid ?? 0, ended, stop, kill, lastLines }, process: child };
}

const preload = new URL(`./withParent${extname(import.meta.filename)}`, import.meta.url).href;

async function lineOf({ stdout }: ChildProcess): Promise<string | undefined> {
  if (stdout === null) return undefined;
  const lines = createInterface(stdout);
  const end = once(lines, "close").then(() => []);
  const [line]: readonly string[] = await Promise.race([once(lines, "line"), end]);
  return line;
}

async function openLog(file: string) {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return await open(file, "a", 0o600);
  } catch (cause) {
    throw new BeltError("FILE_UNREADABLE", "The log cannot be written.", { at: file, cause });
  }
}

/** The last lines of what was written into a file from an offset on. */
async function tail(file: string, from: number, most: number): Promise<readonly string[]> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - lastBytes);
    const { buffer, bytesRead } = await handle.read({ position: start, buffer: Buffer.alloc(size - start) });
    const lines = buffer.toString("utf8", 0, bytesRead).split("\n");
    return lines.filter((line) => line.trim() !== "").slice(-most);
  } finally {
    await handle.close();
  }
}
