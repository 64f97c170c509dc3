import { type Arrival, arrive, emptyHop, type Hop, next } from "../../pipeline/hop/index.ts";
import type { JsonObject } from "../../pipeline/json.ts";
import type { Status } from "../../pipeline/receipt/index.ts";
import type { Outcome, Resumed } from "../stations/index.ts";
import { createLane, type Lane } from "./lane.ts";
import type { Clock } from "./ports.ts";
import type { Processor } from "./processors.ts";
import type { Ended } from "./progress.ts";
import type { Place, Sheet } from "./sheets.ts";

/** Which case, at which of this node's stations. */
export interface JobName {
  readonly sheet: Sheet;
  readonly place: Place;
  readonly case: number;
  /** The cases that the station has ended. */
  readonly ended: Ended;
}

/** One case at one of this node's stations, from its first arrival until its receipt is written. */
export interface Job extends JobName {
  hop: Hop;
  /** When the last source arrived, in milliseconds since 1970. */
  received: number;
  /** The stored trays that this case came on. */
  readonly trays: string[];
  /** The input while it is worked on, or waits for a person or a time. */
  input: JsonObject | undefined;
  /** How often a processor had it in hand since this process began. */
  attempts: number;
}

/** A case that a station is through with, ready to be written down. */
export interface Finished {
  readonly job: Job;
  readonly status: Status;
  readonly output: JsonObject | undefined;
  readonly reason: string | undefined;
  readonly finished: number;
}

/** The cases at this node's stations: joins what arrives, works on what is complete, hands over what is finished. */
export interface Line {
  /** Adds what a source brought; works on the case as soon as everything is there. */
  add(
    name: JobName,
    source: string,
    arrival: Arrival,
    tray: { readonly stored: string; readonly arrived: number },
  ): void;
  /** Goes on with a case that waited for a person or a time. */
  resume(job: Job, resumed: Resumed): void;
  /** Begins anew with a case that was held, as if everything had just arrived. */
  anew(job: Job, resumed: Resumed | undefined): void;
  /** Ends a case that was held as failed. */
  fail(job: Job, reason: string): void;
  /** Forgets all cases of a closed sheet. */
  drop(sheet: string): void;
  find(sheet: string, station: string, number: number): Job | undefined;
  /** Cases that are complete and not finished yet. */
  busy(): number;
}

export interface LineParts {
  readonly clock: Clock;
  /** Cases that the processors within this process may have in hand at one time, all of them together. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** @param aside - to be called when the case has to wait for a processor of its own */
  work(job: Job, input: JsonObject, resumed: Resumed | undefined, aside: () => void): Promise<Outcome>;
  finish(finished: Finished): void;
  /** The milliseconds before a case that failed is tried again; undefined when it has failed for good. */
  again(job: Job, outcome: Extract<Outcome, { status: "failed" }>): number | undefined;
  /** Takes a case that has failed for good aside, so that its operator decides; false when it does not. */
  hold(job: Job, outcome: Extract<Outcome, { status: "failed" }>, resumed: Resumed | undefined): boolean;
  /** Whether the case was taken aside by an earlier process. */
  holds(job: Job): boolean;
  /** The case waits for a person or a time. */
  wait(job: Job, outcome: Extract<Outcome, { status: "task" | "timer" }>): void;
  /** Something failed and is tried again. */
  trouble(problem: unknown): void;
  /** What a case that starts work already waited for, before this process began. */
  waited(job: Job): Promise<Resumed | undefined>;
}

/** A case that is complete, with what it comes back with if it waited. */
interface Ready {
  readonly job: Job;
  readonly resumed: Resumed | undefined;
}

/** What an operator calls a case at a station by. */
export const jobId = ({ sheet, place, case: number }: JobName): string =>
  `${sheet.id.slice(2, 18)}-${place.station.name}-${number}`;

const keyOf = (name: JobName): string => jobKey(name.sheet.id, name.place.station.name, name.case);

const jobKey = (sheet: string, station: string, number: number): string => `${sheet}/${station}/${number}`;

