import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareProcessor } from "../../../../nodes/engine/index.ts";
import {
  type DataUse,
  type IsolatedStation,
  isolate,
  loadStation,
  type Outcome,
  type ProcessEnd,
} from "../../../../nodes/stations/index.ts";
import { BeltError } from "../../../../pipeline/errors.ts";
import type { JsonObject } from "../../../../pipeline/json.ts";
import { isRunning } from "../../../support/process.ts";
import { until } from "../../../support/until.ts";

const module = fileURLToPath(new URL("../../../support/stations/misbehaving.ts", import.meta.url));
const limits = { timeoutMs: 20_000, memoryMb: 256, processes: 4 };

let folder: string;
let apart: IsolatedStation;
let ends: ProcessEnd[];
let prints: [stream: string, text: string, pid: number][];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "station-process-"));
});
afterEach(async () => {
  await apart.close();
  rmSync(folder, { recursive: true });
});

/** Lets the station in its own processes work on cases, as the engine does. */
async function at(changed: Partial<typeof limits> = {}) {
  ends = [];
  prints = [];
  const { processes, ...program } = { ...limits, ...changed };
  const settings = { timeoutMs: program.timeoutMs };
  apart = isolate(
    { name: "misbehaving", module, settings, ...program },
    {
      ...{ processes, ended: (end) => ends.push(end) },
      printed: ({ stream, text }, pid) => prints.push([stream, text, pid]),
    },
  );
  const { signal } = new AbortController();
  const processor = prepareProcessor(
    await loadStation(module),
    {},
    {
      inHand: apart.inHand,
      work: (input, { key, now, attempt, mayUse }) => apart.work({ input, key, now, attempt }, { mayUse }),
    },
  );
  return (input: JsonObject, attempt = 1): Promise<Outcome> =>
    processor.work(input, { key: JSON.stringify(input), now: Date.now(), attempt, signal, mayUse });
}

/** What the ledger says: yes to one owner, an error to another, no to all others. */
const mayUse = async ({ owner }: DataUse): Promise<boolean> => {
  if (owner === "nobody") throw new BeltError("INPUT_INVALID", "That is no owner.", { at: "/owner" });
  return owner === "anna";
};

const right = (count: number): JsonObject[] => Array.from({ length: count }, (_, n) => ({ do: "right", n }));
const twice = (n: number) => ({ status: "done", output: { twice: n } });
const numberOf = (outcome: Outcome): number =>
  outcome.status === "done" ? Number(outcome.output["twice"]) : Number.NaN;

describe("a station in a process of its own", () => {
  it("works as it does within the node, and has many cases in hand", async () => {
    const work = await at();
    const ways = ["later", "attempt", "unprocessable", "throw", "undescribed", "notJson"];
    expect(await Promise.all(ways.map((way) => work({ do: way, n: 4 }, 1)))).toEqual([
      twice(8),
      twice(1),
      { status: "unprocessable", reason: "The register does not know the person." },
      { status: "failed", code: "STATION_FAILED", reason: "The machine is broken for this one." },
      expect.objectContaining({ status: "failed", code: "STATION_OUTPUT_REFUSED" }),
      expect.objectContaining({ status: "failed", code: "STATION_OUTPUT_REFUSED" }),
    ]);
    const cases = Array.from({ length: 2_000 }, (_, n) => ({ do: n % 3 === 0 ? "later" : "right", n }));
    const outcomes = await Promise.all(cases.map((each) => work(each)));
    expect(outcomes).toEqual(cases.map(({ n }) => twice(2 * n)));
    expect(ends).toEqual([]);
  });

  it("asks the node what the ledger lets it use", async () => {
    const work = await at();
    const asked = await Promise.all(["anna", "ben", "nobody"].map((owner) => work({ do: "mayUse", owner })));
    expect(asked).toEqual([
      twice(1),
      twice(0),
      { status: "failed", code: "INPUT_INVALID", reason: "That is no owner." },
    ]);
  });

  it("has what it prints read, and ends though a program that it started still may print", async () => {
    const work = await at();
    const pid = numberOf(await work({ do: "pid" }));
    expect(await work({ do: "print", n: 4 })).toEqual(twice(8));
    const printed = [
      ["stdout", "Case 4.", pid],
      ["stderr", "Careful!", pid],
    ];
    await until(() => prints.length === 2);
    expect(prints.toSorted()).toEqual(printed.toSorted());
    const file = join(folder, "pids");
    expect(await work({ do: "leave", file }, 2)).toMatchObject({ code: "STATION_CRASHED" });
    const [, left] = (await until(() => pidsIn(file))) ?? [];
    expect(isRunning(left ?? 0)).toBe(true);
    process.kill(left ?? 0, "SIGKILL");
  });

  it("has not the node's secrets, and ends when it is closed", async () => {
    process.env["BELT_PASSPHRASE"] = "secret";
    try {
      const work = await at();
      const pid = numberOf(await work({ do: "pid" }));
      expect(pid).not.toBe(process.pid);
      expect(await work({ do: "environment" })).toEqual(twice(0));
      await apart.close();
      expect(isRunning(pid)).toBe(false);
    } finally {
      delete process.env["BELT_PASSPHRASE"];
    }
  });

  it("ends with the node, whatever ends that, also while it computes without a pause", async () => {
    apart = isolate(
      { name: "unused", module, settings: {}, ...limits },
      { processes: 2, ended() {}, printed() {} },
    );
    const file = join(folder, "pids");
    const script = join(folder, "node.mts");
    const stations = new URL("../../../../nodes/stations/index.ts", import.meta.url);
    writeFileSync(
      script,
      `import { isolate } from ${JSON.stringify(stations.href)};
const station = isolate(${JSON.stringify({ name: "misbehaving", module, settings: {}, ...limits })}, { processes: 2, ended() {}, printed() {} });
void station.work(
  { input: { do: "child", file: ${JSON.stringify(file)} }, key: "1", now: 0, attempt: 1 },
  { mayUse: async () => false },
);`,
    );
    const node = spawn(process.execPath, [script], { stdio: ["ignore", "ignore", "inherit"] });
    const pids = await until(() => pidsIn(file));
    expect(pids.map(isRunning)).toEqual([true, true]);
    node.kill("SIGKILL");
    await once(node, "exit");
    await until(() => !pids.some(isRunning));
  });
});

