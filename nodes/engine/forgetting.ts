import type { Change, Store } from "../store/index.ts";
import { type InsistParts, insist } from "./insist.ts";
import type { Outbox } from "./outbox.ts";
import type { Ledger } from "./ports.ts";
import type { Progress } from "./progress.ts";
import type { Sheets } from "./sheets.ts";

/** Forgets sheets that were closed on the ledger: nothing more is to be done for them. */
export interface Forgetting {
  forget(sheet: string): void;
  /** What an earlier process did not come to: its trays are forgotten where they would be opened or sent. */
  recover(): void;
}

export interface ForgettingParts extends InsistParts {
  readonly store: Store;
  readonly ledger: Pick<Ledger, "sheet">;
  readonly outbox: Pick<Outbox, "drop">;
  readonly sheets: Pick<Sheets, "forget">;
  readonly progress: Pick<Progress, "forget">;
  /** What has cases of sheets in hand. */
  readonly memory: readonly { drop(sheet: string): void }[];
  /** Whether what the store has of a sheet is another worker's to delete. */
  isOthers(sheet: string): boolean;
}

export function createForgetting(parts: ForgettingParts): Forgetting {
  const { store, ledger, outbox, sheets, progress, memory, signals, isOthers } = parts;

  async function forgetWaits(): Promise<void> {
    for (const prefix of ["wait/", "quarantine/"]) {
      const kept = await Array.fromAsync(store.keys({ prefix }), (key) => key.split("/")[1] ?? "");
      for (const sheet of new Set(kept)) if (ledger.sheet(sheet)?.expired) await forgetStored(store, sheet);
    }
  }

  return {
    forget(sheet) {
      signals.emit("closed", { sheet });
      for (const each of memory) each.drop(sheet);
      sheets.forget(sheet);
      progress.forget(sheet);
      if (isOthers(sheet)) return;
      const all = () => Promise.all([outbox.drop(sheet), forgetStored(store, sheet)]);
      void insist(`forget sheet ${sheet}`, all, parts);
    },
    recover: () => void insist("forget the waits of closed sheets", forgetWaits, parts),
  };
}

/** Deletes what a station keeps of a sheet besides its receipts: the trays that came in, and what waited. */
async function forgetStored(store: Store, sheet: string): Promise<void> {
  for (const prefix of [`inbox/${sheet}/`, `wait/${sheet}/`, `quarantine/${sheet}/`]) {
    const changes: Change[] = [];
    for await (const key of store.keys({ prefix })) changes.push({ type: "del", key });
    if (changes.length > 0) await store.batch(changes);
  }
}
