import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { calls, type Ledger, LedgerRevert, type Submission } from "../../../nodes/ledger/index.ts";
import { connect } from "../../../nodes/ledger/reader.ts";
import { openSubmitter } from "../../../nodes/ledger/submit.ts";
import { type Change, MemoryStore } from "../../../nodes/store/index.ts";
import type { Hash } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { type RpcProxy, startProxy } from "./rpcProxy.ts";
import { addressOfMember, startTestChain, type TestChain, walletOf } from "./testChain.ts";

let chain: TestChain;
let proxy: RpcProxy;
beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(async () => {
  await chain?.stop();
});
beforeEach(async () => {
  proxy = await startProxy(chain.url);
});
afterEach(async () => {
  await chain.rpc("evm_setAutomine", true);
  await chain.mine(1);
  await proxy.stop();
});

let size = 0;
/** A head that nobody anchored before. */
const head = () => ({ size: ++size, root: hashOf("head", size) });
const nonceOf = async (member: number) =>
  Number(await chain.rpc("eth_getTransactionCount", addressOfMember(member), "latest"));
const only = (ledger: Ledger): Submission => {
  const [submission, ...others] = ledger.submissions();
  expect(others).toEqual([]);
  return submission ?? expect.fail("nothing is on its way");
};
const sizesOf = (ledger: Ledger) => ledger.view.heads.get(ledger.account)?.map((each) => each.size) ?? [];

describe("many at once", () => {
  it("are mined exactly once, in order, and few at a time", async () => {
    const ledger = await chain.open(1);
    const before = await nonceOf(1);
    let most = 0;
    const onState = () => {
      most = Math.max(
        most,
        ledger.submissions().filter(({ state }) => state === "signed" || state === "sent").length,
      );
    };
    const all = Array.from({ length: 300 }, head);
    const written = await Promise.all(all.map((each) => ledger.anchor(each, { onState })));
    expect(await nonceOf(1)).toBe(before + 300);
    expect(sizesOf(ledger).slice(-300)).toEqual(all.map((each) => each.size));
    expect(written.map(({ block }) => block)).toEqual(
      written.map(({ block }) => block).sort((a, b) => a - b),
    );
    expect(new Set(written.map(({ transaction }) => transaction)).size).toBe(300);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it("of one name are one transaction", async () => {
    const ledger = await chain.open(1);
    const before = await nonceOf(1);
    const same = head();
    const written = await Promise.all(Array.from({ length: 20 }, () => ledger.anchor(same)));
    expect(new Set(written.map(({ transaction }) => transaction)).size).toBe(1);
    expect(await nonceOf(1)).toBe(before + 1);
  });

  it("that are refused leave no gap for those that are not", async () => {
    const ledger = await chain.open(2);
    const accepted = [head(), head(), head()];
    const refused = { size: 0, root: hashOf("nothing") };
    const outcomes = await Promise.allSettled(
      accepted.flatMap((each) => [
        ledger.anchor(each),
        ledger.estimate(calls.anchor(refused)),
        ledger.anchor(refused),
      ]),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 3 }, () => ["fulfilled", "rejected", "rejected"]).flat(),
    );
    expect(sizesOf(ledger).slice(-3)).toEqual(accepted.map((each) => each.size));
  });
});

describe("a transaction that the pool drops", () => {
  it("is sent again, the same to the byte", async () => {
    const ledger = await chain.open(2);
    await chain.rpc("evm_setAutomine", false);
    const states: string[] = [];
    const anchored = ledger.anchor(head(), { onState: ({ state }) => states.push(state) });
    await until(() => states.includes("sent"));
    const { hash } = only(ledger);
    expect(await chain.rpc("hardhat_dropTransaction", hash)).toBe(true);
    await until(async () => (await chain.rpc("eth_getTransactionByHash", hash)) !== null);
    await chain.mine(1);
    expect((await anchored).transaction).toBe(hash);
    expect(states.slice(0, 4)).toEqual(["signed", "sent", "dropped", "sent"]);
  });

  it("does not hold up the others for long", async () => {
    const ledger = await chain.open(2);
    await chain.rpc("evm_setAutomine", false);
    const before = await nonceOf(2);
    const all = Array.from({ length: 12 }, head);
    const anchored = Promise.all(all.map((each) => ledger.anchor(each)));
    for (let mined = before; mined < before + 12; mined = await nonceOf(2)) {
      await until(() => ledger.submissions().some(({ state }) => state === "sent"));
      const dropped = ledger.submissions().find(({ nonce }) => nonce % 3 === 0);
      if (dropped && mined < before + 6)
        await chain.rpc("hardhat_dropTransaction", dropped.hash).catch(() => undefined);
      await chain.mine(1);
    }
    await anchored;
    expect(await nonceOf(2)).toBe(before + 12);
    expect(sizesOf(ledger).slice(-12)).toEqual(all.map((each) => each.size));
  });

  it("is offered more for, when blocks leave it out", async () => {
    const ledger = await chain.open(2, { raiseAfter: 50 });
    await chain.rpc("evm_setAutomine", false);
    const anchored = ledger.anchor(head());
    await until(() => ledger.submissions().length === 1 && only(ledger).state === "sent");
    const first = only(ledger).hash;
    const { maxFeePerGas } = Object(await chain.rpc("eth_getTransactionByHash", first));
    await until(async () => {
      // Every block is dearer than what was offered first.
      await chain.rpc("hardhat_setNextBlockBaseFeePerGas", `0x${(2n * BigInt(maxFeePerGas)).toString(16)}`);
      await chain.mine(1);
      return only(ledger).hash !== first;
    });
    await chain.mine(1);
    const { transaction } = await anchored;
    expect(transaction).not.toBe(first);
  });
});

