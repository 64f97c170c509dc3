import pino from "pino";
import { describe, expect, test } from "vitest";
import { readBackup } from "../../../nodes/backup/format.ts";
import { backUp } from "../../../nodes/backup/index.ts";
import { checkedStore, MemoryStore } from "../../../nodes/store/index.ts";
import { joinWorkers, requireAlone } from "../../../nodes/workers/index.ts";
import { keysOf } from "../../support/storeCompliance.ts";

const times = { beat: 20, patience: 200 };
const log = pino({ level: "silent" });

async function joined() {
  const store = checkedStore(new MemoryStore());
  const abort = new AbortController();
  const ends: string[] = [];
  const over = (why: string): number => ends.push(why);
  const workers = await joinWorkers({ store, log, over, signal: abort.signal, times });
  return { store, workers, abort, ends };
}

describe("a store", () => {
  test("that a worker has open is not one process's", async () => {
    const { store, workers } = await joined();
    await expect(requireAlone(store, "here", times)).rejects.toMatchObject({
      code: "STORE_LOCKED",
      at: "here",
    });
    await workers.leave();
    await requireAlone(store, "here", times);
  });

  test("that a worker had open which died is free once that is sure, and the dead one writes nothing more", async () => {
    const { store, workers, abort, ends } = await joined();
    abort.abort();
    await requireAlone(store, "here", times);
    const late = workers.store.batch([{ type: "put", key: "late", value: new Uint8Array() }]);
    await expect(late).rejects.toMatchObject({ code: "STORE_CLOSED" });
    expect(ends).toEqual(["The other workers took this one for dead."]);
    expect(await store.get("late")).toBeUndefined();
  });

  test("is backed up without what its workers have of each other", async () => {
    const { store, workers } = await joined();
    await workers.store.batch([{ type: "put", key: "receipt/1", value: new Uint8Array() }]);
    await workers.share.claim("0x1");
    expect((await keysOf(store)).length).toBeGreaterThan(3);
    const header = { member: `0x${"1".repeat(40)}`, at: 1, program: "0.1.0" };
    const { records } = await readBackup(backUp(store, header), "a backup");
    expect(await Array.fromAsync(records, ({ name }) => name)).toEqual(["receipt/1"]);
    await workers.leave();
  });
});
