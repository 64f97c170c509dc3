import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { utf8 } from "../../pipeline/bytes.ts";
import { chosen, look, silent, type Watch } from "../../pipeline/worker/index.ts";
import { systemClock } from "../clock.ts";
import type { Clock, Holdings, Share } from "../engine/index.ts";
import type { CheckedStore } from "../store/index.ts";
import { createClaims, createShare } from "./claims.ts";
import { fenced } from "./fence.ts";
import {
  type Addresses,
  beatKey,
  claimKey,
  lead,
  readBeats,
  type SeenWorker,
  sheetClaim,
  textOf,
  workerKey,
  writeBeat,
} from "./records.ts";
import { usual, type WorkerTimes } from "./times.ts";

export interface WorkersParts {
  readonly store: CheckedStore;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Is told, once, why this worker has to begin anew under another name, and how it then `joins`. */
  readonly over: Over;
  /** A follower does not lead before it has shown that it can serve; a candidate when absent. */
  readonly joins?: Joining;
  readonly signal: AbortSignal;
  readonly times?: WorkerTimes;
  /** A name that no worker had before, and a number from 0 up to, not including, 1; the system's when absent. */
  readonly random?: { name(): string; fraction(): number };
  /** Only differences of its times count; this machine's when absent. */
  readonly clock?: Clock;
}

/** How a worker comes to the others. */
export type Joining = "candidate" | "follower";

/** Why a worker begins anew, and how it joins the others then. */
export type Over = (why: string, joins: Joining) => void;

const systemTime: Clock = { now: () => performance.now(), sleep: systemClock.sleep };
const systemChance = { name: () => randomUUID(), fraction: () => Math.random() };

/** This worker among those of its member, which have the same store open. */
export interface Workers {
  readonly id: string;
  /** The store, to which this worker can write as long as the others let it live. */
  readonly store: CheckedStore;
  readonly share: Share;
  /** Where the worker is that leads; undefined while there is none that can be reached. */
  lead(): Addresses | undefined;
  /** The other workers that can be reached. */
  others(): readonly Addresses[];
  /** Where the worker is that has a sheet, or is to have it; undefined when that is this one. */
  placeOf(sheet: string): Promise<Addresses | undefined>;
  /**
   * Tells the others where this worker is reached; from now on it is given work, also what a dead one left.
   *
   * @param held - is given sheets to go on with, and is to let go of those that are through
   */
  serve(at: Addresses, held: Held): Promise<void>;
  /**
   * Has others do what is this worker's, since it cannot do it any more: it begins anew without it, as soon as there is
   * another one. It is given no work from now on.
   */
  giveWay(why: string): void;
  /** Lets the others have at once what is this worker's. */
  leave(): Promise<void>;
}

type Held = Pick<Holdings, "takeOver" | "sweep">;

/** After so many beats it is seen to sheets that are through, and to those that nobody has. */
const sweepEvery = 5;

