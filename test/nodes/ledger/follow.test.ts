import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { directoryKey } from "../../../nodes/ledger/deployment.ts";
import { type Ledger, type LedgerReader, openLedgerReader } from "../../../nodes/ledger/index.ts";
import { type Change, MemoryStore } from "../../../nodes/store/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { Receipts__factory } from "../../../types/factories/Receipts__factory.ts";
import { contentsOf, hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { type RpcProxy, startProxy } from "./rpcProxy.ts";
import { addressOfMember, inSeconds, publishBelt, startTestChain, type TestChain } from "./testChain.ts";

let chain: TestChain;
let proxy: RpcProxy;
let writer: Ledger;
beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(async () => {
  await chain?.stop();
});
beforeEach(async () => {
  proxy = await startProxy(chain.url);
  // A new submitter for every test: reorganisations take back even what the chain calls final.
  writer = await chain.open(1);
});
afterEach(async () => {
  await writer.close();
  await proxy.stop();
});

let heads = 0;
/** Anchors a head that nobody anchored before: one event in one block. */
const anchor = (ledger: Ledger = writer) => ledger.anchor({ size: ++heads, root: hashOf("head", heads) });

const read = (options: object = {}): Promise<LedgerReader> =>
  openLedgerReader({ url: chain.url, directory: chain.deployment.directory, poll: 10, ...options });

/** What a reader says that has read everything anew. */
async function rebuilt(): Promise<unknown> {
  const reader = await read();
  await reader.close();
  return contentsOf(reader.view);
}

/** Waits until a reader says the same as one that has read everything anew. */
const agrees = (reader: LedgerReader) =>
  until(async () => {
    if (reader.view.head?.number !== (await chain.height())) return false;
    expect(contentsOf(reader.view)).toEqual(await rebuilt());
    return true;
  });

describe("catching up", () => {
  it("asks for less when the ledger's node cannot answer so much", async () => {
    for (let count = 0; count < 5; count++) await anchor();
    await chain.mine(200);
    proxy.refuse = ({ method, params: [filter] }) => {
      if (method !== "eth_getLogs" || typeof filter !== "object" || filter === null) return undefined;
      const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string };
      return Number(toBlock) - Number(fromBlock) >= 7 ? "query returned more than 7 blocks" : undefined;
    };
    const reader = await read({ url: proxy.url });
    expect(contentsOf(reader.view)).toEqual(await rebuilt());
    await reader.close();
  });

  it("goes on where the store ends, and asks for nothing twice", async () => {
    const store = new MemoryStore();
    await anchor();
    await (await read({ store })).close();
    await anchor();
    const kept =
      Math.max(...[...writer.view.heads.values()].flat().map(({ anchored }) => anchored.block)) - 1;
    const reader = await read({ store, url: proxy.url });
    expect(contentsOf(reader.view)).toEqual(await rebuilt());
    const asked = proxy.calls.filter(({ method }) => method === "eth_getLogs");
    expect(asked.length).toBeGreaterThan(0);
    for (const { params } of asked) expect(Number(Object(params[0]).fromBlock)).toBeGreaterThan(kept);
    await reader.close();
  });

  it("reads anew what was deleted, or damaged", async () => {
    const store = new MemoryStore();
    await (await read({ store })).close();
    const keys: string[] = [];
    for await (const key of store.keys({ prefix: "ledger/blocks/" })) keys.push(key);
    expect(keys.length).toBeGreaterThan(5);
    for (const value of [undefined, Buffer.from("{"), Buffer.from('{"number":1}')]) {
      const key = keys[3] ?? expect.fail();
      await store.batch([value ? { type: "put", key, value } : { type: "del", key: "ledger/cursor" }]);
      const reader = await read({ store });
      expect(contentsOf(reader.view)).toEqual(await rebuilt());
      await reader.close();
    }
    for await (const key of store.keys({ prefix: "ledger/" })) await store.batch([{ type: "del", key }]);
    const reader = await read({ store });
    expect(contentsOf(reader.view)).toEqual(await rebuilt());
    await reader.close();
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
    const reader = await read({ store, log });
    const snapshot = await chain.rpc("evm_snapshot");
    await anchor();
    await agrees(reader);
    store.fails = true;
    const { block } = await anchor();
    await until(() => reader.state().reason?.code === "STORE_FAILED");
    expect(reader.view.head?.number).toBe(block);
    await chain.rpc("evm_revert", snapshot);
    await chain.mine(1);
    await until(() => reader.view.head?.number !== block);
    store.fails = false;
    await anchor(await chain.open(2));
    await until(() => reader.state().phase === "following");
    await agrees(reader);
    await reader.close();
    warnings.length = 0;
    const resumed = await read({ store, log });
    expect(contentsOf(resumed.view)).toEqual(await rebuilt());
    expect(warnings).toEqual([]);
    await resumed.close();
  });

  it("reads again what changed while it was read", async () => {
    await anchor();
    let changed = 0;
    proxy.change = ({ method }, answer) => {
      if (method !== "eth_getLogs" || changed++ > 1 || !Array.isArray(answer.result)) return;
      for (const log of answer.result) log.blockHash = hashOf("another");
    };
    const reader = await read({ url: proxy.url });
    expect(contentsOf(reader.view)).toEqual(await rebuilt());
    await reader.close();
  });

  it("sees contracts that the directory names later, and keeps those that it named before", async () => {
    const reader = await read();
    const { Profiles, Receipts } = chain.deployment.contracts;
    const administrator = addressOfMember(0);
    const deploy = await new Receipts__factory().getDeployTransaction(Profiles);
    const before = await anchor();
    const hash = await chain.rpc("eth_sendTransaction", { from: administrator, data: deploy.data });
    const { contractAddress } = Object(await chain.rpc("eth_getTransactionReceipt", hash));
    const name = async (target: string) => {
      const data = interfaces.Directory.encodeFunctionData("set", [directoryKey("Receipts"), target]);
      await chain.rpc("eth_sendTransaction", { from: administrator, to: chain.deployment.directory, data });
      await until(() => writer.view.directory.get("Receipts") === target);
    };
    await name(contractAddress);
    const after = await anchor();
    await agrees(reader);
    const known = reader.view.heads.get(writer.account)?.map(({ anchored }) => anchored.block);
    expect(known).toContain(before.block);
    expect(known).toContain(after.block);
    await name(Receipts);
    await reader.close();
  });
});

