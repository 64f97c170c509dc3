import { systemClock } from "../../../nodes/clock.ts";
import { defineStation } from "../../../nodes/stations/index.ts";
import { MemoryStore, markRestored, type Store } from "../../../nodes/store/index.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium, type ConsortiumOptions, type SimulatedMember } from "../../support/consortium.ts";
import type { SteppingClock } from "../../support/steppingClock.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";

/** A case with this number never ends. */
export const endless = 99;

const belt = {
  belt: "doubles",
  case: closed({ n: number }),
  stations: {
    add: { offer: "south/add", needs: { "/n": "double#/twice" } },
    double: { offer: "north/double", needs: { "/n": "case#/n" } },
  },
  result: { "/more": "add#/more" },
};

/**
 * A member, north, that loses its machine and goes on elsewhere from a backup of its store. The shop books; its cases go by
 * north, which doubles a number, to south, which adds one.
 */
export class LostMachine {
  /** The sheet that was booked last. */
  sheet = "";
  /** How often north worked on the case with this number. */
  readonly worked = new Map<number, number>();
  /** North's cases from this number on wait for the gate. */
  held = 2;
  readonly gate = Promise.withResolvers<void>();
  /** South never ends the cases from this number on. */
  southHeld = Number.POSITIVE_INFINITY;
  /** The machine's, unless a test turns it. */
  clock: SteppingClock | undefined;
  /** What arrives of what partners answer, and whether a tray gets through. */
  answered: NonNullable<ConsortiumOptions["copies"]> = ({ answer }) => answer;
  network: NonNullable<ConsortiumOptions["network"]> = () => {};
  readonly consortium: Consortium;
  #copies = 0;

  constructor(options: Partial<ConsortiumOptions> = {}) {
    this.consortium = new Consortium({
      members: { shop: [], north: [this.#double()], south: [this.#add()] },
      copies: (call) => this.answered(call),
      network: (call) => this.network(call),
      clock: {
        now: () => (this.clock ?? systemClock).now(),
        sleep: (milliseconds, signal) => (this.clock ?? systemClock).sleep(milliseconds, signal),
      },
      ...options,
    });
  }

  /** Answers otherwise each time: two receipts of one case would be two outcomes. */
  #double() {
    return defineStation<{ n: number }, { twice: number }>({
      name: "double",
      version: "1.0.0",
      input: closed({ n: number }),
      output: closed({ twice: number }),
      process: async ({ n }) => {
        const times = (this.worked.get(n) ?? 0) + 1;
        this.worked.set(n, times);
        if (n >= this.held) await this.gate.promise;
        if (n === endless) await new Promise(() => {});
        return { twice: 2 * n + times / 1_000 };
      },
    });
  }

  #add() {
    return defineStation<{ n: number }, { more: number }>({
      name: "add",
      version: "1.0.0",
      input: closed({ n: number }),
      output: closed({ more: number }),
      process: async ({ n }) => {
        if (n >= this.southHeld) await new Promise(() => {});
        return { more: n + 1 };
      },
    });
  }

  get north(): SimulatedMember {
    return this.consortium.member("north");
  }

  /** North's last head on the ledger. */
  head() {
    return this.consortium.ledger.heads.get(this.north.address)?.at(-1);
  }

  reported(sheet = this.sheet): boolean {
    return this.consortium.ledger.sheets.get(sheet)?.reports.size === 2;
  }

  async receiptsAtShop(station = "double"): Promise<number> {
    const progress = await this.consortium.engine("shop").collector.progress(this.sheet);
    return progress.get(station)?.size ?? 0;
  }

  /** Publishes the belt, and books a sheet of it. */
  async bookMore(...numbers: readonly number[]): Promise<string> {
    const id = await this.consortium.publish(belt, "shop");
    const cases = numbers.map((n) => ({ n }));
    return this.consortium.book("shop", id, cases);
  }

  /** Starts all, and books a sheet of which the first case is through at once, and the others are held. */
  async book(...numbers: readonly number[]): Promise<void> {
    await this.consortium.start();
    this.sheet = await this.bookMore(...numbers);
    await until(async () => (await this.receiptsAtShop("add")) === 1, { what: "the first case" });
  }

  /** Puts north's store back to what it was, as on another machine: the next copy of it. */
  async restore(backup: Store, as: (store: Store) => Store = (store) => store): Promise<void> {
    this.consortium.kill("north");
    const store = await copyOf(backup);
    // Each copy is made in a second of its own.
    await markRestored(as(store), { at: 0, now: 1_000 * ++this.#copies });
    this.north.store = store;
  }

  /** North does its work, reports and anchors it, and loses all of it. */
  async loseWork(): Promise<void> {
    const backup = await copyOf(this.north.store);
    this.gate.resolve();
    await until(() => this.reported(), { what: "the reports" });
    await until(async () => (await keysOf(this.north.store, { prefix: "outbox/" })).length === 0);
    await this.restore(backup);
  }

  caughtUp(): Promise<boolean> {
    return until(() => this.consortium.engine("north").refusal() === undefined, {
      what: "north has caught up",
    });
  }

  says(words: string): Promise<boolean> {
    const said = () => this.consortium.engine("north").refusal()?.message.includes(words) === true;
    return until(said, { what: words });
  }
}

/** All that a store has, in memory. */
export async function copyOf(store: Store): Promise<MemoryStore> {
  const copy = new MemoryStore();
  for await (const [key, value] of store.entries({ prefix: "" }))
    await copy.batch([{ type: "put", key, value }]);
  return copy;
}
