import type { BookedSheet, Clock, Ledger, LedgerNews } from "./ports.ts";
import type { Signals } from "./signals.ts";

/** The longest time between two looks at the deadlines, in milliseconds: clocks can be set meanwhile. */
const longestWait = 30_000;

export interface DeadlineParts {
  readonly ledger: Pick<Ledger, "sheet" | "sheets" | "expire">;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly member: string;
}

/** Closes this member's sheets on the ledger once their deadline has passed, so that no case stays open for ever. */
export interface Deadlines {
  /** The ledger has news. */
  heard(news: Pick<LedgerNews, "booked" | "takenBack">): void;
  /** Runs until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

export function createDeadlines({ ledger, clock, signals, member }: DeadlineParts): Deadlines {
  /** The sheets that are open, or may be: all that ever were are too many to be looked at twice a minute. */
  const open = new Set<string>();

  const isOpen = ({ consumer, expired, offers, reported }: BookedSheet): boolean =>
    consumer === member && !expired && offers.some((_, station) => !reported.has(station));

  function findAll(): void {
    for (const booked of ledger.sheets()) if (isOpen(booked)) open.add(booked.sheet);
  }

  async function close(sheet: string): Promise<void> {
    try {
      await ledger.expire(sheet);
    } catch (problem) {
      signals.emit("trouble", { what: `close sheet ${sheet} after its deadline`, problem });
    }
  }

  /** Closes what can be closed now; gives the time to look again, in seconds since 1970. */
  async function look(now: number): Promise<number> {
    let next = now + longestWait / 1_000;
    for (const sheet of [...open]) {
      const booked = ledger.sheet(sheet);
      if (booked === undefined || !isOpen(booked)) open.delete(sheet);
      else if (booked.deadline < now) await close(sheet);
      else next = Math.min(next, booked.deadline + 1);
    }
    return next;
  }

  return {
    heard({ booked, takenBack }) {
      // What was closed in a block that was taken back is open again.
      if (takenBack) findAll();
      for (const sheet of booked) open.add(sheet);
    },
    async run(signal) {
      findAll();
      while (!signal.aborted) {
        const now = clock.now() / 1_000;
        const next = await look(now);
        await clock.sleep(Math.max(1, next - now) * 1_000, signal);
      }
    },
  };
}
