import { describe, expect, it } from "vitest";
import { LedgerRevert, type Submission } from "../../../nodes/ledger/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { addressOfMember, inSeconds, publishBelt, walletOf } from "./testChain.ts";
import { only, sizesOf, useChain } from "./useChain.ts";

const used = useChain();

describe("a transaction that the pool drops", () => {
  it("is sent again, the same to the byte", async () => {
    const ledger = await used.chain.open(2);
    await used.chain.rpc("evm_setAutomine", false);
    const states: string[] = [];
    const resends: number[] = [];
    const onState = (submission: Submission) => {
      states.push(submission.state);
      resends.push(submission.resends);
    };
    const anchored = ledger.anchor(used.head(), { onState });
    await until(() => states.includes("sent"));
    const { hash } = only(ledger);
    expect(await used.chain.rpc("hardhat_dropTransaction", hash)).toBe(true);
    await until(async () => (await used.chain.rpc("eth_getTransactionByHash", hash)) !== null);
    await used.chain.mine(1);
    expect((await anchored).transaction).toBe(hash);
    expect(states.slice(0, 4)).toEqual(["signed", "sent", "dropped", "sent"]);
    expect(resends.slice(0, 4)).toEqual([0, 0, 0, 1]);
  });

  it("is noticed also when that happens while it is looked for", async () => {
    const ledger = await used.chain.open(2, { url: used.proxy.url });
    await used.chain.rpc("evm_setAutomine", false);
    const states: string[] = [];
    const anchored = ledger.anchor(used.head(), { onState: ({ state }) => states.push(state) });
    await until(() => states.includes("sent"));
    const { nonce } = only(ledger);
    used.proxy.calls.length = 0;
    let dropped = false;
    // The pool has it when the account's transactions are counted, and no longer when it is asked for.
    used.proxy.change = ({ method, params }, answer) => {
      if (used.proxy.calls.some((call) => call.method === "eth_sendRawTransaction")) return;
      if (method === "eth_getTransactionByHash") {
        answer.result = null;
        dropped = true;
      }
      if (dropped && method === "eth_getTransactionCount" && params.includes("pending"))
        answer.result = `0x${nonce.toString(16)}`;
    };
    await until(() => only(ledger).resends === 1 && only(ledger).state === "sent");
    await used.chain.mine(1);
    await anchored;
    expect(states).toEqual(["signed", "sent", "dropped", "sent", "mined"]);
  });

  it("does not hold up the others for long", async () => {
    const ledger = await used.chain.open(2);
    await used.chain.rpc("evm_setAutomine", false);
    const before = await used.chain.transactionsOf(2);
    const all = Array.from({ length: 12 }, used.head);
    const anchored = Promise.all(all.map((each) => ledger.anchor(each)));
    // Each once: what is dropped again and again rests longer each time.
    const dropped = new Set<string>();
    const toDrop = () =>
      ledger
        .submissions()
        .find(({ nonce, state, hash }) => nonce % 3 === 0 && state === "sent" && !dropped.has(hash));
    await until(toDrop);
    for (let mined = before; mined < before + 12; mined = await used.chain.transactionsOf(2)) {
      await until(() => ledger.submissions().some(({ state }) => state === "sent"));
      const { hash } = toDrop() ?? {};
      const isDropped = hash && (await used.chain.rpc("hardhat_dropTransaction", hash).catch(() => false));
      if (isDropped) dropped.add(hash);
      await used.chain.mine(1);
    }
    await anchored;
    expect(await used.chain.transactionsOf(2)).toBe(before + 12);
    expect(dropped.size).toBeGreaterThan(0);
    expect(sizesOf(ledger).slice(-12)).toEqual(all.map((each) => each.size));
  });

  it("is offered more for, when blocks leave it out", async () => {
    const ledger = await used.chain.open(2, { raiseAfter: 50 });
    await used.chain.rpc("evm_setAutomine", false);
    const told: Submission[] = [];
    const anchored = ledger.anchor(used.head(), { onState: (submission) => told.push(submission) });
    await until(() => ledger.submissions().length === 1 && only(ledger).state === "sent");
    const first = only(ledger).hash;
    const { maxFeePerGas } = Object(await used.chain.rpc("eth_getTransactionByHash", first));
    await until(async () => {
      // Every block is dearer than what was offered first.
      await used.chain.rpc(
        "hardhat_setNextBlockBaseFeePerGas",
        `0x${(2n * BigInt(maxFeePerGas)).toString(16)}`,
      );
      await used.chain.mine(1);
      return only(ledger).hash !== first;
    });
    await used.chain.mine(1);
    const { transaction } = await anchored;
    expect(transaction).not.toBe(first);
    expect(told.find(({ attempts }) => attempts === 2)).toMatchObject({
      state: "sent",
      nonce: told[0]?.nonce,
    });
  });
});

