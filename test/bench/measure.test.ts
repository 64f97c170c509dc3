import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useOf } from "../../bench/measure/processes.ts";
import { summarise } from "../../bench/measure/profile.ts";
import { latencyOf } from "../../bench/measure/quantiles.ts";

describe("latencies", () => {
  it("are summed up by nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(latencyOf(hundred)).toEqual({ count: 100, median: 50, p99: 99, max: 100 });
    expect(latencyOf([3])).toEqual({ count: 1, median: 3, p99: 3, max: 3 });
  });

  it("of nothing are refused", () => {
    expect(() => latencyOf([])).toThrow("Nothing was measured.");
  });
});

describe("a process's use", () => {
  it("is what the system says of it", () => {
    const use = useOf(process.pid);
    expect(use?.cpuSeconds).toBeGreaterThan(0);
    expect(use?.residentBytes).toBeGreaterThan(20e6);
  });

  it("is nothing when it is gone", () => {
    expect(useOf(2 ** 30)).toBeUndefined();
  });
});

describe("a profile", () => {
  const frame = (functionName: string, url = "") => ({ functionName, url, lineNumber: 9 });
  const profile = {
    startTime: 1_000_000,
    nodes: [
      { id: 1, callFrame: frame("(root)"), children: [2, 3, 5] },
      { id: 2, callFrame: frame("(idle)") },
      { id: 3, callFrame: frame("sealTray", "file:///house/pipeline/tray/jwe.ts"), children: [4] },
      { id: 4, callFrame: frame("update", "node:internal/crypto/cipher") },
      { id: 5, callFrame: frame("(garbage collector)") },
    ],
    // A sample each 100 ms: idle, the cipher under sealTray, sealTray itself, the collector; then what is too late.
    samples: [2, 4, 3, 5, 4],
    timeDeltas: [100_000, 100_000, 100_000, 100_000, 700_000],
  };
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "profile-"));
    file = join(folder, "one.cpuprofile");
    await writeFile(file, JSON.stringify(profile));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is summed up by function and by part of the work, in the stretch that is asked for", async () => {
    const { busy, areas, own, withCalls } = await summarise(file, "/house", { from: 1_000, to: 1_450 });
    const third = expect.closeTo(1 / 3, 6);
    expect(busy).toBeCloseTo(0.75, 6);
    expect(areas).toEqual([
      { name: "sealing and signing", part: expect.closeTo(2 / 3, 6) },
      { name: "garbage collection", part: third },
    ]);
    expect(own.map(({ name }) => name)).toEqual([
      "update node:internal/crypto/cipher:10",
      "sealTray pipeline/tray/jwe.ts:10",
      "(garbage collector)",
    ]);
    expect(withCalls).toEqual([{ name: "sealTray pipeline/tray/jwe.ts:10", part: expect.closeTo(2 / 3, 6) }]);
  });
});
