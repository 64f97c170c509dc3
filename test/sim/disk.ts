import {
  type Batch,
  conflictAt,
  keysExpected,
  nothingExpected,
  settle,
} from "../../nodes/store/expectation.ts";
import type { Change, Range, Store } from "../../nodes/store/index.ts";
import { endOf } from "../../nodes/store/keys.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { kindOf } from "./points.ts";
import { Process } from "./process.ts";

/** How a disk misbehaves. */
export interface DiskHabits {
  /** Says that a batch is written before it is: it can be read, and a crash loses it. No store of ours may: for tests of the tests. */
  readonly lies: boolean;
  /** Milliseconds until a write is on the disk, and until the process knows. */
  readonly slowest: number;
  /** Asked at each use of the disk: whether just this one fails. */
  readonly fails: () => boolean;
}

/** The disk of a simulated machine: it outlives processes, and has what was written when one died. */
export class Disk {
  /** Why nothing can be written at the moment, such as that the disk is full. */
  trouble: string | undefined;
  readonly #habits: DiskHabits;
  readonly #values = new Map<string, Uint8Array>();
  /** What stood there before batches that a disk which lies has not written. */
  readonly #unwritten = new Set<readonly (readonly [key: string, value: Uint8Array | undefined])[]>();
  /** The keys in their order; made anew when one came or went. */
  #sorted: readonly string[] | undefined;

  constructor(habits: DiskHabits) {
    this.#habits = habits;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.#apply([{ type: "put", key, value }]);
  }

  delete(key: string): void {
    this.#apply([{ type: "del", key }]);
  }

  keys(prefix = ""): readonly string[] {
    this.#sorted ??= [...this.#values.keys()].sort();
    const sorted = this.#sorted;
    return sorted.slice(placeOf(sorted, prefix), placeOf(sorted, endOf(prefix)));
  }

  /** All that is on it at this moment. */
  backup(): Disk {
    const copy = new Disk(this.#habits);
    copy.#replace(this.#values);
    return copy;
  }

  /** Another disk is in its place, with what a backup has. */
  restore(backup: Disk): void {
    this.#replace(backup.#values);
  }

  #replace(values: ReadonlyMap<string, Uint8Array>): void {
    this.#values.clear();
    for (const [key, value] of values) this.#values.set(key, value);
    this.#sorted = undefined;
  }

  #apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.type === "put") {
        if (!this.#values.has(change.key)) this.#sorted = undefined;
        this.#values.set(change.key, change.value);
      } else if (this.#values.delete(change.key)) this.#sorted = undefined;
    }
  }

  #select({ prefix, after, limit }: Range): (readonly [string, Uint8Array])[] {
    const selected = this.keys(prefix).filter((key) => after === undefined || key > after);
    return selected.slice(0, limit).flatMap((key) => {
      const value = this.#values.get(key);
      return value === undefined ? [] : [[key, value] as const];
    });
  }

  /** The disk as a process has it. */
  store(process: Process): Store {
    const { random } = process;
    const delay = (): number => random.skewed(0.1, this.#habits.slowest);
    /** Most reads come from memory; some take their time. */
    const read = <T>(value: () => T): Promise<T> => {
      if (!process.alive) return Process.never();
      if (this.#habits.fails()) return Promise.reject(failure("The disk cannot be read."));
      return random.chance(0.1) ? process.wait(delay(), value) : Promise.resolve(value());
    };
    return {
      get: (key) => read(() => this.#values.get(key)?.slice()),
      batch: (changes, expected = nothingExpected) =>
        this.#write(process, { changes: changes.map(copied), expected }, delay),
      entries: (range) => this.#iterate(process, range, ([key, value]) => [key, value.slice()]),
      keys: (range) => this.#iterate(process, range, ([key]) => key),
      trouble: () => (this.trouble === undefined ? undefined : failure(this.trouble)),
      close: async () => {},
    };
  }

  #iterate<T>(
    process: Process,
    range: Range,
    give: (entry: readonly [string, Uint8Array]) => T,
  ): AsyncIterable<T> {
    const snapshot = this.#select(range);
    // Somewhere on the way, or at its end.
    const failsAt = this.#habits.fails() ? process.random.int(0, snapshot.length) : -1;
    return (async function* () {
      for (const [place, entry] of snapshot.entries()) {
        if (!process.alive) await Process.never();
        if (place === failsAt) throw failure("The disk cannot be read.");
        yield give(entry);
      }
      if (failsAt === snapshot.length) throw failure("The disk cannot be read.");
    })();
  }

  /** Applies a batch unless it expects something else; gives the key that holds that. */
  #try(batch: Batch): string | undefined {
    const held = new Map(keysExpected([batch]).map((key) => [key, this.#values.get(key)]));
    const { changes, conflicts } = settle([batch], held);
    this.#apply(changes);
    return conflicts[0];
  }

  /** Takes back what a disk that lies has not written when its process dies. */
  #lose(): void {
    for (const before of [...this.#unwritten].reverse()) {
      for (const [key, value] of before) {
        if (value === undefined) this.#apply([{ type: "del", key }]);
        else this.#apply([{ type: "put", key, value }]);
      }
    }
    this.#unwritten.clear();
  }

  #write(process: Process, batch: Batch, delay: () => number): Promise<void> {
    const { changes } = batch;
    const point = kindOf(changes);
    const fails = this.#habits.fails();
    if (!process.pass(`before ${point}`)) return Process.never();
    if (this.#habits.lies) {
      const before = changes.map(({ key }) => [key, this.#values.get(key)] as const);
      this.#try(batch);
      this.#unwritten.add(before);
      process.onDeath(() => this.#lose());
      process.time.after(100 * delay(), () => this.#unwritten.delete(before));
      return process.wait(delay(), () => {});
    }
    return new Promise((resolve, reject) => {
      // A write that is on its way when the process dies may still come to the disk, and nobody is told.
      const unwatch = process.onDeath(() => {
        if (!fails && this.trouble === undefined && process.random.chance(0.5)) this.#try(batch);
      });
      process.time.after(delay(), () => {
        unwatch();
        if (!process.alive) return;
        if (fails || this.trouble !== undefined) {
          reject(failure(this.trouble ?? "The disk cannot be written."));
          return;
        }
        const conflict = this.#try(batch);
        if (conflict !== undefined) {
          reject(conflictAt(conflict));
          return;
        }
        if (!process.pass(`after ${point}`)) return;
        process.time.after(delay(), () => process.alive && resolve());
      });
    });
  }
}

const failure = (why: string): BeltError => new BeltError("STORE_FAILED", why);

const copied = (change: Change): Change =>
  change.type === "put" ? { ...change, value: Uint8Array.from(change.value) } : change;

/** Where in sorted keys the first one stands that is not before this. */
function placeOf(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
