/** What a reader of the log sees: lines with the time since the beginning, and the figures together at the end. */
export interface Figures {
  say(line: string): void;
  /** Says a figure, and keeps it for the end. */
  figure(name: string, value: string): void;
  /** Says all figures. */
  print(): void;
}

export function createFigures(): Figures {
  const begun = performance.now();
  const kept: [string, string][] = [];
  const say = (line: string) => {
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    process.stdout.write(`${seconds.padStart(7)} s  ${line}\n`);
  };
  return {
    say,
    figure(name, value) {
      kept.push([name, value]);
      say(`${name}: ${value}`);
    },
    print() {
      const width = Math.max(0, ...kept.map(([name]) => name.length));
      const lines = kept.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
      process.stdout.write(`\nFigures of this run:\n${lines.join("\n")}\n`);
    },
  };
}

/** So many in so many milliseconds, as a rate with one decimal. */
export const perSecond = (count: number, milliseconds: number): string =>
  ((count * 1_000) / milliseconds).toFixed(1);

export const inSeconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
