import { describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { directoryKey } from "../../../nodes/ledger/deployment.ts";
import { Receipts__factory } from "../../../types/factories/Receipts__factory.ts";
import { contentsOf, hashOf } from "../../pipeline/index/ledger.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { until } from "../../support/until.ts";
import { addressOfMember, inSeconds } from "./testChain.ts";
import { useChain, useWriter } from "./useChain.ts";

const used = useChain();
const writer = useWriter(used);
const { anchor } = writer;

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
      await until(() => writer.ledger.view.directory.get("Receipts") === target);
    };
    await name(contractAddress);
    const after = await anchor();
    await used.agrees(reader);
    const known = reader.view.heads.get(writer.ledger.account)?.map(({ anchored }) => anchored.block);
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
