import { BeltError } from "../../pipeline/errors.ts";
import type { JsonObject } from "../../pipeline/json.ts";
import type { Outcome, Resumed } from "../stations/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import { insist } from "./insist.ts";
import { type Finished, type Job, jobId, type Line } from "./line.ts";
import type { Clock } from "./ports.ts";
import type { Signals } from "./signals.ts";

/** A case that waits for a person's answer. */
export interface Task {
  readonly id: string;
  readonly sheet: string;
  readonly case: number;
  readonly station: string;
  /** What the person is asked. */
  readonly form: JsonObject;
  /** The JSON Schema of the answer. */
  readonly answer: JsonObject;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/**
 * Cases that wait for a person or a time. What is stored is when the wait began; the rest follows from the case's
 * input, which stays in its sealed tray, so that nothing personal is stored twice.
 */
export interface Waits {
  /** Parks a case; it survives restarts. */
  park(job: Job, outcome: Extract<Outcome, { status: "task" | "timer" }>): Promise<void>;
  /** What a case that starts work waited for before this process began. */
  waited(job: Job): Promise<Resumed | undefined>;
  tasks(): readonly Task[];
  /**
   * Completes a task; resolves once the outcome is durably written, or the case came into quarantine.
   *
   * @throws {BeltError} `TASK_UNKNOWN`, `INPUT_INVALID` when the answer does not fit the output schema
   */
  complete(id: string, answer: JsonObject): Promise<void>;
  /** Lets go of who completed the case's task: it is held, and so not written for now. */
  heldBack(job: Job): void;
  /** What goes with finished cases. */
  release(finished: readonly Finished[]): { readonly changes: readonly Change[]; commit(): void };
  drop(sheet: string): void;
}

const waitKey = (job: Job): string => key("wait", job.sheet.id, job.place.station.name, job.case);

export interface WaitsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly signal: AbortSignal;
  readonly line: () => Line;
}

export function createWaits({ store, clock, signals, signal, line }: WaitsParts): Waits {
  const started = new Map<string, number>();
  const tasks = new Map<string, { job: Job; task: Task }>();
  const completions = new Map<Job, () => void>();

  async function start(job: Job): Promise<number> {
    const id = waitKey(job);
    const known = started.get(id) ?? (await stored(id));
    if (known !== undefined) return known;
    const now = clock.now();
    await store.batch([{ type: "put", key: id, value: Buffer.from(String(now), "latin1") }]);
    started.set(id, now);
    return now;
  }

  async function forget(job: Job): Promise<void> {
    await store.batch([{ type: "del", key: waitKey(job) }]);
    started.delete(waitKey(job));
  }

  async function stored(id: string): Promise<number | undefined> {
    const bytes = await store.get(id);
    if (bytes === undefined) return undefined;
    const since = Number(Buffer.from(bytes).toString("latin1"));
    started.set(id, since);
    return since;
  }

  /** Timers in JavaScript hold 24.8 days at most and drift with the machine's sleep, so long waits go in steps. */
  async function wake(job: Job, until: number, startedAt: number): Promise<void> {
    while (!signal.aborted && clock.now() < until) {
      await clock.sleep(Math.min(until - clock.now(), 60_000), signal);
    }
    if (!signal.aborted && isCurrent(job)) line().resume(job, { from: "timer", startedAt });
  }

  const isCurrent = (job: Job): boolean =>
    line().find(job.sheet.id, job.place.station.name, job.case) === job;

  return {
    async park(job, outcome) {
      const since = await insist("keep a case that waits", () => start(job), { clock, signals, signal });
      if (since === undefined) return;
      if (!isCurrent(job)) {
        // Its sheet was closed while this was written, and what it kept was perhaps forgotten before.
        await insist("forget a case that waits", () => forget(job), { clock, signals, signal });
        return;
      }
      if (outcome.status === "timer") {
        void wake(job, outcome.until, since);
        return;
      }
      const id = jobId(job);
      const { contract } = job.place.processor;
      const task = { id, sheet: job.sheet.id, case: job.case, station: job.place.station.name, since };
      tasks.set(id, { job, task: { ...task, form: outcome.form, answer: contract.output } });
    },
    async waited(job) {
      if (job.place.processor.station.kind !== "timer") return undefined;
      const startedAt = await stored(waitKey(job));
      return startedAt === undefined ? undefined : { from: "timer", startedAt };
    },
    tasks: () => [...tasks.values()].map(({ task }) => task),
    async complete(id, answer) {
      const entry = tasks.get(id);
      if (entry === undefined) throw new BeltError("TASK_UNKNOWN", `There is no open task ${id}.`);
      const fit = entry.job.place.processor.output.validate(answer);
      if (!fit.valid) {
        const [error] = fit.errors;
        throw new BeltError("INPUT_INVALID", `The answer ${error?.message ?? "does not fit"}.`, {
          at: error?.at ?? "",
        });
      }
      tasks.delete(id);
      await new Promise<void>((resolve) => {
        completions.set(entry.job, resolve);
        line().resume(entry.job, { from: "task", answer });
      });
    },
    heldBack(job) {
      completions.get(job)?.();
      completions.delete(job);
    },
    release(finished) {
      const ended = finished.filter(({ job }) => started.has(waitKey(job)));
      return {
        changes: ended.map(({ job }) => ({ type: "del", key: waitKey(job) })),
        commit() {
          for (const { job } of ended) {
            started.delete(waitKey(job));
            completions.get(job)?.();
            completions.delete(job);
          }
        },
      };
    },
    drop(sheet) {
      for (const [id, { job }] of tasks) if (job.sheet.id === sheet) tasks.delete(id);
    },
  };
}
