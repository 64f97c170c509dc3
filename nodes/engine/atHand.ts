import type { CaseStore } from "./caseStore.ts";
import type { Collector } from "./collector.ts";
import type { Inbox } from "./inbox.ts";
import type { Ledger } from "./ports.ts";
import type { Progress } from "./progress.ts";
import { type Sheets, stationsOf } from "./sheets.ts";

/** What is read of sheets before it is needed, and let go of when it is not any more: some 250 KB of one at its consumer. */
export interface AtHand {
  /** Has what new sheets take at hand before their first trays come. */
  prepare(booked: readonly string[]): void;
  /** Lets go of those of these sheets that are settled; what is asked of them all the same is read again. */
  letGo(moved: readonly string[]): void;
}

export interface AtHandParts {
  readonly ledger: Pick<Ledger, "sheet" | "offer">;
  readonly member: string;
  readonly sheets: Pick<Sheets, "open" | "forget">;
  readonly inbox: Pick<Inbox, "prepare" | "forget">;
  readonly progress: Pick<Progress, "open">;
  readonly cases: Pick<CaseStore, "forget">;
  readonly collector: Pick<Collector, "forget">;
  readonly signal: AbortSignal;
}

/** Sheets of one piece of news that are prepared: who missed more meanwhile waits for the trays. */
const mostPrepared = 16;

export function createAtHand(parts: AtHandParts): AtHand {
  const { ledger, sheets, inbox, progress, cases, collector, signal } = parts;

  async function prepareOne(id: string): Promise<void> {
    const { places } = await sheets.open(id, [], signal);
    const stations = [...places.keys()];
    await Promise.all([inbox.prepare(id), ...stations.map((station) => progress.open(id, station))]);
  }

  /** Whether all stations of a sheet have been paid: nothing more comes of it as a rule. */
  function isSettled(id: string): boolean {
    const sheet = ledger.sheet(id);
    return sheet?.offers.every((_, station) => sheet.reported.get(station)?.settled) === true;
  }

  return {
    prepare(booked) {
      if (booked.length > mostPrepared) return;
      for (const id of booked) {
        const sheet = ledger.sheet(id);
        if (sheet === undefined || stationsOf(sheet, parts).length === 0) continue;
        // Whatever fails is said when a tray needs it.
        void prepareOne(id).catch(() => {});
      }
    },
    letGo(moved) {
      for (const id of moved) {
        if (isSettled(id)) for (const each of [sheets, inbox, cases, collector]) each.forget(id);
      }
    },
  };
}
