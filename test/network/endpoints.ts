import { z } from "zod";
import { type Deployment, openLedgerReader } from "../../nodes/ledger/index.ts";
import { openRpc } from "../../nodes/ledger/rpc.ts";
import { HashText } from "../../pipeline/index/index.ts";
import { contentsOf } from "../pipeline/index/ledger.ts";
import { until } from "../support/until.ts";
import type { Validator } from "./validators.ts";

/** What one endpoint says of the ledger, as it can be compared with what another says. */
export interface Said {
  /** The hashes of all blocks, from the first one on. */
  readonly blocks: readonly string[];
  /** All logs of all contracts, byte for byte. */
  readonly events: readonly unknown[];
  /** The read model of each deployment. */
  readonly views: readonly unknown[];
}

const Height = z.string().transform(Number);
const Block = z.object({ hash: HashText });

/** Waits until all endpoints have the same newest block; gives its number. */
export async function sameHeight(validators: readonly Validator[], signal: AbortSignal): Promise<number> {
  const rpcs = validators.map(({ url }) => openRpc({ url, signal }));
  return until(
    async () => {
      const heights = await Promise.all(rpcs.map((rpc) => rpc.call(Height, "eth_blockNumber")));
      return new Set(heights).size === 1 && heights[0];
    },
    { what: "the same newest block at every endpoint", limit: 60_000, every: 200, signal },
  );
}

/** Asks one endpoint for everything up to a block. */
export async function everythingOf(
  { url }: Validator,
  { height, deployments }: { readonly height: number; readonly deployments: readonly Deployment[] },
  signal: AbortSignal,
): Promise<Said> {
  const rpc = openRpc({ url, signal });
  const numbers = Array.from({ length: height + 1 }, (_, number) => `0x${number.toString(16)}`);
  const blocks: string[] = [];
  while (blocks.length < numbers.length) {
    const some = numbers.slice(blocks.length, blocks.length + 200);
    const found = await Promise.all(
      some.map((number) => rpc.call(Block, "eth_getBlockByNumber", [number, false])),
    );
    blocks.push(...found.map(({ hash }) => hash));
  }
  const range = { fromBlock: "0x0", toBlock: numbers.at(-1) };
  const events = await rpc.call(z.array(z.unknown()), "eth_getLogs", [range]);
  const views = [];
  for (const { directory } of deployments) {
    const reader = await openLedgerReader({ url, directory, signal });
    await reader.reached(height, signal);
    views.push(contentsOf(reader.view));
    await reader.close();
  }
  return { blocks, events, views };
}
