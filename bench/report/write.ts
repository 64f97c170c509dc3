import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "../results.ts";
import { drawChart } from "./chart.ts";
import { doneIn } from "./comparison.ts";
import { writeMarkdown } from "./markdown.ts";

const chartFile = "systems.svg";

/** Writes the report, its chart and the run's raw results into a folder. @returns the files */
export async function writeReport(results: Results, out: string): Promise<string[]> {
  await mkdir(out, { recursive: true });
  const contents = {
    "README.md": writeMarkdown(results, chartFile),
    [chartFile]: chartOf(results),
    "results.json": `${JSON.stringify(results, rounded, 2)}\n`,
  };
  const files = Object.entries(contents).map(([name, text]) => ({ path: join(out, name), text }));
  await Promise.all(files.map(({ path, text }) => writeFile(path, text)));
  return files.map(({ path }) => path);
}

function chartOf(results: Results): string {
  const done = doneIn(results);
  const bars = (value: (each: (typeof done)[number]) => number) =>
    done.map((each) => ({ label: each.title, ours: each.name === "ours", value: value(each) }));
  return drawChart([
    {
      title: "Steps a second at full load",
      unit: "more is better",
      logarithmic: false,
      bars: bars(({ measured }) => measured.flood.stepsPerSecond),
    },
    {
      title: "One item through five steps, idle, median",
      unit: "milliseconds, less is better",
      logarithmic: true,
      bars: bars(({ measured }) => measured.idle.sinceHandedIn.median),
    },
    {
      title: "p99 at half the load that each carries",
      unit: "milliseconds, less is better",
      logarithmic: true,
      bars: bars(({ measured }) => measured.half.sinceHandedIn.p99),
    },
  ]);
}

/** Six digits are more than any measurement is good for. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
