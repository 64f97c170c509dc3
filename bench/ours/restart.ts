import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { MemberNode } from "../../nodes/network/index.ts";
import { ours, type RunningChain } from "./index.ts";
import { readingsOf } from "./metrics.ts";

/** How a node comes back that was killed with unfinished items. */
export interface Restarted {
  readonly unfinished: number;
  /** Seconds from the start of its process until it says that it is ready. */
  readonly readySeconds: number;
  /** Seconds until the consumer has its first new receipt. */
  readonly workingSeconds: number;
  /** Seconds until the consumer has the receipts of all that was unfinished. */
  readonly doneSeconds: number;
}

const Config = z.looseObject({
  stations: z.array(z.looseObject({ settings: z.record(z.string(), z.json()) })),
});

/** Milliseconds between two looks at the node. */
const look = 50;

/** Has items pile up at the middle station, kills its node, and starts it again. */
export async function measureRestart(
  running: RunningChain,
  {
    folder,
    first,
    count,
    signal,
  }: {
    readonly folder: string;
    readonly first: number;
    readonly count: number;
    readonly signal: AbortSignal;
  },
): Promise<Restarted> {
  const node = running.network.member("desk-3");
  const hold = join(folder, "hold");
  await writeFile(hold, "");
  await node.stop();
  await setHold(node, hold);
  await node.start();
  const { finished: before } = await running.progress();
  for (let done = 0; done < count; done += ours.batch) {
    signal.throwIfAborted();
    await running.submit(first + done, Math.min(ours.batch, count - done));
  }
  await until(async () => (await readingsOf(node)).sum("belt_tray_items_sum") >= count, signal);
  // Told by the consumer, since the node is at work before it has metrics.
  const { network } = running;
  const receipts = async (): Promise<number> =>
    (await readingsOf(network.consumer)).sum("belt_tray_items_sum", "valuation>result");
  const held = await receipts();
  await node.kill();
  await rm(hold);
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1_000;
  const [readySeconds, workingSeconds, doneSeconds] = await Promise.all([
    node.start().then(seconds),
    until(async () => (await receipts()) > held, signal).then(seconds),
    until(async () => (await receipts()) >= held + count, signal).then(seconds),
  ]);
  await until(async () => (await running.progress()).finished - before >= count, signal);
  return { unfinished: count, readySeconds, workingSeconds, doneSeconds };
}

/** Has the node's station hold what it works on as long as a file is there. */
async function setHold({ config }: MemberNode, file: string): Promise<void> {
  const { stations, ...rest } = Config.parse(JSON.parse(await readFile(config, "utf8")));
  const held = stations.map((station) => ({
    ...station,
    settings: { ...station.settings, hold: file, timeoutMs: 3_600_000 },
  }));
  await writeFile(config, JSON.stringify({ ...rest, stations: held }));
}

async function until(condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await condition())) await pause(look, undefined, { signal });
}
