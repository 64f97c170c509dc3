import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { directoryKey } from "../../../nodes/ledger/deployment.ts";
import type { Ledger } from "../../../nodes/ledger/index.ts";
import { type Change, MemoryStore, type Range } from "../../../nodes/store/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { Receipts__factory } from "../../../types/factories/Receipts__factory.ts";
import { contentsOf, hashOf } from "../../pipeline/index/ledger.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { until } from "../../support/until.ts";
import { addressOfMember, inSeconds } from "./testChain.ts";
import { useChain } from "./useChain.ts";

const used = useChain();
let writer: Ledger;
beforeEach(async () => {
  // A new submitter for every test: reorganisations take back even what the chain calls final.
  writer = await used.chain.open(1);
});
afterEach(async () => {
  await writer.close();
});

/** Anchors a head that nobody anchored before: one event in one block. */
const anchor = (ledger: Ledger = writer) => ledger.anchor(used.head());

describe("a subscription to new blocks", () => {
  it("has them read as they come, long before they would be asked for", async () => {
    const reader = await used.read({ subscribe: true, poll: 600_000 });
    // Each time another block, as long as it is not yet subscribed.
    await until(async () => {
      await anchor();
      const height = await used.chain.height();
      return reader.view.head !== undefined && reader.view.head.number >= height - 1;
    });
    await anchor();
    await used.agrees(reader);
    await reader.close();
  });

  it("is made anew when it tells of nothing though blocks come", async () => {
    const proxy = await TcpProxy.to(Number(new URL(used.chain.url).port));
    let [subscriptions, isMute] = [0, false];
    proxy.fate = (from, data) => {
      const isTold = from === "server" && data.includes("eth_subscription");
      // Only the upgrade's answer comes in as it is: what a client sends on a WebSocket is masked.
      if (from === "server" && data.includes("101 Switching Protocols")) subscriptions++;
      return isTold && isMute ? "vanishes" : "passes";
    };
    const reader = await used.read({
      ...{ subscribe: true, poll: 600_000 },
      url: `http://127.0.0.1:${proxy.port}`,
    });
    const hears = async () => {
      const before = await used.chain.height();
      await until(async () => {
        await used.chain.mine(1);
        return (reader.view.head?.number ?? 0) > before;
      });
    };
    await hears();
    expect(subscriptions).toBe(1);
    isMute = true;
    await used.chain.mine(1);
    // Somebody asks.
    await reader.look();
    await until(() => subscriptions === 2, { what: "the second subscription" });
    isMute = false;
    await hears();
    await reader.close();
    await proxy.close();
  });

  it("is done without where the ledger's node has none", async () => {
    const reader = await used.read({ subscribe: true, url: used.proxy.url });
    await anchor();
    await used.agrees(reader);
    await reader.close();
  });
});

