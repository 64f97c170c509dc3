import { vi } from "vitest";
import { failureOf } from "../../nodes/cli/failure.ts";
import { createProgram } from "../../nodes/cli/program.ts";
import type { Ended } from "./command.ts";

export interface RunHereOptions {
  /** The working folder. */
  readonly folder: string;
  /** What the environment has besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the command `belt` within this process, which takes milliseconds where a process of its own takes a second. For
 * commands that end by themselves and read no standard input. They take turns, since they share this process's output and
 * working folder.
 */
export function runHere(args: readonly string[], options: RunHereOptions): Promise<Ended> {
  const ended = turn.then(() => runNow(args, options));
  turn = ended.catch(() => undefined);
  return ended;
}

let turn: Promise<unknown> = Promise.resolve();

async function runNow(args: readonly string[], { folder, env = {} }: RunHereOptions): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const capture = (name: "stdout" | "stderr") =>
    vi.spyOn(process[name], "write").mockImplementation((bytes) => {
      written[name] += typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8");
      return true;
    });
  const spies = [capture("stdout"), capture("stderr")];
  const before = { exitCode: process.exitCode, folder: process.cwd() };
  process.exitCode = 0;
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  process.chdir(folder);
  try {
    await createProgram().parseAsync([process.execPath, "belt", ...args]);
    return { code: Number(process.exitCode), signal: null, ...written };
  } catch (error) {
    const { text, exitCode } = failureOf(error, false);
    return { code: exitCode, signal: null, stdout: written.stdout, stderr: written.stderr + text };
  } finally {
    process.exitCode = before.exitCode;
    process.chdir(before.folder);
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
