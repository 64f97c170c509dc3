import { print } from "../output.ts";
import { outcomesOf, type Progress } from "./progress.ts";
import type { Show } from "./show.ts";
import { seconds, titles } from "./titles.ts";

/** A line for each step that is done, and one for each station that is through with its cases. */
export function createPlainShow(): Show {
  const told = new Set<string>();

  function tellStations({ cases, rows }: Progress): void {
    for (const row of rows) {
      if (row.ended < cases || told.has(row.station)) continue;
      told.add(row.station);
      print(`Station ${row.station}: all ${cases} cases; ${outcomesOf(row)}.`);
    }
  }
  return {
    step(step) {
      if (step.state === "begins") return;
      const title = titles[step.step];
      if (step.state === "failed") print(`${title}: failed.`);
      else print(`${title}: ${step.note} (${seconds(step.milliseconds)}).`);
    },
    stepsOver: async () => undefined,
    progress: tellStations,
    note: print,
    arrived: () => undefined,
  };
}
