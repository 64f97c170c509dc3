import type { Logger } from "pino";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Identity } from "./identity.ts";
import { type Ledger, type LedgerReader, openLedger, openLedgerReader } from "./ledger/index.ts";
import type { Store } from "./store/index.ts";

/** The ledger as every worker of a member has it. */
export type FollowedLedger = LedgerReader & Pick<Ledger, "account" | "submissions">;

/** Opens the ledger: all workers of a member follow it, and the one that leads alone writes on it. */
export async function openNodeLedger({
  config,
  identity,
  log,
  store,
  leads,
  signal,
}: {
  readonly config: Config;
  readonly identity: Identity;
  readonly log: Logger;
  readonly store: Store;
  readonly leads: boolean;
  readonly signal: AbortSignal;
}): Promise<{ ledger: FollowedLedger; writings: Ledger | undefined }> {
  const { url, directory, chainId } = config.ledger;
  const where = { ...{ url, directory, chainId }, subscribe: true, log, now: systemClock.now, signal };
  if (!leads) {
    // What the lead keeps of the ledger is read, and nothing is written beside it.
    const reader = await openLedgerReader({ ...where, store: readOnly(store), patient: true });
    return { ledger: { ...reader, account: identity.address, submissions: () => [] }, writings: undefined };
  }
  const mostPending = config.limits.pendingTransactions;
  const writings = await openLedger({ ...where, store, wallet: identity.account, mostPending });
  return { ledger: writings, writings };
}

const readOnly = (store: Store): Store => ({ ...store, batch: async () => {} });
