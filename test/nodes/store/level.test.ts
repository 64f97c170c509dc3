import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openLevelStore, type Store } from "../../../nodes/store/index.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { durableStoreCompliance, keysOf } from "../../support/storeCompliance.ts";

let root = "";
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "belt-store-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

durableStoreCompliance("the Level store", async () => {
  const folder = join(root, String(folders++));
  const store = await openLevelStore(folder);
  return {
    store,
    async reopen() {
      await store.close();
      return openLevelStore(folder);
    },
  };
});

describe("the Level store's folder", () => {
  test("is made, with those above it", async () => {
    const folder = join(await temporaryFolder(), "not", "yet", "there");
    const store = await openLevelStore(folder);
    await store.batch([{ type: "put", key: "a", value: Buffer.from("1") }]);
    await store.close();
  });

  test("is timed at every write, until it is on the disk", async () => {
    const times: number[] = [];
    const store = await openLevelStore(await temporaryFolder(), { synced: (time) => times.push(time) });
    await store.batch([{ type: "put", key: "a", value: Buffer.from("1") }]);
    await store.batch([{ type: "del", key: "a" }]);
    expect(times).toHaveLength(2);
    expect(Math.min(...times)).toBeGreaterThan(0);
    await store.close();
  });

  test("is one store's at a time", async () => {
    const folder = await temporaryFolder();
    const store = await openLevelStore(folder);
    await expect(openLevelStore(folder)).rejects.toMatchObject({
      name: "BeltError",
      code: "STORE_LOCKED",
      at: folder,
    });
    expect(await keysOf(store)).toEqual([]);
    await store.close();
    await (await openLevelStore(folder)).close();
  });

  test("is one process's at a time", async () => {
    const folder = await temporaryFolder();
    const writer = await startWriter(folder);
    await expect(openLevelStore(folder)).rejects.toMatchObject({ name: "BeltError", code: "STORE_LOCKED" });
    await writer.kill();
    await (await openLevelStore(folder)).close();
  });

  test.each<[string, (folder: string) => Promise<unknown>]>([
    ["a file", (folder) => writeFile(folder, "not a folder")],
    [
      "a store whose files are no store's",
      async (folder) => {
        await mkdir(folder);
        await writeFile(join(folder, "CURRENT"), "nonsense");
      },
    ],
  ])("that is %s is refused in words", async (_what, make) => {
    const folder = join(await temporaryFolder(), "store");
    await make(folder);
    await expect(openLevelStore(folder)).rejects.toMatchObject({
      name: "BeltError",
      code: "STORE_FAILED",
      at: folder,
    });
  });
});

describe("a process that is killed", () => {
  test("leaves every batch that it was told is written, and no batch by half", async () => {
    const folder = await temporaryFolder();
    let last = 0;
    for (let round = 0; round < 4; round++) {
      const writer = await startWriter(folder);
      // In mid-batch, at a different moment each time: as soon as so many batches are acknowledged.
      const acknowledged = await writer.acknowledged(3 + 7 * round);
      const known = Math.max(acknowledged, await writer.kill());
      const store = await openLevelStore(folder);
      const numbers = await numbersIn(store);
      await store.close();
      expect(numbers).toHaveLength(1);
      last = numbers[0] ?? 0;
      expect(last).toBeGreaterThanOrEqual(known);
      // At most the one batch that was under way.
      expect(last).toBeLessThanOrEqual(known + 1);
    }
    expect(last).toBeGreaterThan(0);
  });
});

/** The different batch numbers that the store's entries have: one, unless a batch is there by half. */
async function numbersIn(store: Store): Promise<number[]> {
  const numbers = new Set<number>();
  let entries = 0;
  for await (const [, value] of store.entries({ prefix: "entry/" })) {
    entries++;
    numbers.add(Number.parseInt(Buffer.from(value).toString("latin1"), 10));
  }
  expect(entries).toBe(50);
  return [...numbers];
}

interface Writer {
  /** Resolves when batch `number` is acknowledged, with the last one that is. */
  acknowledged(number: number): Promise<number>;
  /** Kills the process; gives the last batch that it acknowledged. */
  kill(): Promise<number>;
}

async function startWriter(folder: string): Promise<Writer> {
  const script = fileURLToPath(new URL("../../support/storeWriter.ts", import.meta.url));
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const seen = lines[Symbol.asyncIterator]();
  let last = 0;
  const next = async (): Promise<boolean> => {
    const { done, value } = await seen.next();
    if (done !== true && value !== "open") last = Number(value);
    return done !== true;
  };
  if (!(await next())) throw new Error("the writer did not open the store");
  return {
    async acknowledged(number) {
      while (last < number && (await next())) {}
      return last;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
      // What it said before it died is still in the pipe.
      while (await next()) {}
      return last;
    },
  };
}
