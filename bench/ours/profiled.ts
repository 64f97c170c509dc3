import { mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { MemberNode } from "../../nodes/network/index.ts";
import { type FloodOptions, flood } from "../load/flood.ts";
import { type ProfileSummary, summarise } from "../measure/profile.ts";
import { ours, type RunningChain } from "./index.ts";

export interface Profiled {
  readonly member: string;
  readonly summary: ProfileSummary;
}

const root = resolve(import.meta.dirname, "../..");

/** Floods the chain once more with V8's profiler on in some of the nodes, and sums up where their time went. */
export async function profileNodes(
  running: RunningChain,
  members: readonly string[],
  { folder, ...options }: FloodOptions & { readonly folder: string },
): Promise<Profiled[]> {
  await mkdir(folder, { recursive: true });
  const nodes = members.map((name) => running.network.member(name));
  const pids = new Map<string, number>();
  for (const node of nodes) pids.set(node.name, await restart(node, `--cpu-prof --cpu-prof-dir=${folder}`));
  const { stretch } = await flood(ours, running, options);
  // Profiles are written when their processes end.
  for (const node of nodes) await restart(node);
  const files = await readdir(folder);
  return Promise.all(
    nodes.map(async ({ name }) => {
      const file = files.find((each) => each.includes(`.${pids.get(name)}.0.`));
      if (file === undefined) throw new Error(`The node of ${name} left no profile.`);
      return { member: name, summary: await summarise(join(folder, file), root, stretch) };
    }),
  );
}

/** Stops a node in good order, and starts it again with options for Node. Gives its process's number. */
async function restart(node: MemberNode, options?: string): Promise<number> {
  const before = process.env["NODE_OPTIONS"];
  await node.stop();
  try {
    if (options !== undefined) process.env["NODE_OPTIONS"] = `${before ?? ""} ${options}`.trim();
    await node.start();
  } finally {
    if (before === undefined) delete process.env["NODE_OPTIONS"];
    else process.env["NODE_OPTIONS"] = before;
  }
  const { pid } = node;
  if (pid === undefined) throw new Error(`The node of ${node.name} ended at once.`);
  return pid;
}
