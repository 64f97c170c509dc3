import { inspect } from "node:util";
import { CommanderError } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import { type ExitCode, exitCodeOf } from "./exitCodes.ts";
import { printable } from "./output.ts";

/** How a command ended that did not do what it was asked. */
export interface Failure {
  /** What goes to standard error; empty when it has been said already. */
  readonly text: string;
  readonly exitCode: ExitCode;
}

/**
 * The failure of an error: one line `CODE: sentence (at place). Remedy.`; the stack with its causes only when it is
 * asked for.
 */
export function failureOf(error: unknown, debug: boolean): Failure {
  if (error instanceof CommanderError && error.exitCode === 0) return { text: "", exitCode: 0 };
  // Commander has printed the help of a command that was called without its subcommand.
  if (error instanceof CommanderError && error.code === "commander.help") return { text: "", exitCode: 2 };
  const known = asBeltError(error);
  const stack = debug ? `\n${inspect(error, { depth: 4 })}` : "";
  return { text: `${lineOf(known)}${stack}\n`, exitCode: exitCodeOf(known.code) };
}

/** An error in one line. */
export function lineOf({ code, message, at, remedy }: BeltError): string {
  const sentence = printable(message).replace(/\.$/, "");
  const place = at === undefined || at === "" ? "" : ` (at ${printable(at)})`;
  return `${code}: ${sentence}${place}. ${printable(remedy)}`;
}

function asBeltError(error: unknown): BeltError {
  if (error instanceof BeltError) return error;
  if (error instanceof CommanderError) {
    const sentence = error.message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ");
    return new BeltError("USAGE_INVALID", sentence.charAt(0).toUpperCase() + sentence.slice(1));
  }
  return new BeltError("INTERNAL", error instanceof Error ? error.message : "The command failed.", {
    cause: error,
  });
}
