import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { judge } from "./judge.ts";
import { scenarioOf } from "./scenario.ts";
import { describeFailure, type Portion, Tally } from "./seeds.ts";
import { shrink } from "./shrink.ts";
import { errorsOf, killsAt, runSweep, sweepNames, sweepNodes, wrongAfter } from "./sweep.ts";

const usage = `Runs the engine of two to nine nodes in simulated time, with everything that can go wrong.

  node test/sim/run.ts --seeds 10000 [--first 1] [--workers 2]   many seeds, over several processes
  node test/sim/run.ts --seed 17 [--log] [--shrink]              one seed again, with what it logs,
                                                                 made as small as it can be and still fail
  node test/sim/run.ts --sweep 3                                 three seeds of one belt, killed at every boundary and
                                                                 with an error at every use of a disk, one after another`;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    first: { type: "string", default: "1" },
    workers: { type: "string", default: String(availableParallelism()) },
    log: { type: "boolean", default: false },
    sweep: { type: "string" },
    shrink: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else if (values.seed !== undefined) await one(Number(values.seed));
else if (values.sweep !== undefined) await sweep(Number(values.sweep));
else if (values.seeds === undefined) console.log(usage);
else await many(Number(values.first), Number(values.seeds), Number(values.workers));
// Work that hangs, on purpose, does not hold up the end.
process.exit();

async function one(seed: number): Promise<void> {
  let scenario = scenarioOf(seed);
  if (values.shrink) scenario = await shrink(scenario, () => process.stderr.write("."));
  const watch = values.log || values.shrink ? { watch: (line: string) => console.log(line) } : {};
  const { defects, events, digest } = await judge(scenario, watch);
  if (values.log || values.shrink) console.log(JSON.stringify(scenario, null, 1));
  for (const defect of defects) console.log(`wrong: ${defect}`);
  console.log(`seed ${seed}: ${events} events, ${defects.length} defects, digest ${digest.slice(0, 16)}`);
  process.exitCode = defects.length === 0 ? 0 : 1;
}

async function sweep(seeds: number): Promise<void> {
  let [runs, failed] = [0, 0];
  for (const [name, seed] of sweepNames.flatMap((name) =>
    Array.from({ length: seeds }, (_, index) => [name, index + 1] as const),
  )) {
    const simulation = await runSweep(name, seed);
    for (const node of sweepNodes) {
      const { passed, uses } = simulation.node(node);
      const boundaries = passed.map((_, place) => place + 1);
      const faults = [...killsAt(node, boundaries), ...errorsOf(node, uses)];
      const wrong = await wrongAfter(name, seed, faults);
      for (const each of wrong) console.log(each);
      runs += faults.length;
      failed += wrong.length;
      console.log(`${name}, seed ${seed}, ${node}: ${passed.length} boundaries, ${uses} uses of its disk`);
    }
  }
  console.log(`${runs} runs, ${failed} failures`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function many(first: number, count: number, workers: number): Promise<void> {
  const started = performance.now();
  let next = first;
  let [seeds, events, failed] = [0, 0, 0];
  let [lost, incomplete] = [0, 0];

  async function work(): Promise<void> {
    const worker = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), { stdio: "inherit" });
    try {
      while (next < first + count) {
        const portion = { first: next, count: Math.min(20, first + count - next) };
        next += portion.count;
        const tally = await ask(worker, portion);
        seeds += tally.seeds;
        events += tally.events;
        failed += tally.failures.length;
        lost += tally.lost;
        incomplete += tally.incomplete;
        for (const failure of tally.failures) console.log(describeFailure(failure));
        if (seeds % 500 < portion.count) console.log(`${seeds} seeds, ${failed} failed`);
      }
    } finally {
      worker.kill("SIGKILL");
    }
  }

  await Promise.all(Array.from({ length: workers }, work));
  console.log(`${lost} machines lost; the logs of ${incomplete} went on without receipts that nobody had`);
  const took = ((performance.now() - started) / 1_000).toFixed(0);
  console.log(
    `${seeds} seeds from ${first} on, ${failed} failed; ${events} events, ${took} s, ${workers} processes`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

function ask(worker: ChildProcess, portion: Portion): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error(`a worker ended in the seeds from ${portion.first} on`));
    worker.once("exit", ended);
    worker.once("message", (message) => {
      worker.off("exit", ended);
      resolve(Tally.parse(message));
    });
    worker.send(portion);
  });
}
