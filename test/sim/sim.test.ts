import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";
import { scenarioOf } from "./scenario.ts";
import { describeFailure, runSeeds } from "./seeds.ts";

const portion = 25;

describe("a consortium in simulated time, with everything that goes wrong", () => {
  test.each(Array.from({ length: 8 }, (_, index) => 1 + index * portion))(
    "loses no case and ends none twice, with the seeds from %i on",
    { timeout: 240_000 },
    async (first) => {
      const { failures } = await runSeeds(first, portion);
      expect(failures.map(describeFailure)).toEqual([]);
    },
  );
});

describe("the simulation itself", () => {
  test("runs the same way again, step by step", async () => {
    const [first, again] = [await judge(scenarioOf(5)), await judge(scenarioOf(5))];
    expect(again.log).toEqual(first.log);
    expect(again.digest).toBe(first.digest);
    expect(first.events).toBeGreaterThan(100);
  });

  test("finds out a disk that says it has written before it has", async () => {
    const { failures } = await runSeeds(1, 15, { disksLie: true, stopAtFirst: true });
    expect(failures.flatMap(({ defects }) => defects).join()).toContain("acknowledged tray");
  });
});
