import { describe, expect, it } from "vitest";
import type { Measured } from "../../bench/measureSystem.ts";
import { drawChart } from "../../bench/report/chart.ts";
import { writeMarkdown } from "../../bench/report/markdown.ts";
import { targetsOf } from "../../bench/report/targets.ts";
import type { Results } from "../../bench/results.ts";

const latency = (median: number) => ({ count: 100, median, p99: 3 * median, max: 4 * median });
const latencies = (kept: number, handedIn: number) => ({
  sinceKept: latency(kept),
  sinceHandedIn: latency(handedIn),
});

function measured(stepsPerSecond: number, megabytes: number): Measured {
  return {
    version: "1.2.3",
    flood: {
      ...{ stepsPerSecond, seconds: 30, stepsInWindow: 30 * stepsPerSecond, items: 1_000 },
      processes: [
        {
          name: "desk-1",
          cores: 0.5,
          cpuMicrosecondsPerStep: 40,
          mostBytes: megabytes * 1e6,
          meanBytes: 1e8,
        },
      ],
      stretch: { from: 0, to: 30_000 },
    },
    idle: latencies(20, 60),
    half: { ...latencies(100, 150), itemsPerSecond: 1_500, batch: 256 },
  };
}

const system = (name: string, title: string) => ({
  name,
  title,
  durability: "kept",
  setup: "five",
  depth: 10,
});
const summary = { busy: 0.9, areas: [{ name: "the store", part: 1 }], own: [], withCalls: [] };

const results: Results = {
  at: "2026-11-22T10:00:00.000Z",
  args: [],
  extent: { warmup: 20, window: 30, items: 1_000, idle: 200, paced: 30, unfinished: 100_000 },
  machine: {
    ...{ processor: "A processor", cores: 2, memoryBytes: 8e9, kernel: "Linux 6", node: "v24.0.0" },
    ...{ fileSystem: "ext4", fsync: latency(1), load: 0.1 },
  },
  ours: {
    ...system("ours", "The belt"),
    measured: {
      ...measured(16_000, 300),
      wire: { hop: 1_100, receipt: 390, result: 1_100, itemsPerTray: 256 },
      profiles: [{ member: "desk-3", summary }],
      restart: { unfinished: 100_000, readySeconds: 4, workingSeconds: 5, doneSeconds: 20 },
    },
  },
  peers: [
    { ...system("bullmq", "BullMQ"), measured: { ...measured(5_000, 200), idle: latencies(1, 2) } },
    { ...system("temporal", "Temporal"), failed: "there is no go on the path" },
  ],
  ceiling: {
    alone: { processes: 1, hopsPerSecond: 20_000, cpuMicrosecondsPerHop: 50 },
    all: { processes: 2, hopsPerSecond: 32_000, cpuMicrosecondsPerHop: 10 },
  },
  growth: undefined,
  workers: undefined,
};

describe("the targets", () => {
  it("are held against what was measured, and the ratio against BullMQ of the same run", () => {
    const met = Object.fromEntries(
      targetsOf(results).map(({ measure, found, met }) => [measure, [found, met]]),
    );
    expect(met["hops a second, trays full, whole product"]).toEqual(["16,000", true]);
    expect(met["ratio to BullMQ (everysec) in the same run"]).toEqual(["3.2 ×", true]);
    expect(met["memory of the largest node at full flood"]).toEqual(["300 MB", true]);
    expect(met["bytes on the wire of a 500-byte item, a hop with its receipt to the consumer"]).toEqual([
      "1,490",
      false,
    ]);
    expect(met["memory of the largest node after the growth run"]).toEqual([undefined, undefined]);
  });

  it("say nothing of what was not measured", () => {
    const none = targetsOf({ ...results, ours: undefined });
    expect(none.every(({ found, met }) => found === undefined && met === undefined)).toBe(true);
  });
});

describe("the report", () => {
  const text = writeMarkdown(results, "systems.svg");

  it("puts the systems beside each other, and names who could not be measured", () => {
    expect(text).toContain("| BullMQ | 1.2.3 | 5,000 | 3.2 × |");
    expect(text).toContain("- Temporal: there is no go on the path");
  });

  it("says where a peer is better", () => {
    const line = text.split("\n").find((each) => each.startsWith("- **BullMQ**: one item"));
    expect(line).toContain("2.0 ms, ours with its booking after 60 ms");
    expect(line).toContain("200 MB, ours 300 MB");
    expect(line).not.toContain("steps a second");
  });

  it("says how much of a hop is its own work", () => {
    expect(text).toContain("| 2 | 32,000 | 10.0 |");
    expect(text).toContain("takes 40 µs of processor at full load: 25.0 % of it are this.");
    expect(writeMarkdown({ ...results, ceiling: undefined }, "")).not.toContain("own work");
  });

  it("says what was not measured rather than leave it out", () => {
    expect(text).not.toContain("Several workers");
    expect(text).toContain("give `--growth 1000000`");
    expect(text).toContain("not measured");
  });
});

describe("the chart", () => {
  const bars = [
    { label: "ours", value: 1_000, ours: true },
    { label: "<peer>", value: 250, ours: false },
  ];
  const widths = (logarithmic: boolean): number[] =>
    [...drawChart([{ title: "t", unit: "u", logarithmic, bars }]).matchAll(/<rect[^>]* width="(\d+)"/g)].map(
      ([, width]) => Number(width),
    );

  it("draws bars to scale", () => {
    const [ours = 0, peer = 0] = widths(false);
    expect(ours / peer).toBe(4);
    expect(widths(true)[1]).toBeGreaterThan(peer);
  });

  it("writes names as text", () => {
    expect(drawChart([{ title: "t", unit: "u", logarithmic: false, bars }])).toContain("&lt;peer&gt;");
  });
});

it("shows what more workers of one member come to", () => {
  const share = (name: string, cores: number) => ({
    ...{ name, cores, cpuMicrosecondsPerStep: 10, mostBytes: 1e8, meanBytes: 1e8 },
  });
  const point = (workers: number, stepsPerSecond: number) => {
    const processes = [share("desk-3", 0.5), share("desk-3, worker 2", 0.25), share("postgres", 0.1)];
    return { workers, flood: { ...measured(stepsPerSecond, 1).flood, processes } };
  };
  const text = writeMarkdown({ ...results, workers: [point(1, 9_000), point(2, 8_000)] }, "chart.svg");
  expect(text).toContain("### Several workers");
  expect(text).toMatch(/\| 1 \| 9,000 \| 0\.75 \| 0\.10 \|/);
  expect(text).toMatch(/\| 2 \| 8,000 \| 0\.75 \| 0\.10 \|/);
});
