import { describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { calls, type Submission } from "../../../nodes/ledger/index.ts";
import { connect } from "../../../nodes/ledger/reader.ts";
import { openSubmitter } from "../../../nodes/ledger/submit.ts";
import { type Change, MemoryStore } from "../../../nodes/store/index.ts";
import type { Hash } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { addressOfMember, walletOf } from "./testChain.ts";
import { only, sizesOf, useChain } from "./useChain.ts";

const used = useChain();

describe("many at once", () => {
  it("are mined exactly once, in order, and few at a time", async () => {
    const ledger = await used.chain.open(1);
    const before = await used.chain.transactionsOf(1);
    let most = 0;
    const onState = () => {
      most = Math.max(
        most,
        ledger.submissions().filter(({ state }) => state === "signed" || state === "sent").length,
      );
    };
    const all = Array.from({ length: 300 }, used.head);
    const written = await Promise.all(all.map((each) => ledger.anchor(each, { onState })));
    expect(await used.chain.transactionsOf(1)).toBe(before + 300);
    expect(sizesOf(ledger).slice(-300)).toEqual(all.map((each) => each.size));
    expect(written.map(({ block }) => block)).toEqual(
      written.map(({ block }) => block).sort((a, b) => a - b),
    );
    expect(new Set(written.map(({ transaction }) => transaction)).size).toBe(300);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it("of one name are one transaction", async () => {
    const ledger = await used.chain.open(1);
    const before = await used.chain.transactionsOf(1);
    const same = used.head();
    const written = await Promise.all(Array.from({ length: 20 }, () => ledger.anchor(same)));
    expect(new Set(written.map(({ transaction }) => transaction)).size).toBe(1);
    expect(await used.chain.transactionsOf(1)).toBe(before + 1);
  });

  it("that are refused leave no gap for those that are not", async () => {
    const ledger = await used.chain.open(2);
    const accepted = [used.head(), used.head(), used.head()];
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

describe("a crash", () => {
  it("between writing down and sending loses nothing, and sends nothing twice", async () => {
    const store = new MemoryStore();
    used.proxy.refuse = ({ method }) => (method === "eth_sendRawTransaction" ? "lost on the way" : undefined);
    const before = await used.chain.transactionsOf(3);
    const crashed = await used.chain.open(3, { store, url: used.proxy.url });
    const same = used.head();
    const never = crashed.anchor(same);
    await until(() => crashed.submissions().length === 1 && only(crashed).problem);
    expect(only(crashed)).toMatchObject({ state: "signed", nonce: before });
    const { hash } = only(crashed);
    await Promise.all([crashed.close(), expect(never).rejects.toThrow()]);
    expect(await used.chain.transactionsOf(3)).toBe(before);

    const reborn = await used.chain.open(3, { store });
    await until(async () => (await used.chain.transactionsOf(3)) === before + 1);
    const mined = Object(await used.chain.rpc("eth_getTransactionReceipt", hash));
    expect(await reborn.anchor(same)).toEqual({ transaction: hash, block: Number(mined.blockNumber) });
    await reborn.anchor(used.head());
    expect(await used.chain.transactionsOf(3)).toBe(before + 2);
  });

  it("after sending, before it is known to be mined, sends nothing twice", async () => {
    const store = new MemoryStore();
    used.proxy.refuse = ({ method }) => (method === "eth_getTransactionReceipt" ? "not now" : undefined);
    const before = await used.chain.transactionsOf(3);
    const crashed = await used.chain.open(3, { store, url: used.proxy.url });
    const [one, two] = [used.head(), used.head()];
    const never = Promise.allSettled([crashed.anchor(one), crashed.anchor(two)]);
    await until(async () => (await used.chain.transactionsOf(3)) === before + 2);
    await crashed.close();
    expect((await never).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const reborn = await used.chain.open(3, { store });
    await Promise.all([reborn.anchor(two), reborn.anchor(one)]);
    await until(() => reborn.submissions().length === 0);
    expect(await used.chain.transactionsOf(3)).toBe(before + 2);
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
    const before = await used.chain.transactionsOf(3);
    const ledger = await used.chain.open(3, { store, url: used.proxy.url });
    await ledger.caughtUp();
    store.full = true;
    await expect(ledger.anchor(used.head())).rejects.toThrow("the disk is full");
    expect(used.proxy.calls.filter(({ method }) => method === "eth_sendRawTransaction")).toEqual([]);
    store.full = false;
    await ledger.anchor(used.head());
    expect(await used.chain.transactionsOf(3)).toBe(before + 1);
  });
});

describe("a submitter", () => {
  const submitterOf = async (member: number, store: MemoryStore) => {
    const ending = new AbortController();
    const { directory } = used.chain.deployment;
    const connection = await connect({ url: used.proxy.url, directory, poll: 10, signal: ending.signal });
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
    return { what: "anchor the log", to: used.chain.deployment.contracts.Receipts, data };
  };

  it("keeps the order of submission, though one takes longer to be tried out", async () => {
    // Whoever has to be tried out is asked for twice.
    used.proxy.refuse = ({ params }) => (params.includes("pending") ? "no pending state here" : undefined);
    const submitter = await submitterOf(1, new MemoryStore());
    const order: number[] = [];
    const onState = ({ state, nonce }: Submission) => state === "signed" && order.push(nonce);
    const [slow, fast] = [anchoring(used.head()), anchoring(used.head())];
    const mined = await Promise.all([
      submitter.submit("slow", slow, { onState }),
      submitter.submit("fast", { ...fast, gas: 200_000n }, { onState }),
    ]);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(mined[0].block).toBeLessThan(mined[1].block);
    await submitter.end();
  });

  it("keeps the order of submission, though the ledger goes away while one is tried out", async () => {
    const submitter = await submitterOf(1, new MemoryStore());
    let cut = false;
    used.proxy.refuse = ({ method }) => {
      if (cut || method !== "eth_estimateGas") return undefined;
      cut = true;
      throw new Error("the connection is cut");
    };
    const order: string[] = [];
    const submit = (id: string, gas?: bigint) =>
      submitter.submit(
        id,
        { ...anchoring(used.head()), ...(gas === undefined ? {} : { gas }) },
        { onState: ({ state }) => state === "signed" && order.push(id) },
      );
    const first = submit("first");
    first.catch(() => undefined);
    await until(() => cut);
    const [one, two] = await Promise.all([first, submit("second", 200_000n)]);
    expect(order).toEqual(["first", "second"]);
    expect(one.block).toBeLessThan(two.block);
    await submitter.end();
  });

  it("keeps the result of the last try, whichever is final last", async () => {
    const height = await used.chain.height();
    used.proxy.change = ({ params }, answer) => {
      if (params.includes("finalized") && answer.result)
        Object.assign(answer.result, { number: `0x${height.toString(16)}` });
    };
    const store = new MemoryStore();
    const submitter = await submitterOf(5, store);
    const call = { ...anchoring(used.head()), gas: 200_000n };
    await expect(submitter.submit("again", call)).rejects.toMatchObject({
      revert: { error: "NotActive", parameters: { account: addressOfMember(5) } },
    });
    const { Profiles } = used.chain.deployment.contracts;
    const data = interfaces.Profiles.encodeFunctionData("admit", [addressOfMember(5), "late", 1]);
    await used.chain.govern({ target: Profiles, data });
    const mined = await submitter.submit("again", call);
    expect(submitter.pending().map(({ state }) => state)).toEqual(["mined", "mined"]);
    const reverted = submitter.pending()[0]?.hash;
    used.proxy.refuse = ({ method, params }) =>
      method === "eth_getTransactionReceipt" && params[0] === reverted ? "not now" : undefined;
    used.proxy.change = () => undefined;
    await until(() => submitter.pending().length === 1);
    used.proxy.refuse = () => undefined;
    await until(() => submitter.pending().length === 0);
    await submitter.end();
    const reborn = await submitterOf(5, store);
    expect(await reborn.submit("again", call)).toEqual(mined);
    await expect(reborn.submit("again", { ...call, data: "0x" })).rejects.toMatchObject({
      code: "LEDGER_INTENT_CONFLICT",
    });
    await expect(reborn.submit("white space", call)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    expect(await used.chain.transactionsOf(5)).toBe(2);
    await reborn.end();
  });
});

describe("a caller that gives up", () => {
  it("before it was written down has sent nothing", async () => {
    const ledger = await used.chain.open(1, { url: used.proxy.url });
    await ledger.caughtUp();
    const before = await used.chain.transactionsOf(1);
    const giving = new AbortController();
    used.proxy.refuse = ({ method }) => {
      if (method === "eth_estimateGas") giving.abort(new Error("enough"));
      return undefined;
    };
    await expect(ledger.anchor(used.head(), { signal: giving.signal })).rejects.toThrow("enough");
    await ledger.anchor(used.head());
    expect(await used.chain.transactionsOf(1)).toBe(before + 1);
  });

  it("after that finds its result when it asks again", async () => {
    const ledger = await used.chain.open(1);
    await used.chain.rpc("evm_setAutomine", false);
    const giving = new AbortController();
    const same = used.head();
    const first = ledger.anchor(same, { signal: giving.signal });
    await until(() => ledger.submissions().length === 1);
    const { hash } = only(ledger);
    giving.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await used.chain.rpc("evm_setAutomine", true);
    await used.chain.mine(1);
    expect((await ledger.anchor(same)).transaction).toBe(hash);
  });

  it("does not take the transaction from another who waits for it", async () => {
    const ledger = await used.chain.open(1, { url: used.proxy.url });
    await ledger.caughtUp();
    const giving = new AbortController();
    used.proxy.refuse = ({ method }) => {
      if (method === "eth_estimateGas") giving.abort(new Error("enough"));
      return undefined;
    };
    const same = used.head();
    const [one, other] = await Promise.allSettled([
      ledger.anchor(same, { signal: giving.signal }),
      ledger.anchor(same),
    ]);
    expect([one.status, other.status]).toEqual(["rejected", "fulfilled"]);
  });
});
