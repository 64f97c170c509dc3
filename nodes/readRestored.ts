import type { Logger } from "pino";
import { systemClock } from "./clock.ts";
import type { FollowedLedger } from "./nodeLedger.ts";
import { restoredOf, type Store } from "./store/index.ts";

/**
 * A store that was restored knows the ledger as it was then: before anything is done with it, the log's anchored head and
 * all bookings are to be known, so the ledger is read first.
 */
export async function readRestored(
  store: Store,
  {
    ledger,
    leads,
    log,
    signal,
  }: {
    readonly ledger: FollowedLedger;
    readonly leads: boolean;
    readonly log: Logger;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const restored = await restoredOf(store);
  if (restored === undefined || restored.checked) return;
  if (!leads) {
    // The one that leads puts back what is lost, and nothing is worked on before.
    log.warn("The store was restored from a backup; this worker waits for the one that leads.");
    while (!signal.aborted && (await restoredOf(store))?.checked === false)
      await systemClock.sleep(1_000, signal);
    return;
  }
  const since = new Date(restored.at).toISOString();
  log.warn({ since }, "The store was restored from a backup; the ledger is read before anything is done.");
  await ledger.caughtUp(signal);
}
