import { BeltError } from "../../pipeline/errors.ts";
import { type SignerKeys, trayHash, verifyAcknowledgement } from "../../pipeline/tray/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import { insist } from "./insist.ts";
import type { Clock, Ledger, Transport } from "./ports.ts";
import { asProblem, isRefusal } from "./problem.ts";
import { type Queues, queuesOf, type Waiting } from "./queues.ts";
import { isOfThePartner, leftOf, type Pause, pauseAfter, type RetryLimits } from "./retries.ts";
import { createSettledTrays } from "./settledTrays.ts";
import type { Signals } from "./signals.ts";
import { type OutgoingName, TrayQueue, type WaitingTray } from "./trayQueue.ts";

/** A sealed tray on its way to a partner. */
export interface OutgoingTray extends OutgoingName {
  readonly bytes: Uint8Array;
}

/** Sends sealed trays, byte for byte as they were stored, until their receivers acknowledge them. */
export interface Outbox {
  /** The changes that store trays; call `send` once they are written. */
  changes(trays: readonly OutgoingTray[]): readonly Change[];
  send(trays: readonly OutgoingTray[]): void;
  /** Forgets what was to be sent for a sheet that is closed. */
  drop(sheet: string): Promise<void>;
  /** Forgets in memory what is to be sent for a sheet, as far as another worker may have it from now on. */
  forget(sheet: string, isMeant: (tray: OutgoingName) => boolean): void;
  /** Sends what an earlier process left in the store, if it is asked for. */
  takeUp(isWanted: (tray: OutgoingName) => boolean): Promise<void>;
  /** Whether something waits to be sent for a sheet. */
  has(sheet: string): boolean;
  waiting(): number;
  /** What waits along each edge: trays, and since when this process has the oldest of them. */
  queues(): Queues;
  /**
   * Resolves when no tray waits behind another one that is on its way, a moment later at most: what is sealed only
   * then fills larger trays, and nobody waits for a partner that is away.
   */
  room(): Promise<void>;
  /** Runs until aborted; takes up what an earlier process left unsent, all or what is wanted of it. */
  run(signal: AbortSignal, isWanted?: (tray: OutgoingName) => boolean): Promise<void>;
}

export interface OutboxParts {
  readonly store: Store;
  readonly ledger: Pick<Ledger, "trouble" | "sheet" | "partner" | "signer">;
  readonly transport: Pick<Transport, "deliver">;
  readonly clock: Clock;
  readonly signals: Signals;
  /** A number from 0 up to, not including, 1: the jitter of retries. */
  readonly random: () => number;
  readonly retry?: RetryLimits;
  /** Bytes of waiting trays that stay in memory; of the others it has the names alone, the store the bytes. */
  readonly mostBytes?: number;
}

/** Milliseconds that new trays wait for room at most. */
const mostPatience = 60;

const trayKey = ({ to, sheet, edge, tray }: OutgoingName): string => key("outbox", to, sheet, edge, tray);

/**
 * Whether the tray itself is what is refused. A receiver can know before this node that a sheet is closed: the tray is
 * then of no use to anybody, and goes with the sheet.
 */
const isFinal = (problem: BeltError): boolean => isRefusal(problem) && problem.code !== "SHEET_CLOSED";

