import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { MemberNode } from "../../nodes/network/index.ts";
import { type Flood, flood } from "../load/flood.ts";
import type { Extent } from "../options.ts";
import { measuredPostgres } from "../peers/servers/postgres.ts";
import type { Place, RunningSystem } from "../system.ts";
import { ours } from "./index.ts";

/** How fast the chain is when one of its members has so many workers on a store in PostgreSQL. */
export interface WorkersPoint {
  readonly workers: number;
  readonly flood: Flood;
}

const counts = [1, 2, 4];
/** The member in the middle of the chain. */
const member = "desk-3";
const steps = 5;
const bin = fileURLToPath(new URL("../../bin/belt.js", import.meta.url));

const Config = z.looseObject({});

/** Floods the chain with one worker of a member, then with more that join it. */
export async function measureWorkers(
  { warmup, window, items }: Extent,
  { folder, signal, say }: Place,
): Promise<WorkersPoint[]> {
  const postgres = await measuredPostgres(join(folder, "postgres"), signal);
  const running = await ours.start({ folder: join(folder, "network"), signal, say });
  const others: ChildProcess[] = [];
  try {
    const node = running.network.member(member);
    await moveStore(node, postgres.url);
    const watched: RunningSystem = {
      ...running,
      // A worker's metrics are its own: what is through is counted where it ends.
      async progress() {
        const { finished } = await running.progress();
        return { steps: steps * finished, finished };
      },
      processes: () => [
        ...running.processes(),
        ...others.flatMap(({ pid }, place) =>
          pid === undefined ? [] : [{ name: `${member}, worker ${place + 2}`, pid }],
        ),
        postgres.process,
      ],
    };
    const points: WorkersPoint[] = [];
    let first = 0;
    for (const workers of counts) {
      while (others.length < workers - 1) others.push(await startWorker(node));
      const options = { first, items, warmup: warmup / 2, window: window / 2, signal };
      const found = await flood(ours, watched, options);
      first += found.items;
      say(`${workers} workers: ${Math.round(found.stepsPerSecond)} steps a second`);
      points.push({ workers, flood: found });
    }
    return points;
  } finally {
    for (const other of others) await end(other);
    await running.stop();
    await postgres.stop();
  }
}

/** Has a node, which has nothing yet, keep its store in a database. */
async function moveStore(node: MemberNode, store: string): Promise<void> {
  await node.stop();
  const config = Config.parse(JSON.parse(await readFile(node.config, "utf8")));
  await writeFile(node.config, JSON.stringify({ ...config, store }));
  await node.start();
}

/** Starts one more worker of a node's member, and waits until it is up. */
async function startWorker({ config, url }: MemberNode): Promise<ChildProcess> {
  const faces = ["--listen-port", "0", "--api-port", "0", "--url", url];
  const args = ["serve", "--config", config, ...faces, "--log-level", "warn"];
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit").then(() => Promise.reject(new Error("A worker ended at once.")));
  ended.catch(() => {});
  await Promise.race([once(createInterface(child.stdout), "line"), ended]);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
