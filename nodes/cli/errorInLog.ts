import { BeltError } from "../../pipeline/errors.ts";

/** An error as the log has it. */
export interface ErrorInLog {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly at?: string;
  /** Where it was thrown, a frame a line. */
  readonly stack: string;
  readonly cause?: ErrorInLog;
}

/** Errors in a row, each the cause of the one before, that are told of. */
const mostCauses = 5;

/** What these say of a value is its type and what it was called, never what is in it. */
const harmless: ReadonlySet<string> = new Set(["TypeError", "ReferenceError"]);

/**
 * An error without what may be of a case. The catalogue's sentences and the system's (which have a code) name no value. What a
 * library says of its input may quote it, as `JSON.parse` does: of those there is their kind, and where they were thrown.
 */
export function errorInLog(error: unknown, most = mostCauses): ErrorInLog {
  if (!(error instanceof Error)) return { type: typeof error, stack: "" };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const own = error instanceof BeltError;
  const told = own || isOfTheSystem(error) || harmless.has(error.name);
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    ...(told ? { message: error.message } : {}),
    ...(own && error.at !== undefined ? { at: error.at } : {}),
    stack: framesOf(error),
    ...(error.cause === undefined || most <= 1 ? {} : { cause: errorInLog(error.cause, most - 1) }),
  };
}

/** Whether the operating system said it, such as `ENOSPC`. */
const isOfTheSystem = (error: Error): boolean => "syscall" in error && "errno" in error;

const framesOf = ({ stack = "" }: Error): string =>
  stack
    .split("\n")
    .filter((line) => /^ {4}at /.test(line))
    .map((line) => line.trim())
    .join("\n");
