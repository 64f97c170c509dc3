import type { Edge } from "../../pipeline/belt/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Delivery, deliveryOf } from "../../pipeline/hop/index.ts";
import {
  type OpenedTray,
  openTray,
  signAcknowledgement,
  type TraceContext,
  type TrayName,
  trayHash,
} from "../../pipeline/tray/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import { insist } from "./insist.ts";
import { readKeptTray } from "./keptTray.ts";
import type { Clock, Ledger, Self } from "./ports.ts";
import { asProblem } from "./problem.ts";
import { createSeenTrays, inboxKey } from "./seenTrays.ts";
import type { Sheet, Sheets } from "./sheets.ts";
import type { Signals } from "./signals.ts";
import type { BeginTrace } from "./tracing.ts";

/** A tray that passed every check, on its way into the store. */
export interface AcceptedTray {
  readonly name: TrayName;
  /** Its key in the store. */
  readonly stored: string;
  /** What its bytes are named by. */
  readonly hash: string;
  /** When it first arrived, in milliseconds since 1970. */
  readonly arrived: number;
  readonly sheet: Sheet;
  readonly edge: Edge;
  readonly deliveries: readonly Delivery[];
  /** Where the sender's log has the receipts, for it to ask for. */
  readonly place: string | undefined;
  /** What working on its cases is done because of, if that is traced. */
  readonly trace: TraceContext | undefined;
}

/** An opened tray and the active members whose key signed it. */
export interface SentTray extends OpenedTray {
  readonly from: readonly string[];
}

/** Takes trays in: nothing is acknowledged that is not durably kept, and nothing is kept that fails a check. */
export interface Inbox {
  /** Gives the acknowledgement, a compact JWS. */
  accept(bytes: Uint8Array): Promise<string>;
  /** The keys of the trays that were kept and are not finished, of all sheets or of these. */
  kept(sheets?: Iterable<string>): Promise<readonly string[]>;
  /** Opens kept trays that an earlier process left, by their keys; what cannot be opened now is tried again. */
  recover(left: readonly string[]): Promise<void>;
  /** Has a sheet at hand before its first tray comes. */
  prepare(sheet: string): Promise<void>;
  /** Forgets what memory has of a sheet that another worker may have had since. */
  forget(sheet: string): void;
}

export interface InboxParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly self: Self;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly sheets: Sheets;
  readonly signal: AbortSignal;
  readonly tracing: BeginTrace | undefined;
  /** Why no tray can be taken at the moment, if so. */
  refusal(): BeltError | undefined;
  /** Where there are other workers: makes the tray's sheet this one's. @throws {BeltError} `WORKER_ELSEWHERE` */
  readonly hold?: ((tray: SentTray) => Promise<void>) | undefined;
  /** What keeps the tray: its bytes for a station, the outcomes themselves for the consumer. */
  keep(tray: AcceptedTray, bytes: Uint8Array): Promise<readonly Change[]>;
  /** Hands on a kept tray. */
  take(tray: AcceptedTray): Promise<void>;
}

interface Arrived {
  readonly bytes: Uint8Array;
  readonly hash: string;
  /** When this attempt began, in milliseconds since 1970. */
  readonly came: number;
}

