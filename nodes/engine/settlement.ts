import { insist } from "./insist.ts";
import type { BookedSheet, Clock, Ledger } from "./ports.ts";
import { asProblem } from "./problem.ts";
import type { Progress } from "./progress.ts";
import type { ReceiptLog } from "./receiptLog.ts";
import { leftOf, type Pause, pauseAfter, type RetryLimits } from "./retries.ts";
import { type Sheet, type Sheets, stationsOf } from "./sheets.ts";
import type { Signals } from "./signals.ts";

/** Tells the ledger what was done: anchors the log's head, then reports the sheets that are through. */
export interface Settlement {
  /** Receipts of a sheet and station were written. */
  written(sheet: Sheet, station: string): void;
  /** Looks whether a sheet is through, of which an earlier process wrote receipts. */
  resume(sheet: string): Promise<void>;
  /** Finds again, after a start, what is through and not reported. */
  recover(): void;
  /** Runs until aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Receipts that no anchored head covers yet. */
  unanchored(): number;
  /** Milliseconds for which the oldest of these has waited, in this process; 0 when there are none. */
  anchorLag(): number;
}

export interface SettlementParts {
  readonly ledger: Ledger;
  readonly log: ReceiptLog;
  readonly progress: Progress;
  readonly sheets: Sheets;
  readonly clock: Clock;
  readonly signals: Signals;
  /** A number from 0 up to, not including, 1: the jitter of retries. */
  readonly random: () => number;
  readonly member: string;
  readonly signal: AbortSignal;
  /** Receipts are anchored at the latest after this many milliseconds, whether their sheet is through or not. */
  readonly anchorAfter: number;
}

interface Due {
  readonly sheet: Sheet;
  readonly station: string;
  failures: number;
  pause: Pause;
}

/** What the ledger refuses is tried again after a second, and in the end once a minute. */
const limits: RetryLimits = { least: 1_000, most: 60_000 };

/**
 * Milliseconds for which a sheet that is through waits for others, and from one time to the next: what is through by then
 * shares one anchored head, and its reports a transaction. Nobody waits for them, and what they take of the ledger and of
 * everybody who reads it is taken from cases that are still on their way.
 */
const gathering = { least: 250, apart: 2_000 };

export function createSettlement(parts: SettlementParts): Settlement {
  const { ledger, log, progress, sheets, clock, signals, random, member, signal, anchorAfter } = parts;
  const due = new Map<string, Due>();
  let wake = (): void => {};

  const unanchored = (): number => Math.max(0, log.head().size - (ledger.anchored()?.size ?? 0));

  /** When the oldest receipt that no anchored head covers was written, or found by this process. */
  let unanchoredSince: number | undefined;
  /** When the last sheets that were through were seen to. */
  let settled = Number.NEGATIVE_INFINITY;

  const isAway = (): boolean => ledger.trouble()?.lasting === true;

  async function anchor(): Promise<void> {
    await log.refresh();
    const head = log.head();
    const frontier = log.frontier();
    const { size } = head;
    const from = clock.now();
    await log.check();
    if (size > (ledger.anchored()?.size ?? 0)) {
      await ledger.anchor(head, frontier);
      signals.emit("anchored", { size });
    }
    // What was written meanwhile is not covered.
    unanchoredSince = log.head().size > size ? from : undefined;
  }

  async function report({ sheet, station }: Due): Promise<void> {
    const number = sheet.places.get(station)?.station.number;
    const booked = ledger.sheet(sheet.id);
    if (number === undefined || booked === undefined || booked.expired || booked.reported.has(number)) return;
    const ended = await progress.open(sheet.id, station);
    await ledger.report({ sheet: sheet.id, station: number, exceptions: ended.exceptions() });
    progress.forget(sheet.id, station);
    signals.emit("reported", { sheet: sheet.id, station });
  }

  /** Everything that is due by now shares one anchored head: the cost does not grow with the number of sheets. */
  async function settle(batch: readonly (readonly [string, Due])[]): Promise<void> {
    await anchor();
    await Promise.all(
      batch.map(async ([id, entry]) => {
        try {
          await report(entry);
          due.delete(id);
        } catch (problem) {
          if (signal.aborted) return;
          // The deadline may have passed, and nobody has closed the sheet yet: the others go on meanwhile.
          entry.pause = rest(problem, ++entry.failures);
          signals.emit("trouble", {
            what: `report station ${entry.station} of sheet ${entry.sheet.id}`,
            problem,
          });
        }
      }),
    );
  }

  function rest(problem: unknown, failures: number): Pause {
    const from = clock.now();
    return { from, until: from + pauseAfter(asProblem(problem), { failures, random: random(), limits }) };
  }

  function written(sheet: Sheet, station: string): void {
    if (unanchored() > 0) unanchoredSince ??= clock.now();
    const read = insist(
      `read the receipts of sheet ${sheet.id}`,
      () => progress.open(sheet.id, station),
      parts,
    );
    void read.then((ended) => {
      if (ended === undefined || ended.size() < sheet.count) return;
      const from = clock.now();
      const until = Math.max(from + gathering.least, Math.min(settled, from) + gathering.apart);
      const pause = { from, until };
      due.set(`${sheet.id}/${station}`, { sheet, station, failures: 0, pause });
      wake();
    });
  }

  async function resume(id: string): Promise<void> {
    // Where nothing was done nothing is due, and its documents need not even be here.
    if (!(await progress.begun(id))) return;
    const sheet = await sheets.open(id, [], signal);
    for (const station of sheet.places.keys()) written(sheet, station);
  }

  /** Whether a station of the sheet is this member's and has not reported. */
  const worksOn = (booked: BookedSheet): boolean =>
    stationsOf(booked, parts).some((station) => !booked.reported.has(station));

  return {
    unanchored,
    anchorLag: () => (unanchored() === 0 ? 0 : Math.max(0, clock.now() - (unanchoredSince ?? clock.now()))),
    written,
    resume,
    recover() {
      if (unanchored() > 0) unanchoredSince = clock.now();
      for (const booked of ledger.sheets()) {
        if (booked.belt === undefined || booked.expired || !worksOn(booked)) continue;
        void insist(`look at sheet ${booked.sheet}`, () => resume(booked.sheet), parts);
      }
    },
    async run(until) {
      let failures = 0;
      let anchored = clock.now();
      while (!until.aborted) {
        const now = clock.now();
        const soonest = [...due.values()].map(({ pause }) => leftOf(pause, now));
        const waiting = isAway()
          ? anchorAfter
          : Math.min(leftOf({ from: anchored, until: anchored + anchorAfter }, now), ...soonest);
        if (waiting > 0) {
          const woken = new AbortController();
          wake = () => woken.abort("news");
          await clock.sleep(waiting, AbortSignal.any([woken.signal, until]));
          continue;
        }
        const ready = [...due].filter(([, { pause }]) => leftOf(pause, now) === 0);
        if (ready.length > 0) settled = now;
        try {
          await settle(ready);
          failures = 0;
        } catch (problem) {
          if (until.aborted) return;
          signals.emit("trouble", { what: `tell the ledger what ${member} did`, problem });
          await clock.sleep(leftOf(rest(problem, ++failures), clock.now()), until);
        }
        anchored = clock.now();
      }
    },
  };
}
