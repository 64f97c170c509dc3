import type { BookedSheet, Clock, Ledger } from "./ports.ts";
import type { Signals } from "./signals.ts";

/** The longest time between two looks at the deadlines, in milliseconds: clocks can be set meanwhile. */
const longestWait = 30_000;

export interface DeadlineParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly member: string;
}

/** Closes this member's sheets on the ledger once their deadline has passed, so that no case stays open for ever. */
export async function watchDeadlines(parts: DeadlineParts, signal: AbortSignal): Promise<void> {
  const { ledger, clock, signals, member } = parts;
  const isOpen = ({ consumer, expired, offers, reported }: BookedSheet): boolean =>
    consumer === member && !expired && offers.some((_, station) => !reported.has(station));
  while (!signal.aborted) {
    const now = clock.now() / 1000;
    let next = now + longestWait / 1000;
    for (const booked of [...ledger.sheets()].filter(isOpen)) {
      if (booked.deadline >= now) {
        next = Math.min(next, booked.deadline + 1);
        continue;
      }
      try {
        await ledger.expire(booked.sheet);
      } catch (problem) {
        signals.emit("trouble", { what: `close sheet ${booked.sheet} after its deadline`, problem });
      }
    }
    await clock.sleep(Math.max(1, next - now) * 1000, signal);
  }
}