export function createLine(parts: LineParts): Line {
  const { clock, concurrency, signal } = parts;
  const jobs = new Map<string, Job>();
  /** Processors that bound what they have in hand have a lane each; all others share one. */
  const lanes = new Map<Processor | "shared", Lane<Ready>>();
  /** Cases that hold up no others: they pause after a failure, or wait for a processor of their own. */
  const aside = new Set<Job>();

  /** Looks what is next for a case; true when it is to be worked on. */
  function isToBeDone(job: Job): boolean {
    const step = next(job.hop, job.place.rules);
    if (step.do === "end") end(job, step.status, undefined, step.reason);
    if (step.do !== "work") return false;
    job.input = step.input;
    return true;
  }

  function proceed(job: Job): void {
    if (isToBeDone(job) && !parts.holds(job)) enqueue(job, undefined);
  }

  function enqueue(job: Job, resumed: Resumed | undefined): void {
    laneOf(job).add({ job, resumed });
  }

  function laneOf({ place: { processor } }: Job): Lane<Ready> {
    const by = processor.inHand === undefined ? "shared" : processor;
    const known = lanes.get(by);
    if (known !== undefined) return known;
    const work = (ready: Ready, release: () => void): Promise<void> =>
      run(ready.job, ready.resumed, release).catch((problem: unknown) => tryAgain(ready, problem));
    const lane = createLane({ most: processor.inHand ?? concurrency, signal, work });
    lanes.set(by, lane);
    return lane;
  }

  /** The store could not tell what the case waited for: the case keeps its place until it can. */
  async function tryAgain({ job, resumed }: Ready, problem: unknown): Promise<void> {
    if (signal.aborted) return;
    parts.trouble(problem);
    await clock.sleep(1_000, signal);
    if (jobs.has(keyOf(job))) enqueue(job, resumed);
  }

  async function run(job: Job, given: Resumed | undefined, release: () => void): Promise<void> {
    const { input } = job;
    if (input === undefined) return;
    const resumed = given ?? (await parts.waited(job));
    job.attempts++;
    const outcome = await parts.work(job, input, resumed, () => {
      aside.add(job);
      release();
    });
    aside.delete(job);
    // A node that stops leaves unfinished work in its inbox; the next start takes it up.
    if (signal.aborted || !jobs.has(keyOf(job))) return;
    if (outcome.status === "done") end(job, "done", outcome.output, undefined);
    else if (outcome.status === "task" || outcome.status === "timer") parts.wait(job, outcome);
    else {
      const pause = outcome.status === "failed" ? parts.again(job, outcome) : undefined;
      if (pause !== undefined) void later(pause, job, resumed);
      else if (outcome.status !== "failed" || !parts.hold(job, outcome, resumed)) {
        end(job, outcome.status, undefined, outcome.reason);
      }
    }
  }

  /** Puts a case that failed behind the others. */
  async function later(pause: number, job: Job, resumed: Resumed | undefined): Promise<void> {
    aside.add(job);
    await clock.sleep(pause, signal);
    aside.delete(job);
    if (jobs.has(keyOf(job))) enqueue(job, resumed);
  }

  function end(job: Job, status: Status, output: JsonObject | undefined, reason: string | undefined): void {
    jobs.delete(keyOf(job));
    job.ended.mark(job.case, status);
    parts.finish({ job, status, output, reason, finished: clock.now() });
  }

  return {
    add(name, source, arrival, tray) {
      const id = keyOf(name);
      let job = jobs.get(id);
      if (job === undefined) {
        job = { ...name, hop: emptyHop, received: 0, trays: [], input: undefined, attempts: 0 };
        jobs.set(id, job);
      }
      const hop = arrive(job.hop, source, arrival);
      job.trays.push(tray.stored);
      if (hop === job.hop) return;
      job.hop = hop;
      job.received = Math.max(job.received, tray.arrived);
      proceed(job);
    },
    resume: enqueue,
    anew(job, resumed) {
      job.attempts = 0;
      if (isToBeDone(job)) enqueue(job, resumed);
    },
    fail: (job, reason) => end(job, "failed", undefined, reason),
    drop(sheet) {
      for (const [id, job] of jobs) if (job.sheet.id === sheet) jobs.delete(id);
    },
    find: (sheet, station, number) => jobs.get(jobKey(sheet, station, number)),
    busy: () => [...lanes.values()].reduce((sum, lane) => sum + lane.size(), aside.size),
  };
}
