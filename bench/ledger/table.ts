import { counts, type Life, type Measured } from "./measure.ts";

const sum = (life: Life | undefined): number =>
  Object.values(life ?? {}).reduce((total, gas) => total + gas, 0);
const digits = (gas: number): string => Math.round(gas).toLocaleString("en-GB");
const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
const calls = (life: Life | undefined): string =>
  Object.entries(life ?? {})
    .map(([name, gas]) => `${name} ${digits(gas)}`)
    .join(", ");

/** The tables of the page, in Markdown. */
export function tables({ naive, ours, withdraw }: Measured): string {
  const each = sum(naive);
  const lines = counts.map((count) => {
    const sheet = sum(ours.get(count));
    const paid = (sheet + withdraw) / count;
    return row(
      digits(count),
      digits(each),
      digits(sheet / count),
      digits(paid),
      `${(each / paid).toFixed(1)} ×`,
    );
  });
  return [
    row("cases a sheet", "naive", "ours", "ours, and a withdrawal for every sheet", "times cheaper"),
    row("--:", "--:", "--:", "--:", "--:"),
    ...lines,
    "",
    row("whole life", "transactions", "gas of each"),
    row("---", "--:", "---"),
    row("a case, naive", Object.keys(naive).length, calls(naive)),
    ...[1, 1_024].map((count) => {
      const life = ours.get(count);
      return row(`a sheet of ${digits(count)}, ours`, Object.keys(life ?? {}).length, calls(life));
    }),
    row("what is owed, ours", 1, `withdraw ${digits(withdraw)}, for everything that has come together`),
  ].join("\n");
}
