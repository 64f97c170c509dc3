import type { TrayName } from "../../pipeline/tray/index.ts";
import { leftOf, type Pause } from "./retries.ts";
import type { Trace } from "./tracing.ts";

/** A tray and the member to whom it goes. */
export interface OutgoingName extends TrayName {
  readonly to: string;
  /** Where its sending stands in a trace, if this process sealed it and traces. */
  readonly trace?: Trace | undefined;
}

/** A sealed tray that waits for its receiver. */
export interface WaitingTray extends OutgoingName {
  /** Its bytes, while there is room for them in memory; the store has them in any case. */
  bytes: Uint8Array | undefined;
  /** When this process had it to send, in milliseconds since 1970. */
  readonly since: number;
  failures: number;
  pause: Pause | undefined;
}

/** Bytes of waiting trays that stay in memory, over all partners. */
export interface Room {
  left: number;
}

/**
 * The trays that wait for one partner, in the order in which they came; what failed goes behind the others. A partner
 * may be away for days: all that this keeps of a tray then is its name.
 */
export class TrayQueue {
  readonly #trays = new Set<WaitingTray>();
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  get size(): number {
    return this.#trays.size;
  }

  trays(): Iterable<WaitingTray> {
    return this.#trays;
  }

  add(tray: WaitingTray): void {
    const { bytes } = tray;
    if (bytes !== undefined && bytes.length > this.#room.left) tray.bytes = undefined;
    else this.#room.left -= bytes?.length ?? 0;
    this.#trays.add(tray);
  }

  delete(tray: WaitingTray): void {
    if (this.#trays.delete(tray)) this.#room.left += tray.bytes?.length ?? 0;
  }

  /** Has a tray wait behind all others, until its pause is over. */
  postpone(tray: WaitingTray, pause: Pause): void {
    if (!this.#trays.delete(tray)) return;
    tray.pause = pause;
    this.#trays.add(tray);
  }

  /** Forgets the trays of a sheet, all or some of them. */
  drop(sheet: string, isMeant: (tray: OutgoingName) => boolean = () => true): void {
    for (const tray of this.#trays) if (tray.sheet === sheet && isMeant(tray)) this.delete(tray);
  }

  /** The first tray that may be sent now; otherwise the milliseconds until one may, infinite when there is none. */
  next(now: number): WaitingTray | number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const tray of this.#trays) {
      const left = leftOf(tray.pause, now);
      if (left === 0) return tray;
      soonest = Math.min(soonest, left);
    }
    return soonest;
  }
}
