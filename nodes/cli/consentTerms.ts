import { randomBytes } from "node:crypto";
import { type Command, InvalidArgumentError } from "commander";
import { fromHex, toHex } from "../../pipeline/bytes.ts";
import { duration } from "./command.ts";

/** The terms of a consent as options give them. */
export interface TermOptions {
  readonly source: string;
  readonly field?: readonly string[];
  readonly purpose: string;
  readonly salt?: string;
}

/** Adds the options for what a consent is about. */
export function withTerms(command: Command): Command {
  return command
    .requiredOption("--source <text>", "the source of the data, as owner and grantee call it")
    .option("--field <pointer...>", "only these fields of it, as JSON pointers; all when none is named")
    .requiredOption("--purpose <text>", "what the data may be used for")
    .option("--salt <hex>", "16 bytes that hide the two on the ledger; new ones when left out", saltBytes);
}

/** What opens the commitments: for owner and grantee alone. */
export interface Opening {
  readonly salt: string;
  readonly source: string;
  readonly fields: readonly string[];
  readonly purpose: string;
}

/** Commits to the terms, under a new salt when none is given. */
export async function commitTo({ source, field = [], purpose, salt }: TermOptions) {
  const { commitToConsent } = await import("../../pipeline/consent/index.ts");
  const bytes = salt === undefined ? randomBytes(16) : fromHex(salt);
  const terms = { source, fields: [...field], purpose };
  const opening: Opening = { salt: toHex(bytes), ...terms };
  return { commitments: commitToConsent(bytes, terms), opening };
}

function saltBytes(text: string): string {
  if (!/^0x[0-9a-fA-F]{32}$/.test(text)) throw new InvalidArgumentError("Use 0x and 32 hexadecimal digits.");
  return text;
}

/** Seconds since 1970 of a moment: a time (RFC 3339), or a duration from now on. */
export function moment(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) / 1_000 : Number.NaN;
  if (Number.isFinite(at)) return Math.floor(at);
  if (/^\d+[smhd]$/.test(text)) return Math.floor(Date.now() / 1_000) + duration(text);
  throw new InvalidArgumentError("Use a time such as 2027-01-31T00:00:00Z, or a duration such as 30d.");
}
