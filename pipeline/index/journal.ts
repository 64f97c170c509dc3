import type { BlockId } from "./records.ts";

interface Entry {
  readonly block: BlockId;
  /** The head before the block. */
  readonly before: BlockId | undefined;
  readonly undo: (() => void)[];
}

/** The inverse of every change of the newest blocks, so that they can be taken back one by one. */
export class Journal {
  #entries: Entry[] = [];
  #head: BlockId | undefined;
  /** Blocks up to this number can no longer be taken back. */
  #floor = -1;

  get head(): BlockId | undefined {
    return this.#head;
  }

  get floor(): number {
    return this.#floor;
  }

  /** The blocks that can be taken back, oldest first. */
  get blocks(): readonly BlockId[] {
    return this.#entries.map((entry) => entry.block);
  }

  /** The head when all of those are taken back. */
  get base(): BlockId | undefined {
    const oldest = this.#entries[0];
    return oldest ? oldest.before : this.#head;
  }

  begin(block: BlockId): void {
    this.#entries.push({ block, before: this.#head, undo: [] });
    this.#head = block;
  }

  /** Remembers how to take back one change of the block that was begun last. */
  record(undo: () => void): void {
    this.#entries.at(-1)?.undo.push(undo);
  }

  /** Takes back all blocks above a number, newest first; the head is then the last one that is left. */
  undoAbove(number: number): void {
    for (
      let entry = this.#entries.at(-1);
      entry && entry.block.number > number;
      entry = this.#entries.at(-1)
    ) {
      for (const undo of entry.undo.reverse()) undo();
      this.#head = entry.before;
      this.#entries.pop();
    }
  }

  /** Forgets how to take back the blocks up to a number. */
  settle(number: number): void {
    if (number <= this.#floor) return;
    this.#floor = number;
    const kept = this.#entries.findIndex((entry) => entry.block.number > number);
    this.#entries.splice(0, kept < 0 ? this.#entries.length : kept);
  }
}

/** A map whose changes the journal can take back, each in constant time. */
export class Table<Key, Value> {
  readonly #map = new Map<Key, Value>();
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get map(): ReadonlyMap<Key, Value> {
    return this.#map;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): void {
    const before = this.#map.get(key);
    this.#map.set(key, value);
    this.#journal.record(() => {
      if (before === undefined) this.#map.delete(key);
      else this.#map.set(key, before);
    });
  }
}

/** Lists by key that only grow at their ends; the journal takes the newest entries back. */
export class Histories<Key, Value> {
  readonly #map = new Map<Key, Value[]>();
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get map(): ReadonlyMap<Key, readonly Value[]> {
    return this.#map;
  }

  append(key: Key, value: Value): void {
    const list = this.#map.get(key);
    if (list) list.push(value);
    else this.#map.set(key, [value]);
    this.#journal.record(() => {
      const grown = this.#map.get(key);
      grown?.pop();
      if (grown?.length === 0) this.#map.delete(key);
    });
  }
}
