import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Seconds that a process works before it counts, and that it counts. */
export const Go = z.object({ warmup: z.number(), window: z.number() });
export type Go = z.infer<typeof Go>;

/** What a process did, in so many seconds, and the processor's time that it took. */
const BareWork = z.object({ hops: z.number(), seconds: z.number(), cpuSeconds: z.number() });
export type BareWork = z.infer<typeof BareWork>;

/** Bare hops by so many processes at the same time. */
export interface BareRate {
  readonly processes: number;
  readonly hopsPerSecond: number;
  readonly cpuMicrosecondsPerHop: number;
}

/** What this machine would do if a hop took nothing but its own work: see `bareHop`. */
export interface Ceiling {
  readonly alone: BareRate;
  /** A process for each processor. */
  readonly all: BareRate;
}

const program = fileURLToPath(new URL("./bareWorker.ts", import.meta.url));

export async function measureCeiling(go: Go, signal: AbortSignal): Promise<Ceiling> {
  return { alone: await rateOf(1, go, signal), all: await rateOf(availableParallelism(), go, signal) };
}

async function rateOf(processes: number, go: Go, signal: AbortSignal): Promise<BareRate> {
  const workers = Array.from({ length: processes }, () => fork(program, { signal }));
  const answers = () => Promise.all(workers.map((worker) => answerOf(worker, signal)));
  let works: readonly BareWork[];
  try {
    await answers();
    const done = answers();
    for (const worker of workers) worker.send(go);
    works = (await done).map((answer) => BareWork.parse(answer));
  } finally {
    for (const worker of workers) worker.kill();
  }
  const hops = works.reduce((sum, work) => sum + work.hops, 0);
  const cpuSeconds = works.reduce((sum, work) => sum + work.cpuSeconds, 0);
  return {
    processes,
    hopsPerSecond: works.reduce((sum, work) => sum + work.hops / work.seconds, 0),
    cpuMicrosecondsPerHop: (cpuSeconds * 1e6) / hops,
  };
}

async function answerOf(worker: ReturnType<typeof fork>, signal: AbortSignal): Promise<unknown> {
  const ended = new AbortController();
  const either = { signal: AbortSignal.any([signal, ended.signal]) };
  try {
    const gone = once(worker, "exit", either).then(() => {
      throw new Error("A process that does bare hops ended.");
    });
    const [answer]: unknown[] = await Promise.race([once(worker, "message", either), gone]);
    return answer;
  } finally {
    ended.abort();
  }
}
