import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/**
 * Floods whose windows are a day long: of one the items run out, another one fails while its window is open, and in the
 * last one nothing goes on.
 */
const program = `
  import { flood } from "${new URL("../../bench/load/flood.ts", import.meta.url).href}";

  const { signal } = new AbortController();
  const options = { first: 0, items: 20, warmup: 0, window: 86_400, signal };
  const system = { depth: 10, batch: 5 };

  let done = 0;
  const runningOut = flood(system, {
    processes: () => [],
    submit: async (_, count) => void (done += count),
    progress: async () => ({ steps: 5 * done, finished: done }),
  }, options);

  let looks = 0;
  const failing = flood(system, {
    processes: () => [],
    submit: async () => {},
    progress: async () => {
      if (++looks > 4) throw new Error("It fell over.");
      return { steps: looks, finished: 0 };
    },
  }, options).catch(({ message }) => message);

  const standingStill = flood(system, {
    processes: () => [],
    submit: async () => {},
    progress: async () => ({ steps: 0, finished: 0 }),
  }, { ...options, patience: 0 }).catch(({ message }) => message);

  console.log((await runningOut).items, await failing, await standingStill);
`;

test("a flood that ends before its window leaves nothing that keeps the process", async () => {
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
  const still = "Nothing was done in 0 seconds, with 10 items in flight.";
  expect(stdout).toBe(`20 It fell over. ${still}\n`);
});