describe("a price that rose", () => {
  it("is met, though the one block with it is the last that comes", async () => {
    const ledger = await used.chain.open(2, { raiseAfter: 50 });
    await used.chain.rpc("evm_setAutomine", false);
    const anchored = ledger.anchor(used.head());
    await until(() => ledger.submissions().length === 1 && only(ledger).state === "sent");
    const first = only(ledger).hash;
    const { maxFeePerGas } = Object(await used.chain.rpc("eth_getTransactionByHash", first));
    const dearer = `0x${(2n * BigInt(maxFeePerGas)).toString(16)}`;
    await used.chain.rpc("hardhat_setNextBlockBaseFeePerGas", dearer);
    await used.chain.mine(1);
    await until(() => only(ledger).hash !== first);
    await used.chain.mine(1);
    expect((await anchored).transaction).not.toBe(first);
  });
});

describe("a transaction that is in a block which the network has not decided on", () => {
  it("counts as sent, though its node neither knows it nor takes it again", async () => {
    const ledger = await used.chain.open(2, { url: used.proxy.url, resendAfter: 20, stallAfter: 200 });
    await ledger.caughtUp();
    await used.chain.rpc("evm_setAutomine", false);
    const states: string[] = [];
    const anchored = ledger.anchor(used.head(), { onState: ({ state }) => states.push(state) });
    await until(() => states.includes("sent"));
    used.proxy.change = ({ method }, answer) => {
      if (method === "eth_getTransactionByHash") answer.result = null;
    };
    used.proxy.refuse = ({ method }) =>
      method === "eth_sendRawTransaction" ? "nonce too low: next nonce 5, tx nonce 4" : undefined;
    used.proxy.calls.length = 0;
    await until(
      () => used.proxy.calls.filter(({ method }) => method === "eth_sendRawTransaction").length >= 2,
    );
    await until(() => ledger.state().phase === "stalled");
    expect(states).toEqual(["signed", "sent"]);
    expect(only(ledger).problem).toBeUndefined();
    await used.chain.mine(1);
    await anchored;
    expect(states).toEqual(["signed", "sent", "mined"]);
  });
});

describe("an account that somebody else uses too", () => {
  it("gets another nonce for a transaction whose own is taken", async () => {
    const before = await used.chain.transactionsOf(4);
    let lost = true;
    used.proxy.refuse = ({ method }) =>
      lost && method === "eth_sendRawTransaction" ? "lost on the way" : undefined;
    const ledger = await used.chain.open(4, { url: used.proxy.url, resendAfter: 20 });
    const anchored = ledger.anchor(used.head());
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
    await used.chain.rpc("eth_sendRawTransaction", await walletOf(4).signTransaction(foreign));
    lost = false;
    await anchored;
    expect(sizesOf(ledger)).toHaveLength(1);
    await until(() => ledger.submissions().length === 0);
    expect(await used.chain.transactionsOf(4)).toBe(before + 2);
  });
});

describe("a reorganisation", () => {
  it("that takes back the block of a transaction which is not final gets it sent again", async () => {
    const height = await used.chain.height();
    // A network whose last final block lies back.
    used.proxy.change = ({ params }, answer) => {
      if (params.includes("finalized") && answer.result)
        Object.assign(answer.result, { number: `0x${height.toString(16)}` });
    };
    const states: string[] = [];
    const ledger = await used.chain.open(1, { url: used.proxy.url });
    await ledger.caughtUp();
    const snapshot = await used.chain.rpc("evm_snapshot");
    const same = used.head();
    const { transaction, block } = await ledger.anchor(same, { onState: ({ state }) => states.push(state) });
    expect(only(ledger)).toMatchObject({ state: "mined", block });
    await used.chain.rpc("evm_revert", snapshot);
    await used.chain.mine(1);
    await until(() => states.filter((state) => state === "mined").length === 2);
    expect(states).toEqual(["signed", "sent", "mined", "dropped", "sent", "mined"]);
    expect(only(ledger).hash).toBe(transaction);
    used.proxy.change = () => undefined;
    await used.chain.mine(1);
    await until(() => ledger.submissions().length === 0);
    expect(states.at(-1)).toBe("final");
    await until(() => sizesOf(ledger).at(-1) === same.size);
  });
});

