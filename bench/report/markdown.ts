import type { Results } from "../results.ts";
import { ceilingSection } from "./ceilingSection.ts";
import { betterPeers, comparison, isDone } from "./comparison.ts";
import { megabytes, milliseconds, number, table } from "./format.ts";
import { growthSection, ownMeasures, workersSection } from "./ownMeasures.ts";
import { targetsOf } from "./targets.ts";

/** The report of a run, in Markdown. */
export function writeMarkdown(results: Results, chart: string): string {
  const { ours } = results;
  const own = ours !== undefined && "measured" in ours ? ours.measured : undefined;
  return [
    "# Benchmarks",
    introduction(results),
    "## Beside other systems",
    comparison(results),
    `![Steps a second and latency of every system](${chart})`,
    ...failures(results),
    "## Targets",
    targets(results),
    "## What the belt does more",
    more,
    "## Where a peer is better",
    better(results),
    ...(own === undefined ? [] : ownMeasures(own)),
    ...ceilingSection(results),
    ...growthSection(results),
    ...workersSection(results),
    "## How it was measured",
    method(results),
    "",
  ].join("\n\n");
}

function introduction({ at, args, machine }: Results): string {
  const { processor, cores, memoryBytes, kernel, node, fileSystem, fsync, load } = machine;
  return [
    `One run of \`npm run bench${args.length === 0 ? "" : ` -- ${args.join(" ")}`}\` on ${at.slice(0, 10)}, everything on one machine, one system after another:`,
    table([
      ["machine", ""],
      ["processor", `${processor}, ${cores} cores`],
      ["memory", megabytes(memoryBytes)],
      ["kernel", kernel],
      ["Node", node],
      [
        "fsync of 4 kB",
        `median ${milliseconds(fsync.median)}, p99 ${milliseconds(fsync.p99)} (${fileSystem})`,
      ],
      ["load before the run", number(load, 2)],
    ]),
  ].join("\n\n");
}

function failures({ ours, peers }: Results): string[] {
  const failed = [...(ours === undefined ? [] : [ours]), ...peers].filter((each) => !isDone(each));
  if (failed.length === 0) return [];
  const words = failed.map((each) => `- ${each.title}: ${"failed" in each ? each.failed : ""}`);
  return ["Not measured in this run:", words.join("\n")];
}

function targets(results: Results): string {
  const rows = targetsOf(results).map(({ measure, least, aim, found, met }) => [
    measure,
    least,
    aim,
    found ?? "not measured",
    met === undefined ? "" : met ? "yes" : "**no**",
  ]);
  return table([["measure", ">bound", ">aim", ">found", "within the bound"], ...rows]);
}

const more = `A step of the belt is a hop between two organisations that do not trust each other. Before it counts, the item was

- **kept**: synced to the disk before it was acknowledged, and again with its result, before the result left;
- **signed** by its sender (Ed25519) and **sealed** to its receiver (X25519, AES-256-GCM); it lies sealed on the disk too;
- **held to its commitment**: the receiver recomputed the digests of what it may see, and of the case as a whole;
- **checked** against the station's schemas, coming in and going out;
- **receipted**: a receipt of each step, a leaf of its member's Merkle log, went to the consumer, who checked and kept it;
- **anchored**: the logs' heads and the sheets' reports are on the ledger, and paid there.

Nothing of this is in the other systems' numbers: their items lie and travel in the clear, within one organisation, and
one database or server sees everything.`;

function better(results: Results): string {
  const found = betterPeers(results).map((line) => `- ${line}`);
  const measured = found.length === 0 ? "In this run, in no measure that was taken." : found.join("\n");
  return `${measured}

Whatever the numbers: the belt is fast because it batches. A single case pays a whole tray's signature, seal and sync at each
hop, and a booking on the ledger before it leaves. Within one organisation, one queue or database is less to run. BullMQ has
priorities, delays and rate limits by the job; DBOS and Temporal have workflows as code, with loops and branches that a belt,
which is published and checked beforehand, does not have; graphile-worker and DBOS add a job in the same transaction as one's
own data.`;
}

function method({ ours, peers, extent }: Results): string {
  const { warmup, window, idle, paced } = extent;
  const systems = [...(ours === undefined ? [] : [ours]), ...peers].map(
    ({ title, durability, setup, depth }) =>
      `- **${title}**: ${durability}. ${setup}; ${number(depth)} items in flight.`,
  );
  return `The work is the same: a loan application of exactly 500 bytes of JSON goes through five steps; each reads it and writes
how far it is, with a checksum (\`bench/work/item.ts\`). What comes out is held against what must come out. Each system has
five worker processes, and one more hands in.

At full load so many items are in flight that no worker waits. From the first step on, ${number(warmup)} s warm up, then steps that are
done for good are counted for ${number(window)} s. Then the system is idle, and ${number(idle)} items go through one by one, from handing in to the end
of the last step. Then for ${number(paced)} s items come at half the pace that the system reached, whether the earlier ones are through or not.
CPU is that of all processes but the one that hands in.

${systems.join("\n")}`;
}