export function createOutbox(parts: OutboxParts): Outbox {
  const { store, ledger, transport, clock, signals, random } = parts;
  const limits = parts.retry ?? { least: 100, most: 30_000 };
  const room = { left: parts.mostBytes ?? 4 * 1024 * 1024 };
  const lines = new Map<string, Line>();
  let running: AbortSignal | undefined;
  const settled = createSettledTrays({ store, clock });

  /** What goes to one partner. */
  interface Line {
    readonly queue: TrayQueue;
    /** How often in a row the partner itself could not be reached or took nothing. */
    failures: number;
    pause: Pause | undefined;
    wake: () => void;
    done: Promise<void>;
    inFlight: boolean;
  }

  let freed = Promise.withResolvers<void>();
  const isFull = ({ queue, inFlight }: Line): boolean => inFlight && queue.size > 1;

  function enqueue(tray: OutgoingName, bytes: Uint8Array | undefined): void {
    let line = lines.get(tray.to);
    if (line === undefined) {
      const still = { pause: undefined, wake: () => {}, done: Promise.resolve(), inFlight: false };
      line = { queue: new TrayQueue(room), failures: 0, ...still };
      lines.set(tray.to, line);
      if (running !== undefined) line.done = serve(tray.to, line, running);
    }
    line.queue.add({ ...tray, bytes, since: clock.now(), failures: 0, pause: undefined });
    line.wake();
  }

  /** One partner's line: one tray in flight at a time, so that while it travels the next one fills. */
  async function serve(to: string, line: Line, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // What is acknowledged while the store cannot be written would be sent again and again.
      if (ledger.trouble()?.lasting || store.trouble() !== undefined) {
        await clock.sleep(10_000, signal);
        continue;
      }
      const now = clock.now();
      const resting = leftOf(line.pause, now);
      // What is new for a partner that is away changes nothing; what is new for one that is there goes at once.
      if (resting > 0) {
        await clock.sleep(resting, signal);
        continue;
      }
      const tray = line.queue.next(now);
      if (typeof tray === "number") {
        await idle(line, tray, signal);
        continue;
      }
      line.inFlight = true;
      const problem = await attempt(tray, signal);
      line.inFlight = false;
      if (signal.aborted) return;
      if (problem === undefined) {
        line.queue.delete(tray);
        line.failures = 0;
        line.pause = undefined;
      } else postpone(tray, line, problem);
      freed.resolve();
      freed = Promise.withResolvers();
    }
    lines.delete(to);
  }

  /**
   * Has the tray wait, and the whole line where the partner is what failed: however many trays wait for it, it is asked
   * once in a while. The next attempt is another tray's, in case it was this one that nothing there could take.
   */
  function postpone(tray: WaitingTray, line: Line, problem: BeltError): void {
    const from = clock.now();
    const until = (failures: number): number =>
      from + pauseAfter(problem, { failures, random: random(), limits });
    line.queue.postpone(tray, { from, until: until(++tray.failures) });
    if (!isOfThePartner(problem)) line.failures = 0;
    else line.pause = { from, until: until(++line.failures) };
  }

  async function idle(line: Line, milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    line.wake = () => woken.abort("news");
    const either = AbortSignal.any([woken.signal, signal]);
    await clock.sleep(Number.isFinite(milliseconds) ? milliseconds : 3_600_000, either);
    line.wake = () => {};
  }

  /** Sends once. Gives what went wrong, or undefined when the tray is settled. */
  async function attempt(tray: WaitingTray, signal: AbortSignal): Promise<BeltError | undefined> {
    try {
      if (ledger.sheet(tray.sheet)?.expired) {
        settled.add(trayKey(tray), signal);
        return undefined;
      }
      const partner = ledger.partner(tray.to);
      if (partner === undefined) {
        throw new BeltError("TRAY_SENDER_UNKNOWN", `Member ${tray.to} has no profile.`);
      }
      const bytes = tray.bytes ?? (await store.get(trayKey(tray)));
      // What a closed sheet had is forgotten meanwhile.
      if (bytes === undefined) return undefined;
      const text = await transport.deliver(partner.url, bytes, signal);
      const keys: SignerKeys = (kid) => {
        const signer = ledger.signer(kid);
        return signer?.members.includes(tray.to) ? signer.key : undefined;
      };
      const { sheet, edge, tray: number } = tray;
      verifyAcknowledgement(text, { sheet, edge, tray: number, by: tray.to, hash: trayHash(bytes) }, keys);
      settled.add(trayKey(tray), signal);
      signals.emit("sent", { tray, milliseconds: clock.now() - tray.since, attempts: tray.failures + 1 });
      return undefined;
    } catch (error) {
      const problem = asProblem(error);
      if (signal.aborted) return problem;
      const [milliseconds, final] = [clock.now() - tray.since, isFinal(problem)];
      signals.emit("refused", { tray, problem, attempts: tray.failures, milliseconds, final });
      return final && (await putAside(tray)) ? undefined : problem;
    }
  }

  /** Keeps the bytes of what its receiver will never take apart, for the operator to look at. Whether that is done. */
  async function putAside(tray: WaitingTray): Promise<boolean> {
    try {
      const value = tray.bytes ?? (await store.get(trayKey(tray)));
      if (value === undefined) return true;
      await store.batch([
        { type: "put", key: key("refused", trayKey(tray)), value },
        { type: "del", key: trayKey(tray) },
      ]);
      return true;
    } catch (problem) {
      signals.emit("trouble", { what: `put tray ${trayKey(tray)} aside`, problem });
      return false;
    }
  }

  function* waitingTrays(): Iterable<Waiting> {
    for (const { queue } of lines.values()) {
      for (const { edge, since } of queue.trays()) yield { edge, since, count: 1 };
    }
  }

  async function takeUp(isWanted: (tray: OutgoingName) => boolean): Promise<void> {
    const left = await Array.fromAsync(store.keys({ prefix: "outbox/" }));
    // What this process has written by now waits already, or is through.
    const waiting = [...lines.values()].flatMap(({ queue }) => [...queue.trays()].map(trayKey));
    const known = new Set([...waiting, ...settled.keys()]);
    for (const stored of left) {
      if (known.has(stored)) continue;
      const [, to = "", sheet = "", edge = "", number = ""] = stored.split("/");
      const tray = { to, sheet, edge, tray: Number(number) };
      if (isWanted(tray)) enqueue(tray, undefined);
    }
  }

  return {
    takeUp,
    forget(sheet, isMeant) {
      for (const { queue } of lines.values()) queue.drop(sheet, isMeant);
    },
    has: (sheet) =>
      [...lines.values()].some(({ queue }) => [...queue.trays()].some((each) => each.sheet === sheet)),
    changes: (trays) => trays.map((tray) => ({ type: "put", key: trayKey(tray), value: tray.bytes })),
    send(trays) {
      for (const tray of trays) enqueue(tray, tray.bytes);
    },
    async drop(sheet) {
      for (const { queue } of lines.values()) queue.drop(sheet);
      const changes: Change[] = [];
      for await (const stored of store.keys({ prefix: "outbox/" })) {
        if (stored.split("/")[2] === sheet) changes.push({ type: "del", key: stored });
      }
      if (changes.length > 0) await store.batch(changes);
    },
    async room() {
      const over = new AbortController();
      const patience = clock.sleep(mostPatience, over.signal).then(() => over.abort("patience"));
      while (running?.aborted === false && !over.signal.aborted && [...lines.values()].some(isFull)) {
        await Promise.race([freed.promise, patience]);
      }
      over.abort("room");
    },
    waiting: () => [...lines.values()].reduce((sum, { queue }) => sum + queue.size, 0),
    queues: () => queuesOf(waitingTrays()),
    async run(signal, isWanted = () => true) {
      running = signal;
      for (const [to, line] of lines) line.done = serve(to, line, signal);
      const what = "read the trays that an earlier process left unsent";
      await insist(what, () => takeUp(isWanted), { clock, signals, signal });
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.all([...lines.values()].map((line) => line.done));
      await settled.delete();
    },
  };
}