describe("a revert in a block", () => {
  it("is told by the contract's error, and can be tried anew", async () => {
    await used.chain.rpc("evm_setAutomine", false);
    // Tried out on a state that the node does not let it see beyond: both would do alone.
    used.proxy.refuse = ({ params }) => (params.includes("pending") ? "no pending state here" : undefined);
    const blind = await used.chain.open(3, { url: used.proxy.url });
    const [small, large] = [used.head(), used.head()];
    const outcomes = Promise.allSettled([blind.anchor(large), blind.anchor(small)]);
    await until(() => blind.submissions().filter(({ state }) => state === "sent").length === 2);
    await used.chain.mine(1);
    const [first, second] = await outcomes;
    expect(first.status).toBe("fulfilled");
    const reason = second.status === "rejected" ? second.reason : expect.fail("it was not reverted");
    expect(reason).toBeInstanceOf(LedgerRevert);
    expect(reason.revert).toEqual({
      error: "SizeNotGrown",
      parameters: { member: blind.account, size: String(small.size), anchored: String(large.size) },
    });
    await used.chain.rpc("evm_setAutomine", true);
    await until(() => blind.submissions().length === 0);
    await expect(blind.anchor(small)).rejects.toMatchObject({ revert: { error: "SizeNotGrown" } });
  });
});

describe("a booking", () => {
  it("is under way until its block cannot be taken back any more", async () => {
    used.proxy.change = ({ params }, answer) => {
      if (params[0] === "finalized") answer.result = null;
    };
    const belt = await publishBelt(await used.chain.open(1), "pending");
    const ledger = await used.chain.open(2, { url: used.proxy.url });
    await ledger.look();
    const root = hashOf("pending");
    expect(ledger.isBeingBooked(root)).toBe(false);
    await ledger.book({ belt, root, count: 1, deadline: inSeconds(120), maxCost: 5n });
    await ledger.look();
    expect(ledger.isBeingBooked(root)).toBe(true);
    expect(ledger.isBeingBooked(hashOf("another"))).toBe(false);
    used.proxy.change = () => undefined;
    await ledger.look();
    // At once: that the submitter has not looked yet does not matter.
    expect(ledger.isBeingBooked(root)).toBe(false);
  });

  it("is under way as long as it is in no block", async () => {
    const belt = await publishBelt(await used.chain.open(1), "waiting");
    const ledger = await used.chain.open(2);
    await ledger.look();
    const [first, root] = [hashOf("first"), hashOf("waiting")];
    const booking = { belt, count: 1, deadline: inSeconds(120), maxCost: 5n };
    await ledger.book({ ...booking, root: first });
    await used.chain.rpc("evm_setAutomine", false);
    const booked = ledger.book({ ...booking, root });
    await until(() => ledger.submissions().some(({ state }) => state === "sent"));
    await ledger.look();
    expect(ledger.isBeingBooked(root)).toBe(true);
    await used.chain.mine(1);
    await booked;
  });
});

describe("networks of other kinds", () => {
  it("without EIP-1559 get transactions of the old form", async () => {
    used.proxy.change = ({ method }, answer) => {
      if (method === "eth_getBlockByNumber" && answer.result)
        Object.assign(answer.result, { baseFeePerGas: null });
    };
    const ledger = await used.chain.open(4, { url: used.proxy.url });
    const { transaction } = await ledger.anchor(used.head());
    const found = Object(await used.chain.rpc("eth_getTransactionByHash", transaction));
    expect(Number(found.type)).toBe(0);
  });

  it("that suggest no priority fee get what their gas price has beyond the base fee", async () => {
    used.proxy.refuse = ({ method }) =>
      method === "eth_maxPriorityFeePerGas" ? "the method does not exist" : undefined;
    const ledger = await used.chain.open(4, { url: used.proxy.url });
    const { transaction } = await ledger.anchor(used.head());
    const found = Object(await used.chain.rpc("eth_getTransactionByHash", transaction));
    expect(Number(found.type)).toBe(2);
    expect(BigInt(found.maxPriorityFeePerGas)).toBeGreaterThan(0n);
  });
});

describe("what another machine sent from the same account", () => {
  it("is counted until it is in a block, and what this process sends is not", async () => {
    const ledger = await used.chain.open(3);
    await used.chain.rpc("evm_setAutomine", false);
    const anchored = Promise.all([ledger.anchor(used.head()), ledger.anchor(used.head())]);
    await until(() => ledger.submissions().filter(({ state }) => state === "sent").length === 2);
    const restored = await used.chain.open(3);
    expect(await restored.foreign()).toBe(2);
    expect(await ledger.foreign()).toBe(0);
    await used.chain.mine(1);
    await anchored;
    expect(await restored.foreign()).toBe(0);
  });
});
