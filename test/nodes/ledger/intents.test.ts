import { expect, it } from "vitest";
import { type Intent, openIntents } from "../../../nodes/ledger/intents.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { journalDepth } from "../../../pipeline/index/index.ts";
import { ada, hashOf } from "../../pipeline/index/ledger.ts";

const call = { what: "anchor the log", to: ada, data: "0x12" };

/** The nth transaction of an account whose transactions each have a block of their own. */
function nth(nonce: number) {
  const hash = hashOf("transaction", nonce);
  const fees = { type: 0, gasPrice: 1n } as const;
  const intent: Intent = {
    ...{ id: `anchor/${nonce}`, nonce, gas: 50_000n },
    call: { ...call, value: 0n },
    attempts: [{ hash, raw: "0x02", fees }],
  };
  const mined = { hash, block: nonce, blockHash: hashOf("block", nonce), gasUsed: 47_000n, fee: 47_000n };
  return { intent, done: { what: call.what, call: "0x", nonce, mined, revert: null } };
}

async function countKeys(store: MemoryStore): Promise<number> {
  let count = 0;
  for await (const _ of store.keys({ prefix: "ledger/" })) count++;
  return count;
}

it("forgets what is final and old, and keeps what a reorganisation could still take back", async () => {
  const store = new MemoryStore();
  const intents = openIntents(store, ada);
  const total = 5_000;
  let most = 0;
  for (let nonce = 0; nonce < total; nonce++) {
    const { intent, done } = nth(nonce);
    await intents.put(intent);
    await intents.finish(intent, done);
    if (nonce % 500 === 0) most = Math.max(most, await countKeys(store));
  }
  expect(most).toBeLessThan(1_000 + journalDepth + 2);
  expect(await intents.done("anchor/0")).toBeUndefined();
  for (let nonce = total - journalDepth; nonce < total; nonce++) {
    expect(await intents.done(`anchor/${nonce}`)).toMatchObject({ nonce });
  }

  // What an earlier process left is looked at with the first that becomes final.
  const reopened = openIntents(store, ada);
  const far = nth(total + 10_000);
  await reopened.put(far.intent);
  await reopened.finish(far.intent, far.done);
  expect(await countKeys(store)).toBe(1);
});
