import { describe, expect, onTestFinished, test } from "vitest";
import { restoreBackup } from "../../../nodes/backup/index.ts";
import { openNodeStore } from "../../../nodes/nodeStore.ts";
import {
  beginRestoring,
  type Change,
  openPostgresStore,
  placeOf,
  reachPostgres,
  restoredOf,
  type Store,
} from "../../../nodes/store/index.ts";
import { madeBackup, taken } from "../../support/backup.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { withPostgres } from "../../support/postgres.ts";
import { durableStoreCompliance, keysOf } from "../../support/storeCompliance.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { until } from "../../support/until.ts";

const postgres = withPostgres();
const put = (key: string, value: Uint8Array | string = ""): Change => ({
  type: "put",
  key,
  value: typeof value === "string" ? Buffer.from(value) : value,
});

durableStoreCompliance("the PostgreSQL store", async () => {
  const url = await postgres.place();
  const store = await openPostgresStore(url);
  return {
    store,
    async reopen() {
      await store.close();
      return openPostgresStore(url);
    },
  };
});

describe("a long range", () => {
  test("is read in pages, and is as it was when it was begun, on all of them", async () => {
    const store = await openPostgresStore(await postgres.place());
    const keys = Array.from({ length: 3_000 }, (_, number) => `k/${String(number).padStart(4, "0")}`);
    await store.batch(keys.map((key) => put(key, key)));
    const entries = store.entries({ prefix: "k/" });
    const names = store.keys({ prefix: "k/" });
    await store.batch(keys.map((key) => ({ type: "del", key })));
    const read = await Array.fromAsync(entries, ([key, value]) => [key, Buffer.from(value).toString()]);
    expect(read).toEqual(keys.map((key) => [key, key]));
    expect(await Array.fromAsync(names)).toEqual(keys);
    expect(await keysOf(store)).toEqual([]);
    await store.close();
  });

  test("may be left on the way, as often as one likes", async () => {
    const store = await openPostgresStore(await postgres.place());
    await store.batch(Array.from({ length: 2_000 }, (_, number) => put(`k/${number}`)));
    for (let time = 0; time < 40; time++) for await (const _ of store.entries({ prefix: "" })) break;
    await store.close();
  });
});

const failed = { name: "BeltError", code: "STORE_FAILED" };
const rest = { least: 10, most: 50 };

test("the table is made once, however many make it", async () => {
  const url = await postgres.place();
  const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore(url)));
  await Promise.all(stores.map((store, number) => store.batch([put(`from/${number}`)])));
  for (const store of stores) {
    expect(await keysOf(store)).toHaveLength(5);
    await store.close();
  }
});

test("what a batch expects holds over all that have the store open", async () => {
  const url = await postgres.place();
  const stores = await Promise.all(Array.from({ length: 4 }, () => openPostgresStore(url)));
  const count = async (store: Store): Promise<void> => {
    for (let done = 0; done < 10; ) {
      const now = await store.get("number");
      const next = put("number", String(Number(Buffer.from(now ?? []).toString()) + 1));
      const written = store.batch([next], new Map([["number", now]]));
      done += await written.then(
        () => 1,
        (error: unknown) => {
          expect(error).toMatchObject({ code: "STORE_CONFLICT", at: "number" });
          return 0;
        },
      );
    }
  };
  await Promise.all(stores.map(count));
  expect(Buffer.from((await stores[0]?.get("number")) ?? []).toString()).toBe("40");
  await Promise.all(stores.map((store) => store.close()));
});

