import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ledger } from "../../../nodes/ledger/index.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { contentsOf, hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { inSeconds, publishBelt } from "./testChain.ts";
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
    // It would send again what was taken back.
    await writer.close();
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

  it("of random depth, again and again, leaves what a rebuild gives", async () => {
    const store = new MemoryStore();
    const reader = await used.read({ store });
    const belt = await publishBelt(writer, "reorganised");
    const snapshots: unknown[] = [];
    // Depths in blocks from 1 to 64, in a fixed disorder.
    for (const [round, depth] of [1, 7, 64, 3, 30, 2, 15, 64].entries()) {
      snapshots.push(await used.chain.rpc("evm_snapshot"));
      const member = await used.chain.open(1 + (round % 4));
      await used.chain.mine(Math.max(0, depth - 2));
      await anchor(member);
      if (depth > 1) {
        const root = hashOf("root", round, depth);
        await member.book({ belt, root, count: 1 + depth, deadline: inSeconds(100_000), maxCost: 1_000n });
      }
      await member.close();
      await used.agrees(reader);
      if (round % 3 !== 2) {
        await used.chain.rpc("evm_revert", snapshots.splice(-1 - (round % 2))[0]);
        await used.chain.mine(round % 5);
        await used.agrees(reader);
      }
    }
    await reader.close();
    const resumed = await used.read({ store });
    expect(contentsOf(resumed.view)).toEqual(await used.rebuilt());
    await resumed.close();
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
