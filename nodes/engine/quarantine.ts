import { z } from "zod";
import { type RandomBytes, utf8 } from "../../pipeline/bytes.ts";
import { BeltError, type Code } from "../../pipeline/errors.ts";
import { canonical, type JsonObject } from "../../pipeline/json.ts";
import { type Failure, signFailure } from "../../pipeline/tray/index.ts";
import type { Outcome, Resumed } from "../stations/index.ts";
import { key, openAtRest, type Store, sealAtRest } from "../store/index.ts";
import { inputsOf, type Prepared } from "./committer.ts";
import { insist } from "./insist.ts";
import { type Finished, type Job, jobId, type Line } from "./line.ts";
import type { Clock, Ledger, Self } from "./ports.ts";
import type { Signals } from "./signals.ts";

type Failed = Extract<Outcome, { status: "failed" }>;

/** A case that crashed or hung its station, held for the operator. */
export interface QuarantinedCase {
  readonly id: string;
  readonly sheet: string;
  readonly case: number;
  readonly station: string;
  readonly code: string;
  readonly reason: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Since when it is held, and when it is failed if nobody decides; milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  /** The signed failure receipt, a compact JWS. */
  readonly receipt: string;
}

/**
 * Holds cases that crash or hang their station, each by itself, so that its operator can look at them, correct what was
 * wrong, and have them tried again. A case that nobody decides on is failed while there is time to report its sheet.
 */
export interface Quarantine {
  /** Opens what an earlier process held, before the first case arrives anew. */
  recover(sheet?: string): Promise<void>;
  /** Holds a case if its failure is of that kind; it survives restarts. False when the case is to be failed at once. */
  hold(job: Job, outcome: Failed, resumed: Resumed | undefined): boolean;
  /** Whether a case that has arrived anew, after a restart, is held. */
  holds(job: Job): boolean;
  /** The oldest first. */
  list(): readonly QuarantinedCase[];
  /**
   * What the station has to work with.
   *
   * @throws {BeltError} `QUARANTINE_UNKNOWN`
   */
  look(id: string): { readonly held: QuarantinedCase; readonly input: JsonObject };
  /**
   * Lets the case begin anew, with all its attempts: whether it is to be worked on at all is looked at again.
   *
   * @throws {BeltError} `QUARANTINE_UNKNOWN`
   */
  retry(id: string): Promise<void>;
  /**
   * Fails the case; resolves once that is durably written.
   *
   * @param reason - what the consumer is told; why the station failed when left out
   * @throws {BeltError} `QUARANTINE_UNKNOWN`
   */
  reject(id: string, reason?: string): Promise<void>;
  /** What goes with finished cases. */
  release(finished: readonly Finished[]): Prepared;
  drop(sheet: string): void;
  size(): number;
}

const Kept = z.strictObject({
  code: z.string(),
  reason: z.string(),
  attempts: z.int(),
  since: z.int(),
  receipt: z.string(),
});
type Kept = z.infer<typeof Kept>;

interface Held {
  readonly kept: Kept;
  /** Undefined after a restart, until the case's trays are read. */
  job: Job | undefined;
  readonly resumed: Resumed | undefined;
}

export interface QuarantineParts {
  readonly store: Store;
  readonly ledger: Pick<Ledger, "sheet">;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly self: Self;
  readonly signals: Signals;
  readonly signal: AbortSignal;
  readonly line: () => Line;
}

/** Failures of the kind that a case is held for. What a station itself says of a case is not among them. */
const poison: ReadonlySet<Code> = new Set(["STATION_CRASHED", "STATION_TIMEOUT"]);

/** The longest time between two looks at the clock, in milliseconds. */
const longestWait = 30_000;

const quarantineKey = (job: Job): string => key("quarantine", job.sheet.id, job.place.station.name, job.case);