describe("a connection that is cut", () => {
  async function opened() {
    const url = new URL(await postgres.place());
    const proxy = await TcpProxy.to(Number(url.port));
    url.port = String(proxy.port);
    const store = await openPostgresStore(url.href, { rest });
    onTestFinished(async () => {
      await store.close();
      await proxy.close();
    });
    await store.batch([put("before")]);
    /** Cuts at the first piece of one side that holds this, once. */
    const cutAt = (side: "client" | "server", text: string): void => {
      proxy.fate = (from, data) => {
        if (from !== side || !data.includes(text)) return "passes";
        proxy.fate = () => "passes";
        return "cuts";
      };
    };
    return { store, cutAt };
  }

  test("before the server was told to keep the write: it is not there, and the next one is", async () => {
    const { store, cutAt } = await opened();
    cutAt("client", "commit");
    await expect(store.batch([put("a")])).rejects.toMatchObject(failed);
    await store.batch([put("b")]);
    expect(await keysOf(store)).toEqual(["b", "before"]);
  });

  test("after the server kept the write, and before it said so: the write is done", async () => {
    const { store, cutAt } = await opened();
    cutAt("server", "COMMIT");
    await store.batch([put("a")]);
    expect(await keysOf(store)).toEqual(["a", "before"]);
  });

  test("while a long range is read, page by page: whoever reads is told, and nobody else", async () => {
    const { store, cutAt } = await opened();
    await store.batch(Array.from({ length: 6_000 }, (_, number) => put(`k/${number}`)));
    const read: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const key of store.keys({ prefix: "k/" })) {
        if (read.length === 0) cutAt("client", "order by key");
        read.push(key);
      }
    };
    await expect(reading()).rejects.toMatchObject(failed);
    expect(read.length).toBeGreaterThan(0);
    expect(await keysOf(store, { prefix: "k/" })).toHaveLength(6_000);
  });

  test("while a range is read: whoever reads is told, and can read again", async () => {
    const { store, cutAt } = await opened();
    cutAt("client", "order by key");
    await expect(keysOf(store)).rejects.toMatchObject(failed);
    expect(await keysOf(store)).toEqual(["before"]);
  });
});

test("a database that has gone is trouble without any write, and none once it is back", async () => {
  const store = await openPostgresStore(await postgres.place(), { rest });
  await store.batch([put("a", "1")]);
  await postgres.stop();
  const trouble = await until(() => store.trouble());
  expect(trouble).toMatchObject(failed);
  await until(() => store.trouble()?.message.includes("ECONNREFUSED"));
  await expect(store.get("a")).rejects.toMatchObject(failed);
  await expect(store.batch([put("b")])).rejects.toMatchObject(failed);
  await postgres.start();
  await until(() => store.trouble() === undefined);
  await store.batch([put("c")]);
  expect(await keysOf(store)).toEqual(["a", "c"]);
  await store.close();
});

test("a database that cannot be reached is refused by its place, without user and password", async () => {
  const opening = openPostgresStore("postgres://someone:secret@127.0.0.1:1/nothing");
  await expect(opening).rejects.toMatchObject({ ...failed, at: "127.0.0.1:1/nothing" });
  await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
});

test("a database can be asked whether it answers, and is not changed by that", async () => {
  const url = await postgres.place();
  await reachPostgres(url);
  await expect(postgres.run(url, "select * from belt_entries")).rejects.toThrow("does not exist");
  await expect(reachPostgres("postgres://127.0.0.1:1/nothing")).rejects.toMatchObject(failed);
});

describe("a node's store in a database", () => {
  test("has the newest form, and checksums", async () => {
    const url = await postgres.place();
    const data = await temporaryFolder();
    const store = await openNodeStore({ data, store: url });
    await store.batch([put("inbox/a", "what was acknowledged")]);
    await store.close();
    await postgres.run(url, "update belt_entries set value = '\\x00' where key = 'inbox/a'");
    const again = await openNodeStore({ data, store: url });
    await expect(again.get("inbox/a")).rejects.toMatchObject({ code: "STORE_DAMAGED", at: "inbox/a" });
    expect(await keysOf(again)).toEqual(["inbox/a", "schema"]);
    await again.close();
  });

  test("is restored from a backup, once", async () => {
    const { data, file } = await madeBackup(2_000);
    const store = await postgres.place();
    await restoreBackup(file, { data, store });
    const restored = await openNodeStore({ data, store });
    expect(await restoredOf(restored)).toMatchObject({ at: taken.at, checked: false });
    expect(await keysOf(restored, { prefix: "receipt/" })).toHaveLength(2_000);
    await restored.close();
    const twice = restoreBackup(file, { data, store });
    await expect(twice).rejects.toMatchObject({ code: "STORE_EXISTS", at: placeOf(store) });
  });

  test("that a restore did not finish is not worked with, and can be restored again", async () => {
    const { data, file } = await madeBackup(3);
    const store = await postgres.place();
    const half = await openPostgresStore(store);
    await half.batch([beginRestoring, put("receipt/9", "of another backup")]);
    await half.close();
    await expect(openNodeStore({ data, store })).rejects.toMatchObject({ code: "STORE_DAMAGED" });
    await restoreBackup(file, { data, store });
    const restored = await openNodeStore({ data, store });
    expect(await keysOf(restored, { prefix: "receipt/" })).toEqual(["receipt/0", "receipt/1", "receipt/2"]);
    await restored.close();
  });
});
