import { describe, expect, test } from "vitest";
import {
  type Change,
  MemoryStore,
  type Migration,
  type Store,
  upgradeStore,
} from "../../../nodes/store/index.ts";
import { keysOf } from "../../support/storeCompliance.ts";

const put = (key: string, text = ""): Change => ({ type: "put", key, value: Buffer.from(text) });
const at = "/var/lib/acme/store";

/** Gives every entry under `old/` the beginning `new/`. */
const renames: Migration = {
  to: 2,
  async *changes(store) {
    for await (const [key, value] of store.entries({ prefix: "old/" })) {
      yield { type: "put", key: key.replace("old/", "new/"), value };
      yield { type: "del", key };
    }
  },
};
const marks: Migration = {
  to: 3,
  async *changes(store) {
    for await (const key of store.keys({ prefix: "new/" })) yield put(`${key}/mark`);
  },
};
const migrations = [renames, marks];
const upgrade = (store: Store, known: readonly Migration[] = migrations): Promise<number> =>
  upgradeStore(store, { migrations: known, at });

async function filled(entries = 2): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.batch(Array.from({ length: entries }, (_, number) => put(`old/${number}`, String(number))));
  return store;
}

describe("a store's form", () => {
  test("is the newest when it is empty, and nothing is done to it", async () => {
    const store = new MemoryStore();
    expect(await upgrade(store)).toBe(3);
    await store.batch([put("old/1")]);
    expect(await upgrade(store)).toBe(3);
    expect(await keysOf(store)).toEqual(["old/1", "schema"]);
  });

  test("is the first when it has entries and names none; it takes one step after the other", async () => {
    const store = await filled();
    expect(await upgrade(store)).toBe(1);
    expect(await keysOf(store)).toEqual(["new/0", "new/0/mark", "new/1", "new/1/mark", "schema"]);
    expect(await upgrade(store)).toBe(3);
  });

  test("is brought to the newest from any other: of the steps those are taken that are missing", async () => {
    const store = await filled();
    expect(await upgrade(store, [renames])).toBe(1);
    expect(await upgrade(store)).toBe(2);
    expect(await keysOf(store)).toContain("new/1/mark");
  });

  test("is changed in more batches than one, when there is much to change", async () => {
    const store = await filled(3_000);
    const sizes: number[] = [];
    const batch = store.batch.bind(store);
    store.batch = (changes) => {
      sizes.push(changes.length);
      return batch(changes);
    };
    await upgrade(store, [renames]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_025);
    expect((await keysOf(store, { prefix: "new/" })).length).toBe(3_000);
    expect(await keysOf(store, { prefix: "old/" })).toEqual([]);
  });

  test("is finished by the next start when a process dies half-way", async () => {
    const store = await filled(3_000);
    const batch = store.batch.bind(store);
    let written = 0;
    store.batch = async (changes) => {
      if (++written > 2) throw new Error("The process is dead.");
      await batch(changes);
    };
    await expect(upgrade(store)).rejects.toMatchObject({ code: "STORE_FAILED", at });
    store.batch = batch;
    expect(await upgrade(store)).toBe(1);
    expect((await keysOf(store, { prefix: "new/" })).length).toBe(6_000);
  });

  test("of a newer program is refused, with both versions in the sentence, and nothing is changed", async () => {
    const store = await filled();
    await upgrade(store);
    const before = await keysOf(store);
    await expect(upgrade(store, [renames])).rejects.toMatchObject({
      code: "STORE_TOO_NEW",
      message: "The store has the form 3, and this version of the program knows the forms up to 2.",
      at,
    });
    expect(await keysOf(store)).toEqual(before);
  });

  test.each(["", "0", "two", "1.5", "-1"])("that is damaged (%j) is refused", async (text) => {
    const store = await filled();
    await store.batch([put("schema", text)]);
    await expect(upgrade(store)).rejects.toMatchObject({ code: "STORE_FAILED", at });
  });
});
