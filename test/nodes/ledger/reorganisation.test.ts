import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { contentsOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { useChain, useWriter } from "./useChain.ts";

const used = useChain();
const writer = useWriter(used);
const { anchor } = writer;

describe("a reorganisation", () => {
  it("of blocks that name no parent is noticed", async () => {
    const reader = await used.read({ url: used.proxy.url });
    const snapshot = await used.chain.rpc("evm_snapshot");
    await used.chain.rpc("hardhat_mine", "0x6");
    await anchor();
    await used.agrees(reader);
    // It looks again only when the block after its own is one of those.
    used.proxy.down = true;
    await until(() => reader.state().phase === "unreachable");
    await used.chain.rpc("evm_revert", snapshot);
    await used.chain.rpc("hardhat_mine", "0x20");
    used.proxy.down = false;
    await used.agrees(reader);
    await reader.close();
  });

  it("is taken back, and told as a change", async () => {
    const store = new MemoryStore();
    const reader = await used.read({ store });
    const ends = new AbortController();
    const changes = reader.changes(ends.signal)[Symbol.asyncIterator]();
    const snapshot = await used.chain.rpc("evm_snapshot");
    const common = await used.chain.height();
    const { block } = await anchor();
    await reader.reached(block);
    expect((await changes.next()).value).toMatchObject({ events: [{ event: "HeadAnchored", block }] });
    // What is not final when its block goes is sent again, and would be a second event.
    await until(() => writer.ledger.submissions().length === 0);
    await used.chain.rpc("evm_revert", snapshot);
    const rival = await used.chain.open(2);
    const { transaction } = await anchor(rival);
    await used.agrees(reader);
    const told = [];
    while (reader.view.head?.number !== told.at(-1)?.head?.number) told.push((await changes.next()).value);
    expect(Math.min(...told.map(({ rolledBackTo = Number.POSITIVE_INFINITY }) => rolledBackTo))).toBe(common);
    expect(told.flatMap(({ events }) => events)).toMatchObject([{ event: "HeadAnchored", transaction }]);
    await reader.close();
    const resumed = await used.read({ store });
    expect(contentsOf(resumed.view)).toEqual(await used.rebuilt());
    await resumed.close();
    ends.abort();
    expect((await changes.next()).done).toBe(true);
  });

  it("is noticed when the chain only got shorter", async () => {
    const reader = await used.read();
    const snapshot = await used.chain.rpc("evm_snapshot");
    await anchor();
    await used.agrees(reader);
    await used.chain.rpc("evm_revert", snapshot);
    await used.agrees(reader);
    await reader.close();
  });

  it("is noticed after it happened while the node was down", async () => {
    const store = new MemoryStore();
    const snapshot = await used.chain.rpc("evm_snapshot");
    await anchor();
    await used.chain.mine(3);
    await anchor();
    await (await used.read({ store })).close();
    await used.chain.rpc("evm_revert", snapshot);
    const rival = await used.chain.open(3);
    await anchor(rival);
    const reader = await used.read({ store });
    expect(contentsOf(reader.view)).toEqual(await used.rebuilt());
    await reader.close();
  });
});

it("a ledger that takes back more than any reorganisation does is another one", async () => {
  const store = new MemoryStore();
  const snapshot = await used.chain.rpc("evm_snapshot");
  const reader = await used.read({ store });
  await used.chain.mine(300);
  await until(async () => reader.view.head?.number === (await used.chain.height()));
  await used.chain.rpc("evm_revert", snapshot);
  await until(() => reader.state().phase === "replaced");
  expect(reader.state().reason?.message).toContain("no reorganisation goes back so far");
  await reader.close();
});
