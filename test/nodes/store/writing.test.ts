import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Database, openDatabase } from "../../../nodes/store/database.ts";
import { type Change, checkedStore, type Store } from "../../../nodes/store/index.ts";
import { openLevelStore } from "../../../nodes/store/level.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";

const put = (key: string): Change => ({ type: "put", key, value: Buffer.from(`value of ${key}`) });

/** How a disk takes a write: as it should; not at all; or it takes it, and says that it did not. */
type Habit = "works" | "fails" | "fails after writing";

/** Databases in one folder, whose disk is as the test wants it. */
class Disk {
  habit: Habit = "works";
  /** What every write had, the databases' own marks left out. */
  readonly writes: { readonly keys: string[]; readonly sync: boolean }[] = [];
  /** The bytes that it was given, as they are. */
  readonly values = new Map<string, Uint8Array>();
  opened = 0;
  /** Writes wait until this is resolved. */
  gate: Promise<void> = Promise.resolve();

  readonly open = async (folder: string): Promise<Database> => {
    const database = await openDatabase(folder);
    this.opened++;
    return {
      get: (key) => database.get(key),
      iterator: (bounds) => database.iterator(bounds),
      keys: (bounds) => database.keys(bounds),
      close: () => database.close(),
      batch: async (changes, options) => {
        const { habit } = this;
        this.writes.push({
          keys: changes.map(({ key }) => key).filter((key) => key >= " "),
          sync: options.sync,
        });
        for (const change of changes) if (change.type === "put") this.values.set(change.key, change.value);
        const copies = changes.map((change) =>
          change.type === "put" ? { ...change, value: Buffer.from(change.value) } : change,
        );
        await this.gate;
        if (habit !== "fails") await database.batch(copies, options);
        if (habit !== "works") throw new Error("IO error: 000003.log: No space left on device");
      },
    };
  };

  store(folder: string, handedOver = false): Promise<Store> {
    return openLevelStore(folder, { open: this.open, rest: { least: 10, most: 20 }, handedOver });
  }
}

async function opened(handedOver = false): Promise<{ disk: Disk; store: Store }> {
  const disk = new Disk();
  return { disk, store: await disk.store(join(await temporaryFolder(), "store"), handedOver) };
}

const failed = { name: "BeltError", code: "STORE_FAILED" };

describe("writes", () => {
  test("reach the disk before they are called done, each of them", async () => {
    const { disk, store } = await opened();
    await store.batch([put("a")]);
    await Promise.all([store.batch([put("b")]), store.batch([put("c")])]);
    expect(disk.writes.map(({ sync }) => sync)).toEqual(disk.writes.map(() => true));
    expect(disk.writes.flatMap(({ keys }) => keys)).toEqual(["a", "b", "c"]);
    await store.close();
  });

  test("that come while the disk is busy are one together", async () => {
    const { disk, store } = await opened();
    const { promise, resolve } = Promise.withResolvers<void>();
    disk.gate = promise;
    const all = Array.from({ length: 50 }, (_, index) => store.batch([put(`k${10 + index}`)]));
    resolve();
    await Promise.all(all);
    expect(disk.writes.map(({ keys }) => keys.length)).toEqual([1, 49]);
    expect(await keysOf(store)).toHaveLength(50);
    await store.close();
  });
});

describe("bytes that are put", () => {
  const value = () => Buffer.from("as they were");

  /** Puts bytes while the disk is free, and while it is busy, and changes them at once; gives what is kept. */
  async function changedAtOnce(disk: Disk, store: Store): Promise<string[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    disk.gate = promise;
    const given = { first: value(), second: value() };
    const written = Object.entries(given).map(([key, bytes]) =>
      store.batch([{ type: "put", key, value: bytes }]),
    );
    for (const bytes of Object.values(given)) bytes.fill("x");
    resolve();
    await Promise.all(written);
    const kept = await Promise.all(Object.keys(given).map((key) => store.get(key)));
    return kept.map((bytes) => Buffer.from(bytes ?? []).toString());
  }

  test("are kept as they were, though they are changed while the disk is busy", async () => {
    const { disk, store } = await opened();
    expect(await changedAtOnce(disk, store)).toEqual(["as they were", "as they were"]);
    await store.close();
  });

  test("and handed over are copied by nobody: a checked store has made records of them", async () => {
    const { disk, store } = await opened(true);
    const bytes = value();
    await store.batch([{ type: "put", key: "own", value: bytes }]);
    expect(disk.values.get("own")).toBe(bytes);
    expect(await changedAtOnce(disk, checkedStore(store))).toEqual(["as they were", "as they were"]);
    await store.close();
  });
});

describe("a write that fails", () => {
  test("is not there; what comes next is refused with the reason, until the disk takes data again", async () => {
    const { disk, store } = await opened();
    await store.batch([put("a")]);
    disk.habit = "fails";
    const write = store.batch([put("b")]);
    await until(() => store.trouble());
    expect(store.trouble()).toMatchObject({ ...failed, message: expect.stringContaining("No space left") });
    await expect(store.batch([put("c")])).rejects.toMatchObject(failed);
    expect(
      disk.writes.flatMap(({ keys }) => keys),
      "nothing is written behind it",
    ).toEqual(["a", "b"]);
    disk.habit = "works";
    await expect(write).rejects.toMatchObject(failed);
    expect(store.trouble()).toBeUndefined();
    expect(disk.opened).toBeGreaterThan(1);
    await store.batch([put("d")]);
    expect(await keysOf(store)).toEqual(["a", "d"]);
    await store.close();
  });

  test("and is on the disk all the same is done, once that is known", async () => {
    const { disk, store } = await opened();
    disk.habit = "fails after writing";
    let settled = false;
    const write = store.batch([put("a")]).finally(() => {
      settled = true;
    });
    await until(() => disk.opened > 2);
    expect(settled, "nobody is told what is not known").toBe(false);
    disk.habit = "works";
    await write;
    expect(await keysOf(store)).toEqual(["a"]);
    await store.close();
  });

  test("leaves what was written before it to be read", async () => {
    const { disk, store } = await opened();
    await store.batch([put("a")]);
    disk.habit = "fails";
    const write = store.batch([put("b")]);
    await until(() => disk.opened > 1);
    const found = await until(() => store.get("a").catch(() => undefined));
    expect(Buffer.from(found).toString()).toBe("value of a");
    disk.habit = "works";
    await expect(write).rejects.toMatchObject(failed);
    await store.close();
  });

  test("holds up no one who closes the store", async () => {
    const { disk, store } = await opened();
    disk.habit = "fails";
    const write = store.batch([put("a")]);
    const queued = store.batch([put("b")]);
    await until(() => store.trouble());
    const closing = store.close();
    await expect(write).rejects.toMatchObject({ code: "STORE_CLOSED" });
    await expect(queued).rejects.toMatchObject({ code: "STORE_CLOSED" });
    await closing;
  });
});
