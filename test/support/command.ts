import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const bin = fileURLToPath(new URL("../../bin/belt.js", import.meta.url));

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The working folder. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What standard input holds. */
  readonly input?: string;
}

/** The command `belt` as a process of its own that runs; it is gone after the test. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: () => string;
  readonly ended: Promise<Ended>;
}

/** Starts the command, with nothing of this process's environment but where programs are. */
export function start(args: readonly string[], { folder, env = {}, input }: RunOptions = {}): Running {
  const { PATH = "", HOME = "", TMPDIR = "", NODE_COMPILE_CACHE = "" } = process.env;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => (stdout += bytes.toString("utf8")));
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString("utf8")));
  // A command that does not read its input may be gone before it is written.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, stdout: () => stdout, ended };
}

/** Runs the command to its end. */
export const run = (args: readonly string[], options?: RunOptions): Promise<Ended> =>
  start(args, options).ended;

/** An error as the command prints it: one line, with code, place in brackets and remedy. */
export const errorLine = (code: string, at?: string): RegExp =>
  new RegExp(
    `^${code}: [^\\n]+${at === undefined ? "" : ` \\(at ${RegExp.escape(at)}\\)`}\\. [^\\n]+\\.\\n$`,
  );
