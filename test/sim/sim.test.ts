import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";
import { scenarioOf } from "./scenario.ts";
import { describeFailure, runSeeds } from "./seeds.ts";
import { killsAt, wrongAfter } from "./sweep.ts";

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

// A report that came too late, with a consumer whose clock is a day behind and who closes the sheet no sooner.
test("a node does not ask again and again what the ledger refuses", async () => {
  const { defects, events } = await judge(scenarioOf(4114));
  expect(defects).toEqual([]);
  expect(events).toBeLessThan(200_000);
});

describe("the simulation itself", () => {
  test("runs the same way again, step by step", async () => {
    const [first, again] = [await judge(scenarioOf(5)), await judge(scenarioOf(5))];
    expect(again.log).toEqual(first.log);
    expect(again.digest).toBe(first.digest);
    expect(first.events).toBeGreaterThan(100);
  });

  test("finds out a disk that says it has written before it has", async () => {
    const found = await wrongAfter("through", 1, killsAt("south", range(1, 40)), { disksLie: true });
    expect(found.join()).toContain("acknowledged tray");
  });
});

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
