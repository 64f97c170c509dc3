import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { CaseEvent } from "../../../../nodes/api/index.ts";
import { boardLines } from "../../../../nodes/cli/up/board.ts";
import { createProgress, outcomesOf } from "../../../../nodes/cli/up/progress.ts";

const stations = ["identity", "income"];
const at = "2026-03-02T12:00:00.000Z";
const event = (number: number, station: string, status: CaseEvent["status"]): CaseEvent => ({
  case: number,
  station,
  status,
  at,
});

function counted(cases: number, ...events: readonly CaseEvent[]) {
  const progress = createProgress(stations, cases);
  for (const each of events) progress.add(each);
  return progress.now();
}

const lines = (...given: Parameters<typeof boardLines>): string[] =>
  boardLines(...given).map(stripVTControlCharacters);

describe("how far a sheet is", () => {
  it("is counted by station, in the order of the belt", () => {
    const progress = counted(
      3,
      event(0, "income", "done"),
      event(0, "identity", "done"),
      event(1, "identity", "failed"),
      event(1, "income", "blocked"),
      event(2, "income", "open"),
      event(0, "unheard-of", "done"),
    );
    expect(progress).toMatchObject({ cases: 3, hops: 4, allHops: 6 });
    expect(progress.rows.map(({ station, ended }) => [station, ended])).toEqual([
      ["identity", 2],
      ["income", 2],
    ]);
    expect(progress.rows.map(outcomesOf)).toEqual(["1 done, 1 failed", "1 done, 1 blocked"]);
  });

  it("does not change afterwards", () => {
    const progress = createProgress(stations, 1);
    const before = progress.now();
    progress.add(event(0, "identity", "done"));
    expect(before.hops).toBe(0);
    expect(before.rows[0]?.counts.done).toBe(0);
  });
});

describe("the board", () => {
  it("has a place for each case of a small sheet: done, skipped, not done, open", () => {
    const progress = counted(
      5,
      event(0, "identity", "done"),
      event(1, "identity", "done"),
      event(2, "identity", "skipped"),
      event(3, "identity", "unprocessable"),
    );
    expect(lines(progress, 100)).toEqual([
      "  identity  ██▒█░  4/5  2 done, 1 skipped, 1 unprocessable",
      "  income    ░░░░░  0/5",
    ]);
  });

  it("is as wide when it is full as when it is empty, whatever the number of cases", () => {
    for (const cases of [1, 7, 24, 41, 240, 1_024]) {
      const all = Array.from({ length: cases }, (_, number) => event(number, "identity", "done"));
      for (const columns of [40, 80, 200]) {
        const bars = lines(counted(cases, ...all), columns).map((line) => line.replaceAll(/[^█▒░]/g, ""));
        expect(bars[0]).toMatch(/^█+$/);
        expect(bars[1]).toMatch(/^░+$/);
        expect(bars[0]?.length).toBe(bars[1]?.length);
      }
    }
  });

  it("fits the terminal", () => {
    const many = Array.from({ length: 24 }, (_, number) =>
      event(number, "identity", number % 2 === 0 ? "unprocessable" : "blocked"),
    );
    for (const columns of [30, 40, 60, 80]) {
      for (const line of lines(counted(24, ...many), columns))
        expect(line.length).toBeLessThanOrEqual(columns);
    }
  });
});
