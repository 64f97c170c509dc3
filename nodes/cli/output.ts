import { stripVTControlCharacters, styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours a text, if standard output is a terminal and NO_COLOR is not set. */
export const styled = (style: Style, text: string): string =>
  styleText(style, text, { stream: process.stdout });

/** Prints one line for a person. */
export function print(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Prints the one JSON document of a command that was asked for JSON. Large integers become text. */
export function printJson(value: unknown): void {
  process.stdout.write(`${toJson(value, 2)}\n`);
}

/** Prints one of many JSON texts, each on a line of its own (NDJSON). */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${toJson(value)}\n`);
}

function toJson(value: unknown, space?: number): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each), space);
}

/**
 * A text that came from another member as it may be shown: on one line, and without what could move the terminal's
 * cursor, colour it, or turn the direction of reading.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | undefined;
  readonly align?: "left" | "right";
  readonly style?: (row: Row) => Style | undefined;
}

/** Prints rows under their titles, or `none` when there are none. */
export function printTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], none: string): void {
  if (rows.length === 0) {
    print(none);
    return;
  }
  const cells = rows.map((row) => columns.map(({ of }) => printable(String(of(row) ?? ""))));
  const widths = columns.map(({ title }, place) =>
    Math.max(title.length, ...cells.map((line) => [...(line[place] ?? "")].length)),
  );
  const pad = (text: string, place: number): string => {
    const fill = " ".repeat(Math.max(0, (widths[place] ?? 0) - [...text].length));
    return columns[place]?.align === "right" ? fill + text : text + fill;
  };
  const titles = columns.map(({ title }, place) => pad(title, place)).join("  ");
  print(styled("bold", titles.trimEnd()));
  for (const [number, row] of rows.entries()) {
    const line = (cells[number] ?? []).map((text, place) => {
      const style = columns[place]?.style?.(row);
      const padded = pad(text, place);
      return style === undefined ? padded : styled(style, padded);
    });
    print(line.join("  ").trimEnd());
  }
}

/** Prints names and values under each other. */
export function printFields(
  fields: readonly (readonly [name: string, value: string | number | undefined])[],
): void {
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields) {
    if (value !== undefined) print(`${styled("bold", name.padEnd(width))}  ${printable(String(value))}`);
  }
}

/** An id as tables show it: commands take such a beginning of it. */
export const short = (id: string): string => id.slice(0, 10);

/** A text in the reader's language if there is one, else in English, else in any. */
export function titleOf(texts: Readonly<Record<string, string>> | undefined): string {
  if (texts === undefined) return "";
  const [language = "en"] = Intl.DateTimeFormat().resolvedOptions().locale.split("-");
  const { [language]: own, en } = texts;
  return own ?? en ?? Object.values(texts)[0] ?? "";
}