describe("a reorganisation", () => {
  it("of blocks that name no parent is noticed", async () => {
    const reader = await read({ url: proxy.url });
    const snapshot = await chain.rpc("evm_snapshot");
    await chain.rpc("hardhat_mine", "0x6");
    await anchor();
    await agrees(reader);
    // It looks again only when the block after its own is one of those.
    proxy.down = true;
    await until(() => reader.state().phase === "unreachable");
    await chain.rpc("evm_revert", snapshot);
    await chain.rpc("hardhat_mine", "0x20");
    proxy.down = false;
    await agrees(reader);
    await reader.close();
  });

  it("is taken back, and told as a change", async () => {
    const store = new MemoryStore();
    const reader = await read({ store });
    const ends = new AbortController();
    const changes = reader.changes(ends.signal)[Symbol.asyncIterator]();
    const snapshot = await chain.rpc("evm_snapshot");
    const common = await chain.height();
    const { block } = await anchor();
    await reader.reached(block);
    expect((await changes.next()).value).toMatchObject({ events: [{ event: "HeadAnchored", block }] });
    await chain.rpc("evm_revert", snapshot);
    const rival = await chain.open(2);
    await anchor(rival);
    const size = heads;
    await agrees(reader);
    const told = [];
    while (reader.view.head?.number !== told.at(-1)?.head?.number) told.push((await changes.next()).value);
    expect(Math.min(...told.map(({ rolledBackTo = Number.POSITIVE_INFINITY }) => rolledBackTo))).toBe(common);
    expect(told.flatMap(({ events }) => events)).toMatchObject([{ event: "HeadAnchored", size }]);
    await reader.close();
    const resumed = await read({ store });
    expect(contentsOf(resumed.view)).toEqual(await rebuilt());
    await resumed.close();
    ends.abort();
    expect((await changes.next()).done).toBe(true);
  });

  it("is noticed when the chain only got shorter", async () => {
    const reader = await read();
    const snapshot = await chain.rpc("evm_snapshot");
    await anchor();
    await agrees(reader);
    await chain.rpc("evm_revert", snapshot);
    await agrees(reader);
    await reader.close();
  });

  it("is noticed after it happened while the node was down", async () => {
    const store = new MemoryStore();
    const snapshot = await chain.rpc("evm_snapshot");
    await anchor();
    await chain.mine(3);
    await anchor();
    await (await read({ store })).close();
    await chain.rpc("evm_revert", snapshot);
    const rival = await chain.open(3);
    await anchor(rival);
    const reader = await read({ store });
    expect(contentsOf(reader.view)).toEqual(await rebuilt());
    await reader.close();
  });

  it("of random depth, again and again, leaves what a rebuild gives", async () => {
    const store = new MemoryStore();
    const reader = await read({ store });
    const belt = await publishBelt(writer, `belt-${heads}`);
    const snapshots: unknown[] = [];
    // Depths in blocks from 1 to 64, in a fixed disorder.
    for (const [round, depth] of [1, 7, 64, 3, 30, 2, 15, 64].entries()) {
      snapshots.push(await chain.rpc("evm_snapshot"));
      const member = await chain.open(1 + (round % 4));
      await chain.mine(Math.max(0, depth - 2));
      await anchor(member);
      if (depth > 1) {
        const root = hashOf("root", round, depth);
        await member.book({ belt, root, count: 1 + depth, deadline: inSeconds(100_000), maxCost: 1_000n });
      }
      await member.close();
      await agrees(reader);
      if (round % 3 !== 2) {
        await chain.rpc("evm_revert", snapshots.splice(-1 - (round % 2))[0]);
        await chain.mine(round % 5);
        await agrees(reader);
      }
    }
    await reader.close();
    const resumed = await read({ store });
    expect(contentsOf(resumed.view)).toEqual(await rebuilt());
    await resumed.close();
  });
});