describe("a crash", () => {
  it("between writing down and sending loses nothing, and sends nothing twice", async () => {
    const store = new MemoryStore();
    proxy.refuse = ({ method }) => (method === "eth_sendRawTransaction" ? "lost on the way" : undefined);
    const before = await nonceOf(3);
    const crashed = await chain.open(3, { store, url: proxy.url });
    const same = head();
    const never = crashed.anchor(same);
    await until(() => crashed.submissions().length === 1 && only(crashed).problem);
    expect(only(crashed)).toMatchObject({ state: "signed", nonce: before });
    const { hash } = only(crashed);
    await Promise.all([crashed.close(), expect(never).rejects.toThrow()]);
    expect(await nonceOf(3)).toBe(before);

    const reborn = await chain.open(3, { store });
    await until(async () => (await nonceOf(3)) === before + 1);
    const mined = Object(await chain.rpc("eth_getTransactionReceipt", hash));
    expect(await reborn.anchor(same)).toEqual({ transaction: hash, block: Number(mined.blockNumber) });
    await reborn.anchor(head());
    expect(await nonceOf(3)).toBe(before + 2);
  });

  it("after sending, before it is known to be mined, sends nothing twice", async () => {
    const store = new MemoryStore();
    proxy.refuse = ({ method }) => (method === "eth_getTransactionReceipt" ? "not now" : undefined);
    const before = await nonceOf(3);
    const crashed = await chain.open(3, { store, url: proxy.url });
    const [one, two] = [head(), head()];
    const never = Promise.allSettled([crashed.anchor(one), crashed.anchor(two)]);
    await until(async () => (await nonceOf(3)) === before + 2);
    await crashed.close();
    expect((await never).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const reborn = await chain.open(3, { store });
    await Promise.all([reborn.anchor(two), reborn.anchor(one)]);
    await until(() => reborn.submissions().length === 0);
    expect(await nonceOf(3)).toBe(before + 2);
  });

  it("of the store before anything is written down sends nothing", async () => {
    class FullStore extends MemoryStore {
      full = false;
      override async batch(changes: readonly Change[]): Promise<void> {
        if (this.full && changes.some(({ key }) => key.includes("/pending/")))
          throw new Error("the disk is full");
        return super.batch(changes);
      }
    }
    const store = new FullStore();
    const before = await nonceOf(3);
    const ledger = await chain.open(3, { store, url: proxy.url });
    await ledger.caughtUp();
    store.full = true;
    await expect(ledger.anchor(head())).rejects.toThrow("the disk is full");
    expect(proxy.calls.filter(({ method }) => method === "eth_sendRawTransaction")).toEqual([]);
    store.full = false;
    await ledger.anchor(head());
    expect(await nonceOf(3)).toBe(before + 1);
  });
});

describe("an account that somebody else uses too", () => {
  it("gets another nonce for a transaction whose own is taken", async () => {
    const before = await nonceOf(4);
    let lost = true;
    proxy.refuse = ({ method }) =>
      lost && method === "eth_sendRawTransaction" ? "lost on the way" : undefined;
    const ledger = await chain.open(4, { url: proxy.url, resendAfter: 20 });
    const anchored = ledger.anchor(head());
    await until(() => ledger.submissions().length === 1);
    const fees = { maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 1n };
    const foreign = {
      type: 2,
      chainId: 31_337,
      nonce: before,
      to: addressOfMember(9),
      gasLimit: 21_000,
      ...fees,
    };
    await chain.rpc("eth_sendRawTransaction", await walletOf(4).signTransaction(foreign));
    lost = false;
    await anchored;
    expect(sizesOf(ledger).at(-1)).toBe(size);
    await until(() => ledger.submissions().length === 0);
    expect(await nonceOf(4)).toBe(before + 2);
  });
});

describe("a reorganisation", () => {
  it("that takes back the block of a transaction which is not final gets it sent again", async () => {
    const height = await chain.height();
    // A network whose last final block lies back.
    proxy.change = ({ params }, answer) => {
      if (params.includes("finalized") && answer.result)
        Object.assign(answer.result, { number: `0x${height.toString(16)}` });
    };
    const states: string[] = [];
    const ledger = await chain.open(1, { url: proxy.url });
    await ledger.caughtUp();
    const snapshot = await chain.rpc("evm_snapshot");
    const same = head();
    const { transaction, block } = await ledger.anchor(same, { onState: ({ state }) => states.push(state) });
    expect(only(ledger)).toMatchObject({ state: "mined", block });
    await chain.rpc("evm_revert", snapshot);
    await chain.mine(1);
    await until(() => states.filter((state) => state === "mined").length === 2);
    expect(states).toEqual(["signed", "sent", "mined", "dropped", "sent", "mined"]);
    expect(only(ledger).hash).toBe(transaction);
    proxy.change = () => undefined;
    await chain.mine(1);
    await until(() => ledger.submissions().length === 0);
    expect(states.at(-1)).toBe("final");
    await until(() => sizesOf(ledger).at(-1) === same.size);
  });
});

describe("a revert in a block", () => {
  it("is told by the contract's error, and can be tried anew", async () => {
    await chain.rpc("evm_setAutomine", false);
    // Tried out on a state that the node does not let it see beyond: both would do alone.
    proxy.refuse = ({ params }) => (params.includes("pending") ? "no pending state here" : undefined);
    const blind = await chain.open(3, { url: proxy.url });
    const [small, large] = [head(), head()];
    const outcomes = Promise.allSettled([blind.anchor(large), blind.anchor(small)]);
    await until(() => blind.submissions().filter(({ state }) => state === "sent").length === 2);
    await chain.mine(1);
    const [first, second] = await outcomes;
    expect(first.status).toBe("fulfilled");
    const reason = second.status === "rejected" ? second.reason : expect.fail("it was not reverted");
    expect(reason).toBeInstanceOf(LedgerRevert);
    expect(reason.revert).toEqual({
      error: "SizeNotGrown",
      parameters: { member: blind.account, size: String(small.size), anchored: String(large.size) },
    });
    await chain.rpc("evm_setAutomine", true);
    await until(() => blind.submissions().length === 0);
    await expect(blind.anchor(small)).rejects.toMatchObject({ revert: { error: "SizeNotGrown" } });
  });
});

describe("a submitter", () => {
  const submitterOf = async (member: number, store: MemoryStore) => {
    const ending = new AbortController();
    const { directory } = chain.deployment;
    const connection = await connect({ url: proxy.url, directory, poll: 10, signal: ending.signal });
    const parts = { ...connection, follower: connection.reader, store, wallet: walletOf(member) };
    const submitter = await openSubmitter({ ...parts, resendAfter: 100 });
    await connection.reader.caughtUp();
    return {
      ...submitter,
      async end() {
        ending.abort();
        await Promise.all([submitter.ended, connection.reader.ended]);
      },
    };
  };
  const anchoring = (what: { size: number; root: Hash }) => {
    const { data } = calls.anchor(what);
    return { what: "anchor the log", to: chain.deployment.contracts.Receipts, data };
  };

  it("keeps the order of submission, though one takes longer to be tried out", async () => {
    // Whoever has to be tried out is asked for twice.
    proxy.refuse = ({ params }) => (params.includes("pending") ? "no pending state here" : undefined);
    const submitter = await submitterOf(1, new MemoryStore());
    const order: number[] = [];
    const onState = ({ state, nonce }: Submission) => state === "signed" && order.push(nonce);
    const [slow, fast] = [anchoring(head()), anchoring(head())];
    const mined = await Promise.all([
      submitter.submit("slow", slow, { onState }),
      submitter.submit("fast", { ...fast, gas: 200_000n }, { onState }),
    ]);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(mined[0].block).toBeLessThan(mined[1].block);
    await submitter.end();
  });

  it("keeps the result of the last try, whichever is final last", async () => {
    const height = await chain.height();
    proxy.change = ({ params }, answer) => {
      if (params.includes("finalized") && answer.result)
        Object.assign(answer.result, { number: `0x${height.toString(16)}` });
    };
    const store = new MemoryStore();
    const submitter = await submitterOf(5, store);
    const call = { ...anchoring(head()), gas: 200_000n };
    await expect(submitter.submit("again", call)).rejects.toMatchObject({
      revert: { error: "NotActive", parameters: { account: addressOfMember(5) } },
    });
    const { Profiles } = chain.deployment.contracts;
    const data = interfaces.Profiles.encodeFunctionData("admit", [addressOfMember(5), "late", 1]);
    await chain.rpc("eth_sendTransaction", { from: addressOfMember(0), to: Profiles, data });
    const mined = await submitter.submit("again", call);
    expect(submitter.pending().map(({ state }) => state)).toEqual(["mined", "mined"]);
    const reverted = submitter.pending()[0]?.hash;
    proxy.refuse = ({ method, params }) =>
      method === "eth_getTransactionReceipt" && params[0] === reverted ? "not now" : undefined;
    proxy.change = () => undefined;
    await until(() => submitter.pending().length === 1);
    proxy.refuse = () => undefined;
    await until(() => submitter.pending().length === 0);
    await submitter.end();
    const reborn = await submitterOf(5, store);
    expect(await reborn.submit("again", call)).toEqual(mined);
    await expect(reborn.submit("again", { ...call, data: "0x" })).rejects.toMatchObject({
      code: "LEDGER_INTENT_CONFLICT",
    });
    await expect(reborn.submit("white space", call)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    expect(await nonceOf(5)).toBe(2);
    await reborn.end();
  });
});

describe("networks of other kinds", () => {
  it("without EIP-1559 get transactions of the old form", async () => {
    proxy.change = ({ method }, answer) => {
      if (method === "eth_getBlockByNumber" && answer.result)
        Object.assign(answer.result, { baseFeePerGas: null });
    };
    const ledger = await chain.open(4, { url: proxy.url });
    const { transaction } = await ledger.anchor(head());
    const found = Object(await chain.rpc("eth_getTransactionByHash", transaction));
    expect(Number(found.type)).toBe(0);
  });

  it("that suggest no priority fee get what their gas price has beyond the base fee", async () => {
    proxy.refuse = ({ method }) =>
      method === "eth_maxPriorityFeePerGas" ? "the method does not exist" : undefined;
    const ledger = await chain.open(4, { url: proxy.url });
    const { transaction } = await ledger.anchor(head());
    const found = Object(await chain.rpc("eth_getTransactionByHash", transaction));
    expect(Number(found.type)).toBe(2);
    expect(BigInt(found.maxPriorityFeePerGas)).toBeGreaterThan(0n);
  });
});

describe("a caller that gives up", () => {
  it("before it was written down has sent nothing", async () => {
    const ledger = await chain.open(1, { url: proxy.url });
    await ledger.caughtUp();
    const before = await nonceOf(1);
    const giving = new AbortController();
    proxy.refuse = ({ method }) => {
      if (method === "eth_estimateGas") giving.abort(new Error("enough"));
      return undefined;
    };
    await expect(ledger.anchor(head(), { signal: giving.signal })).rejects.toThrow("enough");
    await ledger.anchor(head());
    expect(await nonceOf(1)).toBe(before + 1);
  });

  it("after that finds its result when it asks again", async () => {
    const ledger = await chain.open(1);
    await chain.rpc("evm_setAutomine", false);
    const giving = new AbortController();
    const same = head();
    const first = ledger.anchor(same, { signal: giving.signal });
    await until(() => ledger.submissions().length === 1);
    const { hash } = only(ledger);
    giving.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await chain.rpc("evm_setAutomine", true);
    await chain.mine(1);
    expect((await ledger.anchor(same)).transaction).toBe(hash);
  });

  it("does not take the transaction from another who waits for it", async () => {
    const ledger = await chain.open(1, { url: proxy.url });
    await ledger.caughtUp();
    const giving = new AbortController();
    proxy.refuse = ({ method }) => {
      if (method === "eth_estimateGas") giving.abort(new Error("enough"));
      return undefined;
    };
    const same = head();
    const [one, other] = await Promise.allSettled([
      ledger.anchor(same, { signal: giving.signal }),
      ledger.anchor(same),
    ]);
    expect([one.status, other.status]).toEqual(["rejected", "fulfilled"]);
  });
});
