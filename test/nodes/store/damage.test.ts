import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Change, checkedStore, MemoryStore, openLevelStore } from "../../../nodes/store/index.ts";
import { damageIn } from "../../../nodes/store/journal.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { keysOf, storeCompliance } from "../../support/storeCompliance.ts";

const put = (key: string, value: Uint8Array | string): Change => ({
  type: "put",
  key,
  value: Buffer.from(value),
});

storeCompliance("a checked store", async () => ({ store: checkedStore(new MemoryStore()) }));

describe("a record that was changed since it was written", () => {
  const value = "what was acknowledged";

  test.each<[string, (record: Buffer, other: Buffer) => Uint8Array]>([
    ...[0, 5, 17].map((at): [string, (record: Buffer) => Uint8Array] => [
      `by one bit of byte ${at}`,
      (record) => {
        record.writeUInt8(record.readUInt8(at) ^ 4, at);
        return record;
      },
    ]),
    ["and lost its end", (record) => record.subarray(0, 12)],
    ["and lost all but a byte", (record) => record.subarray(0, 1)],
    ["and lost everything", () => Buffer.alloc(0)],
    ["into zeros", (record) => Buffer.alloc(record.length)],
    ["into another's", (_record, other) => other],
  ])("%s is not given out, but named", async (_what, change) => {
    const below = new MemoryStore();
    const store = checkedStore(below);
    await store.batch([put("inbox/a", value), put("inbox/b", value), put("inbox/c", value)]);
    const record = Buffer.from((await below.get("inbox/b")) ?? []);
    const other = Buffer.from((await below.get("inbox/c")) ?? []);
    await below.batch([put("inbox/b", change(record, other))]);

    const damaged = { name: "BeltError", code: "STORE_DAMAGED", at: "inbox/b" };
    await expect(store.get("inbox/b")).rejects.toMatchObject(damaged);
    const seen: string[] = [];
    const walk = async (): Promise<void> => {
      for await (const [key] of store.entries({ prefix: "inbox/" })) seen.push(key);
    };
    await expect(walk()).rejects.toMatchObject(damaged);
    expect(seen).toEqual(["inbox/a"]);
    expect(store.damaged()).toEqual(["inbox/b"]);
    expect(Buffer.from((await store.get("inbox/a")) ?? []).toString()).toBe(value);

    await store.batch([put("inbox/b", "anew")]);
    expect(Buffer.from((await store.get("inbox/b")) ?? []).toString()).toBe("anew");
    expect(store.damaged()).toEqual([]);
  });
});

describe("Level's journal", () => {
  /** A store that wrote three batches and was not closed in time to put them anywhere but in its journal. */
  async function written(size: number): Promise<{ folder: string; journal: string; bytes: Buffer }> {
    const folder = join(await temporaryFolder(), "store");
    const store = await openLevelStore(folder);
    for (const key of ["a", "b", "c"]) await store.batch([put(key, key.repeat(size))]);
    await store.close();
    const name = (await readdir(folder)).find((each) => each.endsWith(".log")) ?? "";
    const journal = join(folder, name);
    return { folder, journal, bytes: await readFile(journal) };
  }

  // One that fits a block of 32 KiB together with the others, and one that takes several.
  test.each([100, 100_000])(
    "with a bit flipped is refused by its name: batches of %i bytes",
    async (size) => {
      const { folder, journal, bytes } = await written(size);
      // In the header of the first batch: its checksum, length and kind; and in what it holds.
      for (const place of [0, 4, 5, 6, 20, 40]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
        await writeFile(journal, changed);
        await expect(openLevelStore(folder)).rejects.toMatchObject({
          name: "BeltError",
          code: "STORE_DAMAGED",
          at: `${journal}:0`,
        });
      }
      await writeFile(journal, bytes);
      const store = await openLevelStore(folder);
      expect(await keysOf(store)).toEqual(["a", "b", "c"]);
      await store.close();
    },
  );

  test("with a bit flipped in its very last record is refused too, wherever that is", async () => {
    const { bytes } = await written(100);
    // Three batches of the same size: where the last one begins.
    const last = (2 * bytes.length) / 3;
    for (let place = last; place < bytes.length; place++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(place) ^ (1 << bit), place);
        expect(damageIn(changed), `bit ${bit} of byte ${place}`).toBe(last);
      }
    }
    // Less of it, with or without zeros in the place of the rest, is what a crash leaves.
    for (let length = last; length <= bytes.length; length++) {
      const torn = bytes.subarray(0, length);
      expect(damageIn(torn)).toBeUndefined();
      if (length < bytes.length - 1)
        expect(damageIn(Buffer.concat([torn, Buffer.alloc(bytes.length - length)]))).toBeUndefined();
    }
  });

  test("with a bit flipped in a last record of several blocks is refused by the block's part", async () => {
    const { bytes } = await written(100_000);
    for (const place of [bytes.length - 1, bytes.length - 40_000, bytes.length - 80_000]) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(place) ^ 0x20, place);
      expect(damageIn(changed)).toBeLessThanOrEqual(place);
    }
  });

  test.each([100, 100_000])("with a torn end is what a crash leaves: batches of %i bytes", async (size) => {
    const { folder, journal, bytes } = await written(size);
    await writeFile(journal, Buffer.concat([bytes.subarray(0, -10), Buffer.alloc(5_000)]));
    const store = await openLevelStore(folder);
    expect(await keysOf(store)).toEqual(["a", "b"]);
    await store.close();
  });
});
