/** A number with at most so many digits after the point, thousands apart. */
export const number = (value: number, digits = 0): string =>
  value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Milliseconds: whole from ten on, with tenths below. */
export const milliseconds = (value: number): string => `${number(value, value < 10 ? 1 : 0)} ms`;

export const seconds = (value: number): string => `${number(value, value < 10 ? 1 : 0)} s`;

export const megabytes = (bytes: number): string => `${number(bytes / 1e6)} MB`;

export const percent = (part: number): string => `${number(part * 100, 1)} %`;

export const times = (ratio: number): string => `${number(ratio, ratio < 10 ? 1 : 0)} ×`;

/** A table in Markdown; the first row is its head, columns whose name begins with `>` are aligned right. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((name) => (name.startsWith(">") ? "--:" : "---"));
  return [line(head.map((name) => name.replace(/^>/, ""))), line(rule), ...body.map(line)].join("\n");
}
