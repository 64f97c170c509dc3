import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Readiness } from "../../nodes/api/index.ts";
import { until } from "../support/until.ts";
import { KillBench } from "./bench.ts";
import { trial } from "./trials.ts";

// A chain, a node in this process and one of its own, started again after each kill: some seconds, for what the
// simulation cannot show, which kills nodes at every boundary. `npm run kill` takes all of them here as well.

let bench: KillBench;
beforeAll(async () => {
  bench = await KillBench.open();
});
afterAll(async () => {
  expect(await bench.close()).toEqual([]);
});

test.each(["after put inbox", "after put receipt"])(
  "a node that is killed %s loses nothing",
  async (point) => {
    expect(await trial(bench, { point, nth: 1 })).toEqual([]);
  },
);

const prlimit = "/usr/bin/prlimit";

/** Has every write of the node fail that makes a file longer than this many bytes, as on a disk that is full. */
const limitFiles = (bytes: number | "unlimited"): void =>
  void execFileSync(prlimit, ["--pid", String(bench.pid), `--fsize=${bytes}:`]);

test.runIf(existsSync(prlimit))(
  "a node whose disk is full says so, and goes on when there is room",
  async () => {
    const ready = async () => Readiness.parse(await (await fetch(`${bench.apiUrl}/readyz`)).json());
    await until(async () => (await ready()).ready);
    limitFiles(1);
    const order = { belt: "there-and-back", cases: [{ n: 0 }] };
    const refusal = { code: "STORE_FAILED" };
    const first = bench.operations.book(order).catch((error: unknown) => error);
    const { reasons } = await until(async () => {
      const found = await ready();
      return !found.ready && found;
    });
    expect(reasons.join()).toMatch(/STORE_FAILED: .*File too large/);
    await expect(bench.operations.book(order)).rejects.toMatchObject(refusal);
    limitFiles("unlimited");
    expect(await first).toMatchObject(refusal);
    await until(async () => (await ready()).ready, { what: "the node's recovery" });
    await bench.book();
    await bench.rests();
    expect(await bench.wrong()).toEqual([]);
  },
);
