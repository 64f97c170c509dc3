import type { Address } from "../../pipeline/index/index.ts";
import { CallRefused, type Rpc } from "./rpc.ts";
import { Small } from "./wire.ts";

/** How many transactions an account has. */
export interface Counts {
  /** In blocks: the nonce of the next one that can be. */
  readonly mined: number;
  /** With those that the ledger's node holds: in its pool, or in a block that the network has not decided on. */
  readonly held: number;
}

/** Counts an account's transactions; a node that cannot tell what it holds counts as holding nothing. */
export function createCounts(rpc: Rpc, account: Address): () => Promise<Counts> {
  const ask = (state: "latest" | "pending") => rpc.call(Small, "eth_getTransactionCount", [account, state]);
  const askHeld = () =>
    ask("pending").catch((error: unknown) => {
      if (error instanceof CallRefused) return 0;
      throw error;
    });
  return async () => {
    const [mined, held] = await Promise.all([ask("latest"), askHeld()]);
    return { mined, held: Math.max(mined, held) };
  };
}
