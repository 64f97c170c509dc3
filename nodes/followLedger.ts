import type { Logger } from "pino";
import type { EventName } from "../pipeline/index/index.ts";
import type { Engine } from "./engine/index.ts";
import type { Ledger } from "./ledger/index.ts";
import type { OpenSheets } from "./openSheets.ts";

const movesSheet: ReadonlySet<EventName> = new Set(["SheetReported", "StationSettled", "SheetExpired"]);

/** Tells the engine what the ledger says, for as long as it can be followed. */
export async function followLedger(
  changes: ReturnType<Ledger["changes"]>,
  {
    engine,
    openSheets,
    log,
    lost,
  }: {
    readonly engine: Pick<Engine, "ledgerChanged">;
    readonly openSheets: Pick<OpenSheets, "heard">;
    readonly log: Logger;
    /** Is told why it can be followed no longer. */
    lost(why: string): void;
  },
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { events, rolledBackTo } of changes) {
      openSheets.heard(events);
      const closed = events.flatMap((event) => (event.event === "SheetExpired" ? [event.sheet] : []));
      const moved = events.flatMap((event) =>
        movesSheet.has(event.event) && "sheet" in event ? [event.sheet] : [],
      );
      const booked = events.flatMap((event) => (event.event === "SheetBooked" ? [event.sheet] : []));
      engine.ledgerChanged({ takenBack: rolledBackTo !== undefined, booked, closed, moved });
    }
  } catch (error) {
    if (signal.aborted) return;
    log.error({ err: error }, "The ledger is no longer followed.");
    lost("This worker no longer follows the ledger.");
  }
}
