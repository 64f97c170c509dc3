import { BeltError } from "../../pipeline/errors.ts";
import type { Change } from "../store/index.ts";
import { createHoldings, type Holdings } from "./holdings.ts";
import type { Inbox, SentTray } from "./inbox.ts";
import { type InsistParts, insist } from "./insist.ts";
import type { Outbox } from "./outbox.ts";
import type { Ledger, Self } from "./ports.ts";
import type { Quarantine } from "./quarantine.ts";
import type { Settlement } from "./settlement.ts";
import { type Sheets, stationsOf } from "./sheets.ts";

/**
 * What a worker shares with the others of its member, which have the same store open. What is one worker's at a time is
 * this one's until it is released, or until this one is found dead; from then on nothing that it writes is kept.
 */
export interface Share {
  /** Whether what one of them does for all is this one's: the ledger's writings, and what the member books. */
  readonly leads: boolean;
  /**
   * Makes a sheet this worker's.
   *
   * @returns "left" when another one had it, and what it left in the store is to be taken up
   * @throws {BeltError} `WORKER_ELSEWHERE` while it is another one's
   */
  claim(sheet: string): Promise<"free" | "left">;
  release(sheet: string): Promise<void>;
  /** Waits until the log of receipts is this worker's to append to. */
  turn(): Promise<Turn>;
}

/** The log of receipts is one worker's until these changes are written, or it gives the log back. */
export interface Turn {
  readonly changes: readonly Change[];
  giveBack(): Promise<void>;
}

export const elsewhere = (sentence: string, cause?: unknown): BeltError =>
  new BeltError("WORKER_ELSEWHERE", sentence, { retryAfter: 1, cause });

export interface SharingParts extends InsistParts {
  readonly share: Share;
  readonly ledger: Ledger;
  readonly self: Self;
  readonly quarantine: Quarantine;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly settlement: Settlement;
  readonly sheets: Sheets;
  /** What has sheets in memory. */
  readonly caches: {
    readonly drop: readonly { drop(sheet: string): unknown }[];
    readonly forget: readonly { forget(sheet: string): void }[];
  };
  /** Whether an edge begins at a case of this member's own. */
  isOwn(edge: string): boolean;
}

/** Which sheets this worker works on, and what it does when it gets one. */
export interface Sharing {
  readonly holdings: Holdings;
  /** Makes a tray's sheet this worker's. @throws {BeltError} `WORKER_ELSEWHERE` */
  hold(tray: Pick<SentTray, "sheet" | "edge" | "from">): Promise<void>;
}

export function createSharing(parts: SharingParts): Sharing {
  const { share, ledger, self, quarantine, outbox, inbox, settlement, sheets, caches, isOwn, signal } = parts;

  const holdings = createHoldings({
    share,
    refresh(sheet) {
      for (const each of caches.drop) each.drop(sheet);
      for (const each of caches.forget) each.forget(sheet);
    },
    async takeUp(held) {
      for (const sheet of held) await quarantine.recover(sheet);
      await outbox.takeUp(({ sheet, edge }) => held.has(sheet) && !isOwn(edge));
      await inbox.recover(await inbox.kept(held));
      for (const sheet of held) void insist(`look at sheet ${sheet}`, () => settlement.resume(sheet), parts);
    },
    isThrough(sheet) {
      const booked = ledger.sheet(sheet);
      if (booked === undefined) return false;
      const own = stationsOf(booked, { ledger, member: self.member });
      return booked.expired || (own.every((station) => booked.reported.has(station)) && !outbox.has(sheet));
    },
  });

  return {
    holdings,
    async hold({ sheet, edge, from }) {
      if (edge.endsWith(">result")) {
        if (share.leads) return;
        throw elsewhere("What stations say to the consumer goes to the worker that leads.");
      }
      if (ledger.sheet(sheet)?.expired) return;
      // Only what is booked is anybody's.
      await sheets.open(sheet, from, signal);
      await holdings.hold(sheet);
    },
  };
}