it("a ledger that takes back more than any reorganisation does is another one", async () => {
  const store = new MemoryStore();
  const snapshot = await chain.rpc("evm_snapshot");
  const reader = await read({ store });
  await chain.mine(300);
  await until(async () => reader.view.head?.number === (await chain.height()));
  await chain.rpc("evm_revert", snapshot);
  await until(() => reader.state().phase === "replaced");
  expect(reader.state().reason?.message).toContain("no reorganisation goes back so far");
  await reader.close();
});

describe("a ledger that is gone", () => {
  it("is waited for, and followed again", async () => {
    const ledger = await chain.open(4, { url: proxy.url });
    await ledger.caughtUp();
    proxy.down = true;
    await until(() => ledger.state().phase === "unreachable");
    expect(ledger.state().reason).toMatchObject({ code: "LEDGER_UNREACHABLE", retryable: true });
    await expect(ledger.caughtUp(undefined, { patient: false })).rejects.toMatchObject({
      code: "LEDGER_UNREACHABLE",
    });
    const anchored = ledger.anchor({ size: ++heads, root: hashOf("waiting") });
    const { block } = await anchor();
    proxy.down = false;
    await ledger.reached(block);
    expect((await anchored).block).toBeGreaterThan(block);
    expect(ledger.state()).toMatchObject({ phase: "following", reason: undefined });
  });

  it("is not asked for ever when the caller gives up", async () => {
    const ledger = await chain.open(4, { url: "http://127.0.0.1:1" });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(ledger.caughtUp(signal)).rejects.toThrow("enough");
    await expect(ledger.anchor({ size: 1, root: hashOf("x") }, { signal })).rejects.toThrow("enough");
    await ledger.close();
  });
});

describe("what is not as it should be", () => {
  it("an event that is none of this version's contracts stops following, and says so", async () => {
    proxy.change = ({ method }, answer) => {
      if (method !== "eth_getLogs" || !Array.isArray(answer.result)) return;
      for (const log of answer.result) if (Number(log.blockNumber) > 20) log.data = log.data.slice(0, 66);
    };
    await anchor();
    await expect(read({ url: proxy.url })).rejects.toMatchObject({
      code: "LEDGER_EVENT_INVALID",
      at: expect.stringMatching(/^block \d+, log \d+$/),
    });
  });

  it("a network that knows no final blocks is followed all the same", async () => {
    proxy.refuse = ({ params }) => (params.includes("finalized") ? "unknown block tag" : undefined);
    const reader = await read({ url: proxy.url });
    expect(reader.state().finalized).toBe(await chain.height());
    await reader.close();
  });

  it("a clock an hour off is told by the server's clock", async () => {
    let ahead = 3_600_000;
    const reader = await read({ now: () => Date.now() + ahead });
    expect(reader.clockWarning()).toMatchObject({
      code: "CLOCK_SKEWED",
      message: expect.stringMatching(/3\d{3} seconds ahead of the ledger's node/),
    });
    ahead = 0;
    await until(() => reader.clockWarning() === undefined);
    await reader.close();
  });

  it("a ledger's clock an hour off is told by its newest block", async () => {
    const reader = await read();
    expect(reader.clockWarning()).toBeUndefined();
    const snapshot = await chain.rpc("evm_snapshot");
    await chain.rpc("evm_setNextBlockTimestamp", inSeconds(3_600));
    await chain.mine(1);
    const warning = await until(() => reader.clockWarning());
    expect(warning.message).toMatch(/3\d{3} seconds behind the ledger's newest block/);
    await chain.rpc("evm_revert", snapshot);
    await reader.close();
  });
});
