import { afterEach, expect, it } from "vitest";
import { openLedgerReader } from "../../../nodes/ledger/index.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { contentsOf, hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { startProxy } from "./rpcProxy.ts";
import { startTestChain, type TestChain } from "./testChain.ts";

const chains: TestChain[] = [];
afterEach(async () => {
  await Promise.all(chains.splice(0).map((chain) => chain.stop()));
});

async function start(options: object = {}): Promise<TestChain> {
  const chain = await startTestChain(options);
  chains.push(chain);
  return chain;
}

it("a chain that starts from nothing is no longer followed, and nothing is sent to it", async () => {
  const old = await start();
  const store = new MemoryStore();
  // Opened apart, since stopping the chain would close it.
  const { url, deployment } = old;
  const { directory } = deployment;
  const follower = await openLedgerReader({ url, directory, store, poll: 10 });
  const member = await old.open(1);
  await follower.reached((await member.anchor({ size: 1, root: hashOf("one") })).block);
  const known = follower.view.heads.size;
  await chains.pop()?.stop();
  await until(() => follower.state().phase === "unreachable");

  const changes = follower.changes(AbortSignal.timeout(60_000))[Symbol.asyncIterator]();
  const next = await start({ port: old.port });
  expect(next.deployment.directory).toBe(directory);
  await until(() => follower.state().phase === "replaced");
  expect(follower.state().reason).toMatchObject({ code: "LEDGER_REPLACED", retryable: false });
  await follower.ended;
  const replaced = {
    code: "LEDGER_REPLACED",
    message: expect.stringContaining("its first block is another one"),
  };
  await expect(follower.caughtUp()).rejects.toMatchObject(replaced);
  await expect(changes.next()).rejects.toMatchObject(replaced);
  expect(follower.view.heads.size).toBe(known);
  expect(follower.view.memberByName.size).toBe(5);

  await expect(openLedgerReader({ url, directory, store })).rejects.toMatchObject(replaced);
  const reborn = await next.open(1, { store });
  await expect(reborn.anchor({ size: 2, root: hashOf("two") })).rejects.toMatchObject(replaced);
  const count = await next.rpc("eth_getTransactionCount", member.account, "latest");
  expect(Number(count)).toBe(0);
  expect(reborn.state().phase).toBe("replaced");
});

it("another chain in the place of the old one is noticed though it always answered", async () => {
  const [old, next] = [await start(), await start()];
  const proxy = await startProxy(old.url);
  const { directory } = old.deployment;
  const follower = await openLedgerReader({ url: proxy.url, directory, poll: 10 });
  const known = contentsOf(follower.view);
  proxy.target = next.url;
  await next.mine(5);
  await until(() => follower.state().phase === "replaced");
  expect(follower.state().reason?.message).toContain("its first block is another one");
  expect(contentsOf(follower.view)).toEqual(known);
  await proxy.stop();
});

it("another chain id, another directory, or one whose code is gone is another ledger", async () => {
  const chain = await start();
  const store = new MemoryStore();
  const { url, deployment } = chain;
  await (await openLedgerReader({ url, directory: deployment.directory, store })).close();
  const other = await start({ chainId: 4_711 });
  const wrong = openLedgerReader({ url: other.url, directory: deployment.directory, store });
  await expect(wrong).rejects.toMatchObject({
    code: "LEDGER_REPLACED",
    message: expect.stringContaining("it was chain 31337, and is chain 4711"),
  });
  await expect(
    openLedgerReader({ url, directory: deployment.contracts.Offers, store }),
  ).rejects.toMatchObject({
    code: "LEDGER_REPLACED",
    message: expect.stringContaining(`its directory was ${deployment.directory}`),
  });
  await chain.rpc("hardhat_setCode", deployment.directory, "0x");
  await expect(openLedgerReader({ url, directory: deployment.directory, store })).rejects.toMatchObject({
    code: "LEDGER_REPLACED",
    message: expect.stringContaining("another contract, or none"),
  });
});
