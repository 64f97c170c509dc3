import { type Code, catalogue } from "../../pipeline/errors.ts";

/** What the command's exit code says; `belt --help` prints this list. */
export const exitCodes = {
  0: "done",
  1: "belt doctor found something",
  2: "the command, its input or the configuration must be corrected",
  3: "what was named does not exist",
  4: "the ledger, a partner or the node refuses",
  5: "something cannot be reached, or is busy: try again later",
  70: "a defect of the program",
  130: "ended by Ctrl-C",
} as const;
export type ExitCode = keyof typeof exitCodes;

/** Codes whose HTTP status says something else to a person at a terminal. */
const exceptions: Partial<Record<Code, ExitCode>> = {
  CONFIG_EXISTS: 2,
  KEYS_EXIST: 2,
  PORT_IN_USE: 2,
  STORE_TOO_NEW: 2,
  STORE_EXISTS: 2,
  CLOCK_SKEWED: 2,
  LEDGER_WRONG_CHAIN: 2,
  LEDGER_NO_DIRECTORY: 2,
  LEDGER_REPLACED: 2,
  LEDGER_REVERTED: 4,
  PARTNER_REFUSED: 4,
  INTERNAL: 70,
};

const refusals = new Set<number>([401, 402, 403, 409]);

/** The exit code of an error: its own, or what its HTTP status means. */
export function exitCodeOf(code: Code): ExitCode {
  const own = exceptions[code];
  if (own !== undefined) return own;
  const { status } = catalogue[code];
  if (status === 404 || status === 410) return 3;
  if (refusals.has(status)) return 4;
  return status >= 500 || status === 425 ? 5 : 2;
}
