/** One sample of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
/** The other escaped characters stand for themselves. */
const escapes: Readonly<Record<string, string>> = { "\\n": "\n" };

/** The samples of a text in Prometheus' exposition format 0.0.4; lines that are none of them are passed over. */
export function parseExposition(text: string): readonly Sample[] {
  return text.split("\n").flatMap((each) => {
    const [, name, inside = "", value = ""] = line.exec(each) ?? [];
    if (name === undefined) return [];
    const labels = [...inside.matchAll(label)].map(([, key = "", written = ""]) => [
      key,
      written.replaceAll(/\\./g, (sequence) => escapes[sequence] ?? sequence.slice(1)),
    ]);
    return [{ name, labels: Object.fromEntries(labels), value: numberOf(value) }];
  });
}

function numberOf(text: string): number {
  const [, sign, infinite] = /^([+-]?)(Inf)$/.exec(text) ?? [];
  if (infinite === undefined) return Number(text);
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
