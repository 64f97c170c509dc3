import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BeltError, type Code, catalogue } from "../../pipeline/errors.ts";
import { chainHost } from "./chainAccounts.ts";

export interface ChainOptions {
  /** Where it listens; 0 (the default) for any free port. */
  readonly port?: number;
  /** 31337 when absent. */
  readonly chainId?: number;
  /** Stops the chain. */
  readonly signal?: AbortSignal;
}

/** A local chain that runs as a child process, and ends with this one whatever ends it. */
export interface Chain {
  readonly url: string;
  readonly port: number;
  readonly chainId: number;
  readonly pid: number;
  /** Resolves when the process has ended: with its exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends the process; resolves when it has ended. */
  stop(): Promise<void>;
}

const Listening = z.object({ port: z.int().positive(), chainId: z.int().positive() });
const Problem = z.object({
  code: z.custom<Code>((code) => typeof code === "string" && Object.hasOwn(catalogue, code)),
  message: z.string(),
  at: z.string().optional(),
});

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a local chain (see chain.ts) and resolves when it answers.
 *
 * @throws {BeltError} `PORT_IN_USE`, naming the port, or `CHAIN_FAILED`
 * @throws the signal's reason when it is aborted first
 */
export async function startChain({ port = 0, chainId = 31_337, signal }: ChainOptions = {}): Promise<Chain> {
  signal?.throwIfAborted();
  const program = fileURLToPath(new URL(`./chain${extname(import.meta.filename)}`, import.meta.url));
  const child = spawn(
    process.execPath,
    [program, "--with-parent", "--port", String(port), "--chain-id", String(chainId)],
    { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: "true" } },
  );
  // The pipe breaks when the child ends; that is told by its end, and needs no error of its own.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve).once("error", () => resolve(null));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const abort = () => void stop();
  signal?.addEventListener("abort", abort, { once: true });
  void ended.then(() => signal?.removeEventListener("abort", abort));
  const listening = await listens(child, ended).catch(async (error: unknown) => {
    await stop();
    signal?.throwIfAborted();
    throw error;
  });
  return { ...listening, url: `http://${chainHost}:${listening.port}`, pid: child.pid ?? 0, ended, stop };
}

/** What the child says of itself on its first line. */
async function listens(child: Child, ended: Promise<number | null>): Promise<z.infer<typeof Listening>> {
  const complaint = text(child.stderr);
  const lines = createInterface(child.stdout);
  const first = await Promise.race([once(lines, "line"), ended]);
  if (!Array.isArray(first)) throw problemOf(await complaint);
  return Listening.parse(JSON.parse(String(first[0])));
}

function problemOf(complaint: string): BeltError {
  const problem = Problem.safeParse(jsonOf(complaint));
  if (!problem.success) {
    return new BeltError("CHAIN_FAILED", `The local chain ended before it answered: ${complaint.trim()}`);
  }
  const { code, message, at } = problem.data;
  return new BeltError(code, message, at === undefined ? {} : { at });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