/** What the station wrote: its own number, and that of a program that it started. */
function pidsIn(file: string): number[] | undefined {
  const pids = readFileSync(file, "utf8").split(" ").map(Number);
  return pids.length === 2 ? pids : undefined;
}

describe("a case that ends its process", () => {
  it("is told of by what was thrown, and where, and not in its words", async () => {
    const work = await at();
    await work({ do: "crashLater", n: 123_456 }, 2);
    expect(ends[0]?.thrown).toEqual({ name: "Error", places: expect.stringContaining("misbehaving.ts") });
    expect(JSON.stringify([ends, prints])).not.toContain("123456.");
  });

  it.each([
    ["ends it in good order", "exit"],
    ["throws where nobody catches", "crashLater"],
    ["fills the heap with one array", "numbers"],
    ["takes memory outside the heap", "buffers"],
  ])("is blamed for it where it %s", async (_, way) => {
    const work = await at();
    const poison = await work({ do: way, n: 123_456 }, 2);
    expect(poison).toMatchObject({ status: "failed", code: "STATION_CRASHED" });
    expect(JSON.stringify([poison, ends])).not.toContain("123456 ");
    expect(ends.map(({ cases }) => cases.length)).toEqual([1]);
  });

  it("does not take with it what was beside it, nor the station", async () => {
    const work = await at();
    const [poison, ...others] = await Promise.all([{ do: "abort" }, ...right(40)].map((each) => work(each)));
    expect(poison).toMatchObject({ status: "failed", code: "STATION_CRASHED" });
    expect(others).toEqual(right(40).map((_each, n) => twice(2 * n)));
    expect(await work({ do: "right", n: 1 })).toEqual(twice(2));
    expect(ends.some(({ cases }) => cases.length > 1)).toBe(true);
  });
});

describe("a case that holds its process up", () => {
  it.each([
    ["an endless loop after a pause", "loopLater"],
    ["a query", "query"],
    ["a promise that is never kept", "never"],
  ])("by %s is stopped at its timeout", async (_, way) => {
    const work = await at({ timeoutMs: 300 });
    expect(await work({ do: way }, 2)).toMatchObject({ status: "failed", code: "STATION_TIMEOUT" });
  });

  it("holds up none of the others, and has all of its own time", async () => {
    const work = await at({ timeoutMs: 60_000, processes: 2 });
    let stopped = false;
    const settled = (): void => {
      stopped = true;
    };
    for (let n = 0; n < 2; n++) void work({ do: "loop", n }).then(settled, settled);
    const others = await Promise.all(right(40).map((each) => work(each)));
    expect(others).toEqual(right(40).map((_each, n) => twice(2 * n)));
    expect(await work({ do: "right", n: 1 })).toEqual(twice(2));
    expect(stopped).toBe(false);
  });

  it("is ended with all that it started", async () => {
    const file = join(folder, "pids");
    const work = await at({ timeoutMs: 300 });
    expect(await work({ do: "child", file }, 2)).toMatchObject({ code: "STATION_TIMEOUT" });
    await until(() => !pidsIn(file)?.some(isRunning));
  });
});
