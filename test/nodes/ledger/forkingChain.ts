import { z } from "zod";
import { calls } from "../../../nodes/ledger/index.ts";
import { openRpc } from "../../../nodes/ledger/rpc.ts";
import { type Hash, HashText } from "../../../pipeline/index/index.ts";
import { type actNames, type Branch, createActs, type Deed, emptyBranch } from "./acts.ts";
import { addressOfMember, type TestChain } from "./testChain.ts";

/** What a member does in a block. */
export interface Act {
  readonly what: (typeof actNames)[number];
  readonly member: number;
  readonly pick: number;
}

/** A chain of real transactions that takes back as many of its newest blocks as it is told to. */
export interface ForkingChain {
  /** How many blocks can be taken back. */
  readonly length: number;
  /** Mines a block of what members do. What the contracts refuse is in it too, and does nothing. */
  mine(block: readonly Act[]): Promise<void>;
  /** Takes back so many of the blocks that were mined here. */
  takeBack(blocks: number): Promise<void>;
  /** The newest block's hash. */
  head(): Promise<Hash>;
}

/** Enough for everything that members do: nothing is tried out before it is sent. */
const gas = "0x1e8480";

/** Lets the members m1 to m4 book, and mines from then on only what it is told to. */
export async function createForkingChain(chain: TestChain, signal: AbortSignal): Promise<ForkingChain> {
  const { directory, contracts } = chain.deployment;
  const addresses = { Directory: directory, ...contracts };
  const rpc = openRpc({ url: chain.url, signal });
  const acts = createActs(chain);
  /** The state before every block that can be taken back. */
  const before: { readonly snapshot: unknown; readonly branch: Branch }[] = [];
  let branch = emptyBranch;
  let number = 0;

  const ask = (method: string, ...params: unknown[]) => rpc.call(z.unknown(), method, params);
  const send = ({ member, call: { contract, data } }: Deed) =>
    ask("eth_sendTransaction", { from: addressOfMember(member), to: addresses[contract], data, gas });

  for (const member of [1, 2, 3, 4]) await send({ member, call: calls.approve(contracts.Bookings) });
  await ask("evm_setAutomine", false);

  return {
    get length() {
      return before.length;
    },
    async mine(block) {
      before.push({ snapshot: await ask("evm_snapshot"), branch });
      for (const { what, member, pick } of block) {
        number++;
        const deed: Deed | undefined = acts[what]({ branch, member, pick, number });
        if (deed === undefined) continue;
        await send(deed);
        branch = deed.after ?? branch;
      }
      await ask("evm_mine");
    },
    async takeBack(blocks) {
      const state = before.splice(before.length - blocks)[0];
      if (state === undefined) throw new RangeError("There are not so many blocks.");
      await ask("evm_revert", state.snapshot);
      branch = state.branch;
    },
    async head() {
      const block = await rpc.call(z.object({ hash: HashText }), "eth_getBlockByNumber", ["latest", false]);
      return block.hash;
    },
  };
}
