import { insist } from "./insist.ts";
import type { BookedSheet, Clock, Ledger } from "./ports.ts";
import type { Progress } from "./progress.ts";
import type { ReceiptLog } from "./receiptLog.ts";
import { type Sheet, type Sheets, stationsOf } from "./sheets.ts";
import type { Signals } from "./signals.ts";

/** Tells the ledger what was done: anchors the log's head, then reports the sheets that are through. */
export interface Settlement {
  /** Receipts of a sheet and station were written. */
  written(sheet: Sheet, station: string): void;
  /** Finds again, after a start, what is through and not reported. */
  recover(): void;
  /** Runs until aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Receipts that no anchored head covers yet. */
  unanchored(): number;
}

export interface SettlementParts {
  readonly ledger: Ledger;
  readonly log: ReceiptLog;
  readonly progress: Progress;
  readonly sheets: Sheets;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly member: string;
  readonly signal: AbortSignal;
  /** Receipts are anchored at the latest after this many milliseconds, whether their sheet is through or not. */
  readonly anchorAfter: number;
}

interface Due {
  readonly sheet: Sheet;
  readonly station: string;
}

export function createSettlement(parts: SettlementParts): Settlement {
  const { ledger, log, progress, sheets, clock, signals, member, signal, anchorAfter } = parts;
  const due = new Map<string, Due>();
  let wake = (): void => {};

  const unanchored = (): number => Math.max(0, log.head().size - (ledger.anchored()?.size ?? 0));

  async function anchor(): Promise<void> {
    const { size, root } = log.head();
    await log.check();
    if (size <= (ledger.anchored()?.size ?? 0)) return;
    await ledger.anchor(size, root);
    signals.emit("anchored", { size });
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
  async function settle(): Promise<void> {
    const batch = [...due];
    await anchor();
    const reports = batch.map(async ([id, entry]) => {
      await report(entry);
      due.delete(id);
    });
    const failed = (await Promise.allSettled(reports)).find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  function written(sheet: Sheet, station: string): void {
    const read = insist(
      `read the receipts of sheet ${sheet.id}`,
      () => progress.open(sheet.id, station),
      parts,
    );
    void read.then((ended) => {
      if (ended === undefined || ended.size() < sheet.count) return;
      due.set(`${sheet.id}/${station}`, { sheet, station });
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
    written,
    recover() {
      for (const booked of ledger.sheets()) {
        if (booked.belt === undefined || booked.expired || !worksOn(booked)) continue;
        void insist(`look at sheet ${booked.sheet}`, () => resume(booked.sheet), parts);
      }
    },
    async run(until) {
      while (!until.aborted) {
        const waiting = due.size > 0 ? 0 : anchorAfter;
        const woken = new AbortController();
        wake = () => woken.abort("news");
        if (waiting > 0) await clock.sleep(waiting, AbortSignal.any([woken.signal, until]));
        if (until.aborted) return;
        try {
          if (ledger.trouble()?.lasting !== true) await settle();
        } catch (problem) {
          if (until.aborted) return;
          signals.emit("trouble", { what: `tell the ledger what ${member} did`, problem });
          await clock.sleep(1_000, until);
        }
      }
    },
  };
}
