/** A fenced block of a Markdown document. */
export interface Block {
  /** The first word after the fence. */
  readonly language: string;
  /** `title="…"` after it: the file that the block is, or that it changes. */
  readonly file: string | undefined;
  readonly text: string;
}

/** The fenced blocks of the part of a document that begins with one heading and ends before another, in order. */
export function blocksOf(markdown: string, from: string, to: string): readonly Block[] {
  const start = markdown.indexOf(`\n${from}`);
  const end = markdown.indexOf(`\n${to}`, start);
  if (start < 0 || end < 0) throw new Error(`The document has no part from "${from}" to "${to}".`);
  const fences = markdown.slice(start, end).matchAll(/^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$/gms);
  return [...fences].map(([, language = "", file, text = ""]) => ({ language, file, text }));
}

/** Applies a block of the language `diff` to a text: the lines before it must stand there just once. */
export function patched(text: string, diff: string): string {
  const lines = diff.trimEnd().split("\n");
  const side = (other: string): string =>
    lines
      .filter((line) => !line.startsWith(other))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  const [before, after] = [side("+"), side("-")];
  if (text.split(before).length !== 2) throw new Error(`This does not stand there once:\n${before}`);
  return text.replace(before, () => after);
}

/** What is another one every time: ids, times, seconds, and the order of events that happen side by side. */
export function steady(output: string): readonly string[] {
  const lines = output
    .trimEnd()
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/0x[0-9a-f]{8,}/g, "0x…")
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:]{8}(?:\.\d+Z)?/g, "DATE")
        .replaceAll(/^\d\d:\d\d:\d\d /g, "TIME ")
        .replaceAll(/\b\d+\.\d\d\b/g, "SECONDS")
        .replaceAll(/\bin block \d+/g, "in block N")
        .replaceAll(/ +/g, " "),
    );
  const joined = joinSteps(lines);
  return joined.some((line) => line.startsWith("TIME ")) ? joined.toSorted() : joined;
}

/** The steps of a transaction share a line at a terminal, as a document shows it; elsewhere they have one each. */
function joinSteps(lines: readonly string[]): readonly string[] {
  const steps = new Map<string, string>();
  for (const line of lines) {
    const [, what, step] = /^([a-z ]+): ((?:signed as|sent|dropped|mined|final)\b.*)$/.exec(line) ?? [];
    if (what === undefined || step === undefined) steps.set(`${line} ${steps.size}`, line);
    else steps.set(what, steps.has(what) ? `${steps.get(what)}, ${step}` : line);
  }
  return [...steps.values()];
}
