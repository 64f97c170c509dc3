import { type Change, key, type Store } from "../store/index.ts";
import { insist } from "./insist.ts";
import type { Clock, Ledger } from "./ports.ts";
import type { Progress } from "./progress.ts";
import type { ReceiptLog } from "./receiptLog.ts";
import type { Settlement } from "./settlement.ts";
import type { Sheet, Sheets } from "./sheets.ts";
import type { Signals } from "./signals.ts";

const dueKey = (sheet: string, station: string): string => key("due", sheet, station);

export interface DuesParts {
  readonly store: Store;
  readonly progress: Progress;
  readonly sheets: Sheets;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly signal: AbortSignal;
}

/** Settlement at a worker that does not lead: what is through is written down for the one that does. */
export function createDues(parts: DuesParts): Settlement {
  const { store, progress, sheets, signal } = parts;

  async function keep(sheet: Sheet, station: string): Promise<void> {
    const ended = await progress.open(sheet.id, station);
    if (ended.size() < sheet.count) return;
    await store.batch([{ type: "put", key: dueKey(sheet.id, station), value: new Uint8Array() }]);
  }

  const written = (sheet: Sheet, station: string): void =>
    void insist(`say that sheet ${sheet.id} is through`, () => keep(sheet, station), parts);

  return {
    written,
    async resume(id) {
      if (!(await progress.begun(id))) return;
      const sheet = await sheets.open(id, [], signal);
      for (const station of sheet.places.keys()) written(sheet, station);
    },
    recover() {},
    unanchored: () => 0,
    anchorLag: () => 0,
    async run() {},
  };
}

/** Milliseconds between two looks at what other workers have written down. */
const interval = 500;

export interface DueWatchParts extends DuesParts {
  readonly log: ReceiptLog;
  readonly settlement: Settlement;
  /** Whether a sheet is this worker's, which knows by itself what is through of it. */
  holds(sheet: string): boolean;
}

/** At the worker that leads: has settled what the others are through with, until aborted. */
export async function watchDues(parts: DueWatchParts): Promise<void> {
  const { store, log, ledger, clock, signals, signal } = parts;
  const known = new Set<string>();
  while (!signal.aborted) {
    await clock.sleep(interval, signal);
    if (signal.aborted) return;
    try {
      await log.refresh();
      const over: Change[] = [];
      for (const at of await Array.fromAsync(store.keys({ prefix: "due/" }))) {
        if (!(await look(at, known, parts))) continue;
        known.delete(at);
        over.push({ type: "del", key: at });
      }
      if (over.length > 0) await store.batch(over);
    } catch (problem) {
      if (!signal.aborted)
        signals.emit("trouble", { what: "look for sheets that other workers did", problem });
    }
    if (ledger.trouble()?.lasting) await clock.sleep(10_000, signal);
  }
}

/** Has a sheet settled, once; true when that is done. */
async function look(
  at: string,
  known: Set<string>,
  { ledger, sheets, progress, settlement, holds, signal }: DueWatchParts,
): Promise<boolean> {
  const [, id = "", station = ""] = at.split("/");
  const booked = ledger.sheet(id);
  if (booked === undefined) return false;
  if (booked.expired) return true;
  if (known.has(at)) {
    const sheet = await sheets.open(id, [], signal);
    return booked.reported.has(sheet.places.get(station)?.station.number ?? -1);
  }
  // What this worker read of it before is what it was then.
  if (!holds(id)) progress.forget(id, station);
  settlement.written(await sheets.open(id, [], signal), station);
  known.add(at);
  return false;
}