export function createInbox(parts: InboxParts): Inbox {
  const { store, ledger, self, clock, signals, sheets, signal } = parts;
  const seen = createSeenTrays(store);
  // One tray is handled once at a time, however often its sender repeats it meanwhile.
  const underWay = new Map<string, Promise<void>>();

  function open(bytes: Uint8Array): SentTray {
    const opened = openTray(bytes, { own: self.seals, signers: (kid) => ledger.signer(kid)?.key });
    if (opened.aud !== self.member) {
      throw new BeltError("TRAY_SEAL_INVALID", "The tray was signed for another member.", { at: "aud" });
    }
    const members = ledger.signer(opened.kid)?.members ?? [];
    const from = members.filter((member) => ledger.partner(member)?.active);
    if (from.length === 0) {
      throw new BeltError("TRAY_SENDER_UNKNOWN", "The tray's sender is not an active member.");
    }
    return { ...opened, from };
  }

  /** The checks that need the booking: the sheet, the edge and its two ends, every item's commitment. */
  async function check(opened: SentTray, hash: string, arrived: number): Promise<AcceptedTray> {
    const { sheet: id, edge: edgeText, tray, from, items, place, trace } = opened;
    const sheet = await sheets.open(id, from, signal);
    const edge = sheet.plan.edge(edgeText);
    const sender = edge?.from === "case" ? sheet.consumer : sheet.members.get(edge?.from ?? "");
    const receiver = edge?.to === "result" ? sheet.consumer : sheet.members.get(edge?.to ?? "");
    if (edge === undefined || !from.includes(sender ?? "") || receiver !== self.member) {
      throw new BeltError(
        "TRAY_EDGE_REFUSED",
        `Edge ${edgeText} of the sheet does not lead from you to here.`,
      );
    }
    if (edge.to !== "result" && items.some(({ reason }) => reason !== undefined)) {
      throw new BeltError("TRAY_INVALID", "Why a case is not done is for its consumer alone.");
    }
    if (edge.to !== "result" && place !== undefined) {
      throw new BeltError("TRAY_INVALID", "Where a log has receipts is for the consumer to keep.");
    }
    const origin = { sheet: id, source: edge.from, fields: edge.fields, commitments: sheet.commitments };
    const deliveries = items.map((item) => deliveryOf(item, origin));
    if (new Set(items.map((item) => item.case)).size < items.length) {
      throw new BeltError("TRAY_INVALID", "A case is on the tray twice.");
    }
    const name = { sheet: id, edge: edgeText, tray };
    return { name, stored: inboxKey(name), hash, arrived, sheet, edge, deliveries, place, trace };
  }

  async function keepOnce(opened: SentTray, { bytes, hash, came }: Arrived): Promise<void> {
    await parts.hold?.(opened);
    const earlier = await seen.hashOf(opened);
    if (earlier === hash) {
      signals.emit("duplicate", { tray: opened });
      return;
    }
    if (earlier !== undefined) {
      throw new BeltError("TRAY_CONFLICT", `Tray ${opened.tray} of this edge came before with other bytes.`);
    }
    const refusal = parts.refusal();
    if (refusal !== undefined) throw refusal;
    const trace = parts.tracing?.([opened.trace]);
    const accepted = { ...(await check(opened, hash, clock.now())), trace: trace?.context };
    await store.batch(await parts.keep(accepted, bytes));
    seen.add(accepted.name, hash);
    const [items, milliseconds] = [opened.items.length, clock.now() - came];
    signals.emit("accepted", { tray: accepted.name, items, bytes: bytes.length, milliseconds, trace });
    try {
      // It may have been closed while this was written, and what it had forgotten before.
      if (ledger.sheet(opened.sheet)?.expired) await store.batch([{ type: "del", key: accepted.stored }]);
      else await parts.take(accepted);
    } catch (problem) {
      // It is kept, and so is its acknowledgement's word; what could not be done with it is this node's own affair.
      signals.emit("trouble", { what: `go on with the kept tray ${accepted.stored}`, problem });
      if (accepted.edge.to !== "result") void reopen(accepted.stored);
    }
  }

  /** Goes on with a kept tray, trying until that works. */
  async function reopen(stored: string): Promise<void> {
    await clock.sleep(1_000, signal);
    await insist(`open the kept tray ${stored}`, () => resume(stored), parts);
  }

  async function resume(stored: string): Promise<void> {
    const record = await store.get(stored);
    // What a closed sheet had is forgotten meanwhile.
    if (record === undefined) return;
    const { arrived, bytes } = readKeptTray(record);
    try {
      await parts.take(await check(open(bytes), trayHash(bytes), arrived));
    } catch (problem) {
      if (!(problem instanceof BeltError) || problem.code !== "SHEET_CLOSED") throw problem;
      await store.batch([{ type: "del", key: stored }]);
    }
  }

  async function accept(bytes: Uint8Array): Promise<string> {
    const came = clock.now();
    // As long as nothing can be kept, no work is spent on what may be kept already.
    if (store.trouble() !== undefined) throw parts.refusal() ?? store.trouble();
    const opened = open(bytes);
    const { sheet, edge, tray } = opened;
    const name = { sheet, edge, tray };
    const stored = inboxKey(name);
    const hash = trayHash(bytes);
    const before = underWay.get(stored);
    const handled = (before ?? Promise.resolve())
      .catch(() => {})
      .then(() => keepOnce(opened, { bytes, hash, came }));
    underWay.set(stored, handled);
    try {
      await handled;
    } finally {
      if (underWay.get(stored) === handled) underWay.delete(stored);
    }
    const acknowledgement = { ...name, by: self.member, hash, at: clock.now() };
    return signAcknowledgement(acknowledgement, self.signer);
  }

  return {
    async accept(bytes) {
      try {
        return await accept(bytes);
      } catch (problem) {
        signals.emit("rejected", { problem: asProblem(problem) });
        throw problem;
      }
    },

    prepare: seen.prepare,
    forget: seen.forget,
    async kept(sheets) {
      const prefixes =
        sheets === undefined ? ["inbox/"] : [...sheets].map((sheet) => `${key("inbox", sheet)}/`);
      const names = await Promise.all(prefixes.map((prefix) => Array.fromAsync(store.keys({ prefix }))));
      return names.flat();
    },
    async recover(left) {
      for (const stored of left) {
        if (signal.aborted) return;
        try {
          await resume(stored);
        } catch (problem) {
          signals.emit("trouble", { what: `open the kept tray ${stored}`, problem });
          void reopen(stored);
        }
      }
    },
  };
}
