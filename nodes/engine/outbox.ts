import { BeltError, catalogue } from "../../pipeline/errors.ts";
import {
  type SignerKeys,
  type TrayName,
  trayHash,
  verifyAcknowledgement,
} from "../../pipeline/tray/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import type { Clock, Ledger, Transport } from "./ports.ts";
import type { Signals } from "./signals.ts";

/** A sealed tray on its way to a partner. */
export interface OutgoingTray extends TrayName {
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** Sends sealed trays, byte for byte as they were stored, until their receivers acknowledge them. */
export interface Outbox {
  /** The changes that store trays; call `send` once they are written. */
  changes(trays: readonly OutgoingTray[]): readonly Change[];
  send(trays: readonly OutgoingTray[]): void;
  /** Forgets what was to be sent for a sheet that is closed. */
  drop(sheet: string): Promise<void>;
  waiting(): number;
  /**
   * Resolves when no tray waits behind another one that is on its way, a moment later at most: what is sealed only
   * then fills larger trays, and nobody waits for a partner that is away.
   */
  room(): Promise<void>;
  /** Runs until aborted; takes up what an earlier process left unsent. */
  run(signal: AbortSignal): Promise<void>;
}

export interface OutboxParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signals: Signals;
  /** A number from 0 up to, not including, 1: the jitter of retries. */
  readonly random: () => number;
  readonly retry?: { readonly least: number; readonly most: number };
}

/** Milliseconds that new trays wait for room at most. */
const mostPatience = 20;

interface Waiting {
  readonly tray: OutgoingTray;
  attempts: number;
  /** Not before this time, in milliseconds since 1970. */
  notBefore: number;
}

const trayKey = ({ to, sheet, edge, tray }: Omit<OutgoingTray, "bytes">): string =>
  key("outbox", to, sheet, edge, tray);

/** Whether the tray itself is what is refused; a fault at the receiver, however bad, is one that may pass. */
const isFinal = ({ code, retryable }: BeltError): boolean => !retryable && catalogue[code].status < 500;

export function createOutbox(parts: OutboxParts): Outbox {
  const { store, ledger, transport, clock, signals, random } = parts;
  const retry = parts.retry ?? { least: 100, most: 30_000 };
  const lines = new Map<string, Line>();
  let running: AbortSignal | undefined;

  interface Line {
    readonly waiting: Waiting[];
    wake: () => void;
    done: Promise<void>;
    inFlight: boolean;
  }

  let freed = Promise.withResolvers<void>();
  const isFull = ({ waiting, inFlight }: Line): boolean => inFlight && waiting.length > 1;

  function enqueue(tray: OutgoingTray): void {
    let line = lines.get(tray.to);
    if (line === undefined) {
      line = { waiting: [], wake: () => {}, done: Promise.resolve(), inFlight: false };
      lines.set(tray.to, line);
      if (running !== undefined) line.done = serve(tray.to, line, running);
    }
    line.waiting.push({ tray, attempts: 0, notBefore: 0 });
    line.wake();
  }

  /** One partner's line: one tray in flight at a time, so that while it travels the next one fills. */
  async function serve(to: string, line: Line, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (ledger.trouble()?.lasting) {
        await clock.sleep(retry.most, signal);
        continue;
      }
      const now = clock.now();
      const ready = line.waiting.find((waiting) => waiting.notBefore <= now);
      if (ready === undefined) {
        const earliest = Math.min(...line.waiting.map((waiting) => waiting.notBefore));
        await idle(line, earliest - now, signal);
        continue;
      }
      line.inFlight = true;
      const pause = await attempt(ready, signal);
      line.inFlight = false;
      if (signal.aborted) return;
      if (pause === undefined) line.waiting.splice(line.waiting.indexOf(ready), 1);
      else {
        ready.attempts++;
        ready.notBefore = clock.now() + pause;
      }
      freed.resolve();
      freed = Promise.withResolvers();
    }
    lines.delete(to);
  }

  async function idle(line: Line, milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    line.wake = () => woken.abort("news");
    const either = AbortSignal.any([woken.signal, signal]);
    await clock.sleep(Number.isFinite(milliseconds) ? milliseconds : 3_600_000, either);
    line.wake = () => {};
  }

  /** Sends once. Gives the milliseconds to wait before the next attempt, or undefined when that is settled. */
  async function attempt({ tray, attempts }: Waiting, signal: AbortSignal): Promise<number | undefined> {
    try {
      const partner = ledger.partner(tray.to);
      if (partner === undefined) {
        throw new BeltError("TRAY_SENDER_UNKNOWN", `Member ${tray.to} has no profile.`);
      }
      const text = await transport.deliver(partner.url, tray.bytes, signal);
      const keys: SignerKeys = (kid) => {
        const signer = ledger.signer(kid);
        return signer?.members.includes(tray.to) ? signer.key : undefined;
      };
      const { sheet, edge, tray: number } = tray;
      const expected = { sheet, edge, tray: number, by: tray.to, hash: trayHash(tray.bytes) };
      verifyAcknowledgement(text, expected, keys);
      await store.batch([{ type: "del", key: trayKey(tray) }]);
      signals.emit("sent", { tray });
      return undefined;
    } catch (error) {
      if (signal.aborted) return 0;
      const problem =
        error instanceof BeltError ? error : new BeltError("INTERNAL", String(error), { cause: error });
      signals.emit("refused", { tray, problem, attempts });
      if (isFinal(problem)) {
        // The receiver will never take it: keep the bytes apart, for the operator to look at.
        await store.batch([
          { type: "put", key: key("refused", trayKey(tray)), value: tray.bytes },
          { type: "del", key: trayKey(tray) },
        ]);
        return undefined;
      }
      if (problem.retryAfter !== undefined) return problem.retryAfter * 1000;
      const ceiling = Math.min(retry.most, retry.least * 2 ** Math.min(attempts, 20));
      return ceiling * (0.5 + random() / 2);
    }
  }

  return {
    changes: (trays) => trays.map((tray) => ({ type: "put", key: trayKey(tray), value: tray.bytes })),
    send(trays) {
      for (const tray of trays) enqueue(tray);
    },
    async drop(sheet) {
      for (const line of lines.values()) {
        for (let i = line.waiting.length - 1; i >= 0; i--) {
          if (line.waiting[i]?.tray.sheet === sheet) line.waiting.splice(i, 1);
        }
      }
      const changes: Change[] = [];
      for await (const stored of store.keys({ prefix: "outbox/" })) {
        if (stored.split("/")[2] === sheet) changes.push({ type: "del", key: stored });
      }
      if (changes.length > 0) await store.batch(changes);
    },
    async room() {
      const end = clock.now() + mostPatience;
      while (running?.aborted === false && [...lines.values()].some(isFull) && clock.now() < end) {
        const patience = new AbortController();
        await Promise.race([freed.promise, clock.sleep(end - clock.now(), patience.signal)]);
        patience.abort("room");
      }
    },
    waiting: () => [...lines.values()].reduce((sum, line) => sum + line.waiting.length, 0),
    async run(signal) {
      running = signal;
      for (const [to, line] of lines) line.done = serve(to, line, signal);
      for await (const [stored, bytes] of store.entries({ prefix: "outbox/" })) {
        const [, to = "", sheet = "", edge = "", number = ""] = stored.split("/");
        enqueue({ to, sheet, edge, tray: Number(number), bytes });
      }
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.all([...lines.values()].map((line) => line.done));
    },
  };
}
