import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** A source of an example belt that runs as a process of its own. */
export interface SourceProcess {
  readonly url: string;
  /** Asks the process to end (SIGTERM) and resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `node MODULE --port 0 --database FILE` and waits for the line that names its port. */
export async function startSourceProcess(module: string, database: string): Promise<SourceProcess> {
  const child = spawn(process.execPath, [module, "--port", "0", "--database", database], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const announced: { readonly port: number } = JSON.parse(line);
    return {
      url: `http://127.0.0.1:${announced.port}`,
      async stop() {
        child.kill("SIGTERM");
        const [code]: readonly (number | null)[] = await exited;
        return code ?? null;
      },
    };
  }
  throw new Error(`${module} ended without naming its port`);
}

/** Runs `node MODULE --database FILE` to its end. */
export async function runSeedProcess(module: string, database: string): Promise<void> {
  await promisify(execFile)(process.execPath, [module, "--database", database]);
}
