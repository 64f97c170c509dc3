import { failureOf } from "./failure.ts";
import { createProgram } from "./program.ts";

/**
 * Runs the command line.
 *
 * @param argv - the process's arguments, the program's own two first
 * @returns nothing; the exit code is the process's own
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = createProgram();
  const debug = (): boolean => program.opts<{ debug?: true }>().debug === true;
  endQuietlyOnBrokenPipe();
  const fail = (error: unknown): void => {
    const { text, exitCode } = failureOf(error, debug());
    process.stderr.write(text);
    process.exitCode = exitCode;
  };
  // What nobody waits for fails here; the state of the process is unknown then.
  process.once("uncaughtException", (error) => {
    fail(error);
    process.exit();
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    fail(error);
  }
}

/** Whoever reads our output may have had enough, such as `head`: that is no error. */
function endQuietlyOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if ("code" in error && error.code === "EPIPE") process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
}
