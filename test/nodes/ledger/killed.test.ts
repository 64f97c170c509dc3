import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestChain, type TestChain, walletOf } from "./testChain.ts";

const script = fileURLToPath(new URL("./anchorMany.ts", import.meta.url));
const count = 120;

let chain: TestChain;
let folder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  chain = await startTestChain();
  folder = await mkdtemp(join(tmpdir(), "killed-"));
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await chain?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the member's node until it has told of so many heads in blocks, and then kills it; gives what it told. */
async function run(until: number): Promise<Map<number, string>> {
  const { url, deployment } = chain;
  const options = [url, deployment.directory, walletOf(1).privateKey, join(folder, "store"), String(count)];
  const started = spawn(process.execPath, [script, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  child = started;
  const ended = once(started, "close");
  const told = new Map<number, string>();
  for await (const line of createInterface(started.stdout)) {
    if (line === "all") break;
    const [size = "", hash = ""] = line.split(" ");
    told.set(Number(size), hash);
    if (told.size >= until) started.kill("SIGKILL");
  }
  await ended;
  return told;
}

it("a node that is killed again and again has every transaction mined exactly once, in order", async () => {
  const told = new Map<number, string>();
  for (const until of [1, 40, 77, count + 1]) {
    for (const [size, hash] of await run(until)) {
      // What was told once stays true.
      expect(told.get(size) ?? hash).toBe(hash);
      told.set(size, hash);
    }
  }
  expect(told.size).toBe(count);
  expect(await chain.transactionsOf(1)).toBe(count);
  const receipts = await Promise.all(
    [...told.values()].map((hash) => chain.rpc("eth_getTransactionReceipt", hash)),
  );
  expect(receipts.map((receipt) => Number(Object(receipt).status))).toEqual(
    Array.from({ length: count }, () => 1),
  );
  const reader = await chain.open(1);
  await reader.caughtUp();
  const sizes = reader.view.heads.get(reader.account)?.map(({ size }) => size);
  expect(sizes).toEqual(Array.from({ length: count }, (_, place) => place + 1));
});
