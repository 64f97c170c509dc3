import { expect, it } from "vitest";
import { bareHop } from "../../bench/ours/bareHop.ts";
import { measureCeiling } from "../../bench/ours/ceiling.ts";
import { emptyFrontier } from "../../pipeline/log/index.ts";

it("puts the receipts of a full tray into the log with every bare hop, the same each time", () => {
  const { items, work } = bareHop();
  const once = work(emptyFrontier);
  expect(once.size).toBe(items);
  expect(work(emptyFrontier).root).toEqual(once.root);
  expect(work(once).size).toBe(2 * items);
  expect(bareHop().work(emptyFrontier).root).not.toEqual(once.root);
});

it("counts the hops of one process, and of one for each processor", async () => {
  const { alone, all } = await measureCeiling({ warmup: 0, window: 0.1 }, AbortSignal.timeout(60_000));
  expect(alone.processes).toBe(1);
  expect(all.processes).toBeGreaterThanOrEqual(1);
  for (const { hopsPerSecond, cpuMicrosecondsPerHop } of [alone, all]) {
    expect(hopsPerSecond).toBeGreaterThan(0);
    expect(cpuMicrosecondsPerHop).toBeGreaterThan(0);
  }
});
