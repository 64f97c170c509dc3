import { sha256, toHex, utf8 } from "../../pipeline/bytes.ts";
import type { BeltError } from "../../pipeline/errors.ts";
import { type LedgerEvent, LedgerState, type Market, type Transaction } from "./ledgerState.ts";
import type { Random } from "./random.ts";
import type { Time } from "./time.ts";

/** The longest that a ledger is left alone that could not be reached, in milliseconds. */
export const unreachablePause = 60_000;

/** The longest that a transaction of a lost machine waits for its block, in milliseconds. */
const longestLate = 15 * 60_000;

/** How the ledger is at the moment. */
export interface LedgerHabits {
  /** Whether it can be reached from a member's node; blocks go on all the same. */
  reachable(member: string): boolean;
}

/** A transaction that was written down to be sent; a member's node sends it until it is in a block. */
export interface Intent {
  readonly transaction: Transaction;
  /** How it ended: undefined while it has not. */
  outcome: { readonly height: number } | { readonly refusal: BeltError } | undefined;
  /** No longer sent by anybody: its node's machine is lost. */
  lost: boolean;
  readonly waiting: Set<() => void>;
}

/** The ledger that all nodes of a simulation share: blocks of one event each. */
export class SimulatedLedger {
  readonly events: LedgerEvent[] = [];
  readonly state: LedgerState;
  readonly market: Market;
  readonly #time: Time;
  readonly #random: Random;
  readonly #habits: LedgerHabits;
  readonly #intents = new Map<string, Intent>();
  readonly #listeners = new Set<() => void>();
  /** What lost machines have sent, and is in no block yet. */
  readonly #late = new Map<string, Set<Intent>>();

  constructor(parts: {
    readonly time: Time;
    readonly random: Random;
    readonly market: Market;
    readonly habits: LedgerHabits;
  }) {
    this.#time = parts.time;
    this.#random = parts.random;
    this.#habits = parts.habits;
    this.market = parts.market;
    this.state = new LedgerState(parts.market);
  }

  get now(): number {
    return Math.floor(this.#time.now / 1_000);
  }

  reachable(member: string): boolean {
    return this.#habits.reachable(member);
  }

  onBlock(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The intent of this name: the one that is there, or a new one, which from now on survives its node's death. */
  intend(member: string, name: string, transaction: Transaction): Intent {
    const id = `${member}/${name}`;
    const known = this.#intents.get(id);
    if (known !== undefined && !(known.outcome !== undefined && "refusal" in known.outcome)) return known;
    const intent: Intent = { transaction, outcome: undefined, lost: false, waiting: new Set() };
    this.#intents.set(id, intent);
    this.#send(member, intent);
    return intent;
  }

  /** Whether the intent of this name is on its way. */
  isUnderWay(member: string, name: string): boolean {
    const intent = this.#intents.get(`${member}/${name}`);
    return intent !== undefined && intent.outcome === undefined;
  }

  /** Whether something of a member is on its way. */
  busy(): boolean {
    const late = [...this.#late.values()].some(({ size }) => size > 0);
    return late || [...this.#intents.values()].some(({ outcome }) => outcome === undefined);
  }

  /** How many transactions of a member are on their way that a machine has sent which is lost. */
  foreign(member: string): number {
    return this.#late.get(member)?.size ?? 0;
  }

  /**
   * A member's machine is lost: of what was on its way some is in a block by now, some will be, when another machine may
   * run, and the rest never comes.
   */
  forget(member: string): void {
    const late = new Set<Intent>();
    this.#late.set(member, late);
    for (const [id, intent] of this.#intents) {
      if (!id.startsWith(`${member}/`) || intent.outcome !== undefined) continue;
      const fate = this.reachable(member) ? this.#random.pick(["now", "late", "never"] as const) : "never";
      if (fate === "now") this.#decide(member, intent);
      intent.lost = true;
      if (intent.outcome !== undefined) continue;
      this.#intents.delete(id);
      if (fate === "never") continue;
      late.add(intent);
      this.#time.after(this.#random.int(5, longestLate), () => {
        late.delete(intent);
        this.#decide(member, intent);
      });
    }
  }

  #send(member: string, intent: Intent, latest = 2_000): void {
    this.#time.after(this.#random.skewed(5, latest), () => {
      if (intent.lost) return;
      if (!this.reachable(member)) {
        this.#send(member, intent, unreachablePause);
        return;
      }
      this.#decide(member, intent);
    });
  }

  #decide(member: string, intent: Intent): void {
    const { transaction } = intent;
    const refusal = this.state.refusal(transaction, member, this.now);
    if (refusal === undefined) {
      const event = { ...transaction, member, at: this.now };
      this.state.apply(event);
      this.events.push(event);
      intent.outcome = { height: this.events.length };
    } else intent.outcome = { refusal };
    for (const each of intent.waiting) each();
    for (const each of this.#listeners) each();
  }

  static sheetId(consumer: string, root: string): `0x${string}` {
    return toHex(sha256(utf8(`${consumer}${root}`)));
  }
}