describe("catching up", () => {
  it("asks for less when the ledger's node cannot answer so much", async () => {
    for (let count = 0; count < 5; count++) await anchor();
    await used.chain.mine(200);
    used.proxy.refuse = ({ method, params: [filter] }) => {
      if (method !== "eth_getLogs" || typeof filter !== "object" || filter === null) return undefined;
      const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string };
      return Number(toBlock) - Number(fromBlock) >= 7 ? "query returned more than 7 blocks" : undefined;
    };
    const reader = await used.read({ url: used.proxy.url });
    expect(contentsOf(reader.view)).toEqual(await used.rebuilt());
    await reader.close();
  });

  it("goes on where the store ends, and asks for nothing twice", async () => {
    const store = new MemoryStore();
    await anchor();
    await (await used.read({ store })).close();
    await anchor();
    const kept =
      Math.max(...[...writer.view.heads.values()].flat().map(({ anchored }) => anchored.block)) - 1;
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

  it("reads again what changed while it was read", async () => {
    await anchor();
    let changed = 0;
    used.proxy.change = ({ method }, answer) => {
      if (method !== "eth_getLogs" || changed++ > 1 || !Array.isArray(answer.result)) return;
      for (const log of answer.result) log.blockHash = hashOf("another");
    };
    const reader = await used.read({ url: used.proxy.url });
    expect(contentsOf(reader.view)).toEqual(await used.rebuilt());
    await reader.close();
  });

  it("sees contracts that the directory names later, and keeps those that it named before", async () => {
    const reader = await used.read();
    const { Profiles, Receipts } = used.chain.deployment.contracts;
    const anybody = addressOfMember(9);
    const deploy = await new Receipts__factory().getDeployTransaction(Profiles);
    const before = await anchor();
    const hash = await used.chain.rpc("eth_sendTransaction", { from: anybody, data: deploy.data });
    const { contractAddress } = Object(await used.chain.rpc("eth_getTransactionReceipt", hash));
    const name = async (target: string) => {
      const data = interfaces.Directory.encodeFunctionData("set", [directoryKey("Receipts"), target]);
      await used.chain.govern({ target: used.chain.deployment.directory, data });
      await until(() => writer.view.directory.get("Receipts") === target);
    };
    await name(contractAddress);
    const after = await anchor();
    await used.agrees(reader);
    const known = reader.view.heads.get(writer.account)?.map(({ anchored }) => anchored.block);
    expect(known).toContain(before.block);
    expect(known).toContain(after.block);
    await name(Receipts);
    await reader.close();
  });
});

describe("a ledger that is gone", () => {
  it("is waited for, and followed again", async () => {
    const ledger = await used.chain.open(4, { url: used.proxy.url });
    await ledger.caughtUp();
    used.proxy.down = true;
    await until(() => ledger.state().phase === "unreachable");
    expect(ledger.state().reason).toMatchObject({ code: "LEDGER_UNREACHABLE", retryable: true });
    await expect(ledger.caughtUp(undefined, { patient: false })).rejects.toMatchObject({
      code: "LEDGER_UNREACHABLE",
    });
    const anchored = anchor(ledger);
    const { block } = await anchor();
    used.proxy.down = false;
    await ledger.reached(block);
    expect((await anchored).block).toBeGreaterThan(block);
    expect(ledger.state()).toMatchObject({ phase: "following", reason: undefined });
  });

  it("is not asked for ever when the caller gives up", async () => {
    const ledger = await used.chain.open(4, { url: "http://127.0.0.1:1" });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(ledger.caughtUp(signal)).rejects.toThrow("enough");
    await expect(ledger.anchor({ size: 1, root: hashOf("x") }, { signal })).rejects.toThrow("enough");
    await ledger.close();
  });
});

describe("what is not as it should be", () => {
  it("an event that is none of this version's contracts stops following, and says so", async () => {
    used.proxy.change = ({ method }, answer) => {
      if (method !== "eth_getLogs" || !Array.isArray(answer.result)) return;
      for (const log of answer.result) if (Number(log.blockNumber) > 20) log.data = log.data.slice(0, 66);
    };
    await anchor();
    await expect(used.read({ url: used.proxy.url })).rejects.toMatchObject({
      code: "LEDGER_EVENT_INVALID",
      at: expect.stringMatching(/^block \d+, log \d+$/),
    });
  });

  it("a network that knows no final blocks is followed all the same", async () => {
    used.proxy.refuse = ({ params }) => (params.includes("finalized") ? "unknown block tag" : undefined);
    const reader = await used.read({ url: used.proxy.url });
    expect(reader.state().finalized).toBe(await used.chain.height());
    await reader.close();
  });

  it("a network that never names a final block has those that no reorganisation reaches", async () => {
    used.proxy.change = ({ params }, answer) => {
      if (params.includes("finalized")) answer.result = null;
    };
    const reader = await used.read({ url: used.proxy.url });
    expect(reader.state().finalized).toBe((await used.chain.height()) - 256);
    await reader.close();
  });

  it("a clock an hour off is told by the server's clock", async () => {
    let ahead = 3_600_000;
    const reader = await used.read({ now: () => Date.now() + ahead });
    expect(reader.clockWarning()).toMatchObject({
      code: "CLOCK_SKEWED",
      message: expect.stringMatching(/3\d{3} seconds ahead of the ledger's node/),
    });
    ahead = 0;
    await until(() => reader.clockWarning() === undefined);
    await reader.close();
  });

  it("a ledger's clock an hour off is told by its newest block", async () => {
    const reader = await used.read();
    expect(reader.clockWarning()).toBeUndefined();
    const snapshot = await used.chain.rpc("evm_snapshot");
    await used.chain.rpc("evm_setNextBlockTimestamp", inSeconds(3_600));
    await used.chain.mine(1);
    const warning = await until(() => reader.clockWarning());
    expect(warning.message).toMatch(/3\d{3} seconds behind the ledger's newest block/);
    await used.chain.rpc("evm_revert", snapshot);
    await reader.close();
  });
});
