import { describe, expect, it } from "vitest";
import { type Change, MemoryStore, type Range } from "../../../nodes/store/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { contentsOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { useChain, useWriter } from "./useChain.ts";

const used = useChain();
const writer = useWriter(used);
const { anchor } = writer;

describe("what is kept of the ledger", () => {
  it("goes on where the store ends, and asks for nothing twice", async () => {
    const store = new MemoryStore();
    await anchor();
    await (await used.read({ store })).close();
    await anchor();
    const kept =
      Math.max(...[...writer.ledger.view.heads.values()].flat().map(({ anchored }) => anchored.block)) - 1;
    const reader = await used.read({ store, url: used.proxy.url });
    expect(contentsOf(reader.view)).toEqual(await used.rebuilt());
    const asked = used.proxy.calls.filter(({ method }) => method === "eth_getLogs");
    expect(asked.length).toBeGreaterThan(0);
    for (const { params } of asked) expect(Number(Object(params[0]).fromBlock)).toBeGreaterThan(kept);
    await reader.close();
  });

  it("reads anew what was deleted, or damaged", async () => {
    const store = new MemoryStore();
    await (await used.read({ store })).close();
    const keys: string[] = [];
    for await (const key of store.keys({ prefix: "ledger/blocks/" })) keys.push(key);
    expect(keys.length).toBeGreaterThan(5);
    for (const value of [undefined, Buffer.from("{"), Buffer.from('{"number":1}')]) {
      const key = keys[3] ?? expect.fail();
      await store.batch([value ? { type: "put", key, value } : { type: "del", key: "ledger/cursor" }]);
      const reader = await used.read({ store });
      expect(contentsOf(reader.view)).toEqual(await used.rebuilt());
      await reader.close();
    }
    for await (const key of store.keys({ prefix: "ledger/" })) await store.batch([{ type: "del", key }]);
    const reader = await used.read({ store });
    expect(contentsOf(reader.view)).toEqual(await used.rebuilt());
    await reader.close();
  });

  it("misses nothing that another worker keeps in the same store while it is read", async () => {
    const store = new MemoryStore();
    const other = await used.read({ store });
    class ChangingStore extends MemoryStore {
      override get = (key: string) => store.get(key);
      override keys = (range: Range) => store.keys(range);
      override batch = (changes: readonly Change[]) => store.batch(changes);
      override async *entries(range: Range) {
        yield* store.entries(range);
        await anchor();
        await used.agrees(other);
      }
    }
    const reader = await used.read({ store: new ChangingStore() });
    await used.agrees(reader);
    await reader.close();
    await other.close();
  });

  it("makes up for what the disk refused, when it takes it again", async () => {
    class FailingStore extends MemoryStore {
      fails = false;
      override async batch(changes: readonly Change[]): Promise<void> {
        if (this.fails) throw new BeltError("STORE_FAILED", "The disk is full.");
        return super.batch(changes);
      }
    }
    const store = new FailingStore();
    const warnings: unknown[] = [];
    const nothing = () => undefined;
    const log = {
      debug: nothing,
      info: nothing,
      error: nothing,
      warn: (...all: unknown[]) => warnings.push(all),
    };
    const reader = await used.read({ store, log });
    const snapshot = await used.chain.rpc("evm_snapshot");
    await anchor();
    await used.agrees(reader);
    store.fails = true;
    const { block } = await anchor();
    await until(() => reader.state().reason?.code === "STORE_FAILED");
    expect(reader.view.head?.number).toBe(block);
    await used.chain.rpc("evm_revert", snapshot);
    await used.chain.mine(1);
    await until(() => reader.view.head?.number !== block);
    store.fails = false;
    await anchor(await used.chain.open(2));
    await until(() => reader.state().phase === "following");
    await used.agrees(reader);
    await reader.close();
    warnings.length = 0;
    const resumed = await used.read({ store, log });
    expect(contentsOf(resumed.view)).toEqual(await used.rebuilt());
    expect(warnings).toEqual([]);
    await resumed.close();
  });
});
