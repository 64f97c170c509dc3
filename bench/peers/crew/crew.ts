import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Progress, Trip, WorkProcess } from "../../system.ts";
import { type Given, now, Told } from "./messages.ts";

/** The five worker processes of a peer. */
export interface Crew {
  readonly processes: readonly WorkProcess[];
  progress(): Progress;
  /** Gives work to a worker directly; resolves when that has kept it. */
  give(worker: number, first: number, count: number): Promise<void>;
  /** Hands in items and waits until they are through. */
  follow(first: number, count: number, submit: () => Promise<void>): Promise<Trip>;
  /** @throws {Error} what a worker complained of */
  check(): void;
  stop(): Promise<void>;
}

export interface CrewOptions {
  readonly file: URL;
  /** How many processes there are. */
  readonly size?: number;
  /** What every worker is told; its place, from 1, comes first. */
  readonly args: readonly string[];
  /** Whether the first begins alone, since it makes what the others find. */
  readonly firstAlone?: boolean;
  readonly signal: AbortSignal;
}

/** How long workers may take until they are ready, in milliseconds. */
const patience = 120_000;

/** Starts the workers and waits until all are ready. */
export async function startCrew({ file, size = 5, args, firstAlone, signal }: CrewOptions): Promise<Crew> {
  const workers: ChildProcess[] = [];
  const news = createNews();
  async function start(place: number): Promise<void> {
    const worker = fork(file, [String(place), ...args], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: ["--no-warnings"],
    });
    workers.push(worker);
    await readied(worker, news);
  }
  async function startAll(): Promise<void> {
    const places = Array.from({ length: size }, (_, i) => i + 1);
    if (firstAlone === true) await start(places.shift() ?? 1);
    await Promise.all(places.map(start));
  }
  const stop = async (): Promise<void> => {
    await Promise.all(workers.map(stopWorker));
  };
  const limit = new AbortController();
  try {
    await Promise.race([startAll(), late(AbortSignal.any([signal, limit.signal]))]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    limit.abort();
  }
  let orders = 0;
  return {
    processes: workers.map(({ pid = 0 }, i) => ({ name: `worker-${i + 1}`, pid })),
    progress() {
      news.check();
      return news.progress();
    },
    async give(worker, first, count) {
      const order = ++orders;
      const kept = news.kept(order);
      const given: Given = { order, first, count };
      workers[worker % size]?.send(given);
      await kept;
    },
    async follow(first, count, submit) {
      const arrivals = Promise.all(Array.from({ length: count }, (_, i) => news.arrival(first + i)));
      const handedIn = now();
      await submit();
      const kept = now();
      const times = await arrivals;
      return {
        sinceKept: times.map((time) => Math.max(0, time - kept)),
        sinceHandedIn: times.map((time) => time - handedIn),
      };
    },
    check: news.check,
    stop,
  };
}

/** What the workers have told so far. */
function createNews() {
  const arrivals = new Map<number, (time: number) => void>();
  const orders = new Map<number, () => void>();
  const state = { steps: 0, finished: 0 };
  const failed = Promise.withResolvers<never>();
  // It is told by check() when nobody waits.
  failed.promise.catch(() => {});
  let problem: Error | undefined;

  function fail(error: Error): void {
    problem ??= error;
    failed.reject(error);
  }
  /** Waits for something to be told of a number, or for a failure. */
  async function told<T>(of: Map<number, (value: T) => void>, number: number): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    of.set(number, resolve);
    try {
      return await Promise.race([promise, failed.promise]);
    } finally {
      of.delete(number);
    }
  }

  return {
    progress: (): Progress => ({ ...state }),
    fail,
    hear(told: Told): void {
      if ("problem" in told) fail(new Error(told.problem));
      if ("kept" in told) orders.get(told.kept)?.();
      if (!("steps" in told)) return;
      state.steps += told.steps;
      state.finished += told.finished.length;
      for (const [number, time] of told.finished) arrivals.get(number)?.(time);
    },
    arrival: (number: number): Promise<number> => told(arrivals, number),
    kept: (order: number): Promise<void> => told(orders, order),
    check(): void {
      if (problem !== undefined) throw problem;
    },
  };
}

function readied(worker: ChildProcess, news: ReturnType<typeof createNews>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.on("message", (message) => {
    const told = Told.parse(message);
    if ("ready" in told) resolve();
    else news.hear(told);
    if ("problem" in told) reject(new Error(told.problem));
  });
  worker.once("exit", (code, signal) => {
    const error = new Error(`A worker ended by itself: ${code ?? signal}.`);
    reject(error);
    if (!worker.killed) news.fail(error);
  });
  promise.catch(() => {});
  return promise;
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const timer = setTimeout(() => worker.kill("SIGKILL"), 10_000);
  const ended = once(worker, "exit");
  worker.kill("SIGTERM");
  await ended;
  clearTimeout(timer);
}

async function late(signal: AbortSignal): Promise<never> {
  await pause(patience, undefined, { signal });
  throw new Error("The workers are not ready in time.");
}