export function createQuarantine(parts: QuarantineParts): Quarantine {
  const { store, ledger, clock, random, self, signals, signal, line } = parts;
  const all = new Map<string, Held>();
  // What the store may have: also of cases that were decided on, until their receipts are written.
  const stored = new Set<string>();
  const decided = new Map<Job, () => void>();

  const isCurrent = (job: Job): boolean =>
    line().find(job.sheet.id, job.place.station.name, job.case) === job;

  /** Half of the time until the sheet's deadline is left to the stations that come after, and to the reports. */
  function endOf({ sheet, place }: Job, since: number): number {
    const { quarantineMs } = place.processor.common;
    const deadline = (ledger.sheet(sheet.id)?.deadline ?? Number.POSITIVE_INFINITY) * 1_000;
    return Math.floor(since + Math.min(quarantineMs, (deadline - since) / 2));
  }

  function find(id: string): { readonly at: string; readonly held: Held; readonly job: Job } {
    for (const [at, held] of all) {
      if (held.job !== undefined && jobId(held.job) === id) return { at, held, job: held.job };
    }
    throw new BeltError("QUARANTINE_UNKNOWN", `No case ${id} is in quarantine.`, { at: "case" });
  }

  const view = ({ code, reason, attempts, since, receipt }: Kept, job: Job): QuarantinedCase => ({
    id: jobId(job),
    sheet: job.sheet.id,
    case: job.case,
    station: job.place.station.name,
    code,
    reason,
    attempts,
    since,
    until: endOf(job, since),
    receipt,
  });

  /** Puts the case into quarantine, as soon as the store takes it; until then nobody can decide on it. */
  async function enter(job: Job, kept: Kept, resumed: Resumed | undefined): Promise<void> {
    const at = quarantineKey(job);
    const value = sealAtRest(self.secret, utf8(canonical(kept)), random);
    stored.add(at);
    await insist("keep a case in quarantine", () => store.batch([{ type: "put", key: at, value }]), parts);
    if (signal.aborted) return;
    if (!isCurrent(job)) {
      // Its sheet was closed while this was written, and what it kept was perhaps forgotten before.
      await insist("forget a case in quarantine", () => store.batch([{ type: "del", key: at }]), parts);
      return;
    }
    const held = { kept, job, resumed };
    all.set(at, held);
    signals.emit("quarantined", { case: view(kept, job) });
    await watch(at, held, job);
  }

  /** Fails the case when its time is over. It is looked at in steps, since clocks are set and deadlines move. */
  async function watch(at: string, held: Held, job: Job): Promise<void> {
    for (;;) {
      if (signal.aborted || all.get(at) !== held || !isCurrent(job)) return;
      const left = endOf(job, held.kept.since) - clock.now();
      if (left <= 0) break;
      await clock.sleep(Math.min(left, longestWait), signal);
    }
    fail(at, job, held.kept.reason);
  }

  function fail(at: string, job: Job, reason: string): void {
    all.delete(at);
    line().fail(job, reason);
  }

  return {
    async recover(sheet) {
      const prefix = sheet === undefined ? "quarantine/" : `${key("quarantine", sheet)}/`;
      for await (const [at, bytes] of store.entries({ prefix })) {
        const text = Buffer.from(openAtRest(self.secret, bytes, at)).toString("utf8");
        all.set(at, { kept: Kept.parse(JSON.parse(text)), job: undefined, resumed: undefined });
        stored.add(at);
      }
    },
    hold(job, { code = "STATION_FAILED", reason }, resumed) {
      const since = clock.now();
      if (!poison.has(code) || endOf(job, since) <= since) return false;
      const { attempts } = job;
      const receipt = signFailure(failureOf(job, code, since), self.signer);
      void enter(job, { code, reason, attempts, since, receipt }, resumed);
      return true;
    },
    holds(job) {
      const at = quarantineKey(job);
      const held = all.get(at);
      if (held === undefined) return false;
      held.job = job;
      void watch(at, held, job);
      return true;
    },
    list: () =>
      [...all.values()]
        .flatMap(({ kept, job }) => (job === undefined ? [] : [view(kept, job)]))
        .toSorted((a, b) => a.since - b.since || a.case - b.case),
    look(id) {
      const { held, job } = find(id);
      return { held: view(held.kept, job), input: job.input ?? {} };
    },
    async retry(id) {
      const { at, held, job } = find(id);
      all.delete(at);
      try {
        await store.batch([{ type: "del", key: at }]);
      } catch (error) {
        all.set(at, held);
        throw error;
      }
      stored.delete(at);
      line().anew(job, held.resumed);
    },
    async reject(id, reason) {
      const { at, held, job } = find(id);
      await new Promise<void>((resolve) => {
        decided.set(job, resolve);
        fail(at, job, reason ?? held.kept.reason);
      });
    },
    release(finished) {
      if (stored.size === 0) return { changes: [], commit() {} };
      const jobs = finished.map(({ job }) => job).filter((job) => stored.has(quarantineKey(job)));
      return {
        changes: jobs.map((job) => ({ type: "del", key: quarantineKey(job) })),
        commit() {
          for (const job of jobs) {
            all.delete(quarantineKey(job));
            stored.delete(quarantineKey(job));
            decided.get(job)?.();
            decided.delete(job);
          }
        },
      };
    },
    drop(sheet) {
      const own = `${key("quarantine", sheet)}/`;
      for (const at of [...stored].filter((each) => each.startsWith(own))) {
        all.delete(at);
        stored.delete(at);
      }
    },
    size: () => all.size,
  };
}

function failureOf(job: Job, code: Code, failed: number): Failure {
  const { sheet, place, case: number, attempts, received } = job;
  const about = { sheet: sheet.id, case: number, station: place.station.name };
  const { version: rules } = place.processor.station;
  return { ...about, in: inputsOf(job), rules, code, attempts, received, failed };
}
