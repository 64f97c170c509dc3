import { z } from "zod";
import type { Network } from "../../nodes/network/index.ts";
import { version } from "../../nodes/version.ts";
import type { Progress, RunningSystem, System, Trip } from "../system.ts";
import { finishedItem } from "../work/item.ts";
import { stepsDone } from "./metrics.ts";
import { startChainOfFive } from "./network.ts";
import { bookItems, itemsThrough, outcomesOf, travel } from "./sheets.ts";

const Result = z.object({ application: z.object({ progress: z.object({ code: z.string() }) }) });

/** The whole product, while it runs. */
export interface RunningChain extends RunningSystem {
  readonly network: Network;
}

/** Five members with a node each, the first of which is the consumer too, and the ledger. */
export const ours = {
  name: "ours",
  title: "Digital conveyor belt",
  durability:
    "fsync before a tray is acknowledged; results, receipts and outgoing trays are one batch that is synced before they leave",
  setup:
    "a node a member and the ledger, a process each, as `belt up` starts them; API and metrics on; sheets of 1,024 cases at full load, of 256 at half",
  depth: 16 * 1_024,
  batch: 1_024,
  pacedBatch: 256,
  async start({ folder, signal }): Promise<RunningChain> {
    const network = await startChainOfFive(folder, signal);
    return { network, ...run(network, signal) };
  },
} satisfies System;

function run(network: Network, signal: AbortSignal): RunningSystem {
  let checked: { readonly sheet: string; readonly first: number } | undefined;

  async function progress(): Promise<Progress> {
    const [steps, finished] = await Promise.all([stepsDone(network), itemsThrough(network)]);
    return { steps, finished };
  }

  return {
    version,
    progress,
    processes() {
      const nodes = network.members.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]));
      const { pid } = network.chain;
      return [...nodes, ...(pid === undefined ? [] : [{ name: "ledger", pid }])];
    },
    async submit(first, count) {
      const sheet = await bookItems(network, first, count);
      checked ??= { sheet, first };
    },
    async follow(first, count): Promise<Trip> {
      const handedIn = performance.now();
      const sheet = await bookItems(network, first, count);
      const kept = performance.now();
      const arrivals = await travel(network, sheet, signal);
      return {
        sinceKept: arrivals.map((at) => Math.max(0, at - kept)),
        sinceHandedIn: arrivals.map((at) => at - handedIn),
      };
    },
    async verify() {
      if (checked === undefined) return;
      const { sheet, first } = checked;
      for (const [i, { state, result }] of (await outcomesOf(network, sheet)).entries()) {
        const found = Result.safeParse(result);
        if (
          state === "done" &&
          found.data?.application.progress.code === finishedItem(first + i).progress.code
        )
          continue;
        throw new Error(
          `Case ${i} of sheet ${sheet} is not as it should be: ${state}, ${JSON.stringify(result)}.`,
        );
      }
    },
    stop: () => network.stop(),
  };
}