/** Joins the workers that have a store open; leads them, if nobody does. */
export async function joinWorkers(parts: WorkersParts): Promise<Workers> {
  const { log, over, joins = "candidate", times = usual, clock = systemTime, random = systemChance } = parts;
  const id = random.name();
  const own = { key: workerKey(id), value: utf8(new Date().toISOString()) };
  let told = false;
  const end = (why: string, next: Joining = "candidate"): void => {
    if (!told) over(why, next);
    told = true;
  };
  const lost = (): void => end("The other workers took this one for dead.");
  const store = fenced(parts.store, { ...own, lost });
  const claims = createClaims(store, id);

  let at: Addresses | null = null;
  let number = 0;
  let present: ReadonlyMap<string, SeenWorker> = new Map();
  let watch: Watch = new Map();
  let leader: string | undefined;
  let held: Held | undefined;
  const stopping = new AbortController();
  const signal = AbortSignal.any([parts.signal, stopping.signal]);

  const beat = () => ({ type: "put", key: beatKey(id), value: writeBeat({ number: number++, at }) }) as const;
  await parts.store.batch([{ type: "put", ...own }, beat()]);
  const leads = joins === "candidate" && typeof (await claims.claim(lead)) !== "object";
  log.info({ worker: id, leads }, leads ? "This worker leads." : "This worker works beside others.");

  /** Sees who is there. Those whose beat stands still are no longer, and can write nothing from then on. */
  async function lookAround(): Promise<void> {
    await store.batch([beat()]);
    const found = new Map(await readBeats(store));
    found.delete(id);
    const now = clock.now();
    watch = look(watch, new Map([...found].map(([worker, seen]) => [worker, seen.beat])), now);
    for (const [worker, last] of silent(watch, now, times.patience)) {
      const gone = [workerKey(worker), beatKey(worker)].map((key) => ({ type: "del", key }) as const);
      const still = new Map([[beatKey(worker), utf8(last)]]);
      const buried = await store.batch(gone, still).then(
        () => true,
        () => false,
      );
      if (!buried) continue;
      found.delete(worker);
      log.warn({ worker }, "a worker of this member does not answer; what it had is taken over");
    }
    present = found;
    leader = await claims.holder(lead);
  }

  /** The sheets that are nobody's any more, and this worker's to go on with. */
  async function orphans(): Promise<string[]> {
    const prefix = claimKey(sheetClaim(""));
    const sheets: string[] = [];
    for await (const [key, value] of store.entries({ prefix })) {
      const by = textOf(value);
      const sheet = key.slice(prefix.length);
      if (by !== id && !present.has(by) && choose(sheet) === id) sheets.push(sheet);
    }
    return sheets;
  }

  /** Work that is in the store and was never claimed: of a store that was another kind's before. */
  async function unclaimed(): Promise<string[]> {
    const sheets = new Set<string>();
    for await (const key of store.keys({ prefix: "inbox/" })) sheets.add(key.split("/")[1] ?? "");
    for await (const key of store.keys({ prefix: "outbox/" })) {
      const [, , sheet = "", edge = ""] = key.split("/");
      // What leaves the consumer is the lead's anyway.
      if (!edge.startsWith("case>")) sheets.add(sheet);
    }
    const claimed = await Promise.all([...sheets].map((sheet) => store.get(claimKey(sheetClaim(sheet)))));
    return [...sheets].filter((_, place) => claimed[place] === undefined);
  }

  const choose = (sheet: string): string | undefined => {
    const others = [...present].filter(([, seen]) => seen.at !== undefined).map(([worker]) => worker);
    return chosen(sheet, at === null ? others : [id, ...others]);
  };
  const others = (): readonly Addresses[] => [...present.values()].flatMap((worker) => worker.at ?? []);

  /** Why it can do nothing for its member, if so. */
  let unable: string | undefined;
  let known: string | undefined;
  let attending = false;

  /** Sees to what changes with who is there: the lead, sheets that are nobody's, and those that are through. */
  async function attend(looks: number): Promise<void> {
    const names = [...present.keys()].sort().join();
    if (held === undefined || attending || (names === known && looks % sweepEvery !== 0)) return;
    attending = true;
    try {
      if (!leads && typeof (await claims.claim(lead)) !== "object") {
        end("Nobody leads any more; this worker does.");
        return;
      }
      await held.takeOver(await orphans());
      known = names;
      await held.sweep();
    } catch (problem) {
      if (!signal.aborted)
        log.warn({ err: problem }, "what other workers left cannot be taken over; it is tried again");
    } finally {
      attending = false;
    }
  }

  /** Lets the others know that this worker lives, and looks after them, from the start and until aborted. */
  async function tend(): Promise<void> {
    for (let looks = 1; !signal.aborted; looks++) {
      try {
        await lookAround();
        const hasWork = leads || at !== null;
        if (unable !== undefined && hasWork && others().length > 0) end(unable, "follower");
        // Taking over may take longer than the others wait for a beat.
        else void attend(looks);
      } catch (problem) {
        // What could not be read proves nobody dead.
        watch = new Map();
        if (!signal.aborted) log.warn({ err: problem }, "the other workers cannot be looked after");
      }
      await clock.sleep(times.beat, signal);
    }
  }

  const tending = tend();

  return {
    id,
    store,
    share: createShare(claims, { leads, clock, fraction: random.fraction, signal }),
    lead: () => (leader === undefined ? undefined : present.get(leader)?.at),
    others,
    async placeOf(sheet) {
      const by = (await claims.holder(sheetClaim(sheet))) ?? choose(sheet);
      return by === undefined || by === id ? undefined : present.get(by)?.at;
    },
    giveWay(why) {
      unable ??= why;
    },
    async serve(addresses, given) {
      if (unable !== undefined) return;
      if (leads) await given.takeOver(await unclaimed());
      at = addresses;
      held = given;
      await lookAround();
    },
    async leave() {
      stopping.abort("it leaves");
      await tending;
      const gone = [own.key, beatKey(id)].map((key) => ({ type: "del", key }) as const);
      await parts.store.batch(gone);
    },
  };
}
