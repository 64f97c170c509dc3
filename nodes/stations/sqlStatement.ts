import { BeltError } from "../../pipeline/errors.ts";

/** What a parameter or a column holds. */
export type SqlValue = null | number | string;
export type Row = Readonly<Record<string, SqlValue>>;
export type Rows = readonly Row[];

/** Strings, quoted names and comments: where a semicolon or a colon means nothing. */
const opaque = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * The names of a query's parameters, without their colons.
 *
 * @throws {BeltError} `STATION_INVALID` when the text is anything but one SELECT, or WITH … SELECT, whose
 *   parameters are all written as `:name`.
 */
export function parametersOf(query: string): readonly string[] {
  const bare = query.replace(opaque, " ").trim().replace(/;\s*$/, "");
  const refuse = (why: string): never => {
    throw new BeltError("STATION_INVALID", `The query ${why}.`, { at: "/query" });
  };
  if (!/^(?:select|with)\b/i.test(bare)) refuse("must start with SELECT or WITH");
  if (bare.includes(";")) refuse("must be one statement");
  if (/\b(?:insert\s+into|update\s+\w+\s+set|delete\s+from|replace\s+into)\b/i.test(bare))
    refuse("may only select");
  if (/[?@$]/.test(bare)) refuse("must name its parameters as :name");
  return [...new Set(Array.from(bare.matchAll(/:([A-Za-z_]\w*)/g), ([, name]) => name ?? ""))];
}
