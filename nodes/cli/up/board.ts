import { styled } from "../output.ts";
import { outcomesOf, type Progress, type StationRow } from "./progress.ts";

/** The widest bar; a sheet of fewer cases has one place for each case. */
const widestBar = 40;

/** Where the cases are: a row for each station, as lines that fit a terminal of so many columns. */
export function boardLines(progress: Progress, columns: number): readonly string[] {
  const { cases, rows } = progress;
  const name = Math.max(...rows.map(({ station }) => station.length));
  const count = `${cases}/${cases}`.length;
  // Two before, two between each; the words at the end take what is left.
  const bar = Math.max(4, Math.min(cases, widestBar, columns - name - count - 8));
  return rows.map((row) => {
    const room = Math.max(0, columns - name - bar - count - 9);
    const ended = `${row.ended}/${cases}`.padStart(count);
    const words = row.ended === 0 ? "" : styled("dim", `  ${outcomesOf(row)}`.slice(0, room));
    return `  ${row.station.padEnd(name)}  ${barOf(row, cases, bar)}  ${ended}${words}`;
  });
}

/** Done, skipped and not done from the left; what is open stays light. */
function barOf({ counts, ended }: StationRow, cases: number, width: number): string {
  const place = (number: number): number => Math.round((number * width) / cases);
  const edges = [counts.done, counts.done + counts.skipped, ended, cases].map(place);
  const [done = 0, skipped = 0, other = 0, all = 0] = edges;
  return [
    styled("green", "█".repeat(done)),
    styled("dim", "▒".repeat(skipped - done)),
    styled("yellow", "█".repeat(other - skipped)),
    styled("dim", "░".repeat(all - other)),
  ].join("");
}
