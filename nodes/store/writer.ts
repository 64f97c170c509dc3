import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BeltError } from "../../pipeline/errors.ts";
import { type Batch, conflictAt, nothingExpected, type Settled } from "./expectation.ts";
import type { Change } from "./store.ts";

/** What a writer needs of a database. */
export interface Written {
  get(key: string): Promise<Uint8Array | undefined>;
  /**
   * Applies those of the batches that find what they expect, and the mark, all or nothing; they are on the disk before
   * this resolves. Where no batch is left, there is no need to write.
   *
   * @param decided is told what comes of each, before anything is written
   */
  apply(
    batches: readonly Batch[],
    mark: Change,
    decided: (conflicts: Settled["conflicts"]) => void,
  ): Promise<void>;
}

export interface WriterParts {
  /** The database as it is open now. */
  readonly database: () => Written;
  /** Where each group leaves its mark: outside what keys of the store can be. */
  readonly mark: string;
  /** The database's error in the product's words. */
  readonly inWords: (cause: unknown) => BeltError;
  /** Opens it anew, if the disk takes data again; throws when it does not. */
  readonly reopen: () => Promise<void>;
  /** Milliseconds between two attempts to open it anew: the first pause, and the longest. */
  readonly rest: { readonly least: number; readonly most: number };
  /** Is told how many milliseconds each write took until it was on the disk. */
  readonly synced?: ((milliseconds: number) => void) | undefined;
}

interface Waiting extends Batch {
  readonly resolve: () => void;
  readonly reject: (problem: BeltError) => void;
}

/** Bytes of changes in one group, beyond the first batch. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Writes batches to a database, one group of them at a time: what comes while the disk is busy is one write together.
 *
 * When a write fails, Level cannot go on: a part of it may stand in the journal, and what were written behind it could
 * be lost at the next start. And whoever loses the connection to a server does not know what became of the last write. So
 * nothing is written until the database has been opened anew, from what the disk has. Then a mark that every group
 * carries tells whether the failed one is there. Until that is known its batches do not settle.
 */
export class Writer {
  readonly #parts: WriterParts;
  readonly #waiting: Waiting[] = [];
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #trouble: BeltError | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Why nothing can be written at the moment, if so. */
  get trouble(): BeltError | undefined {
    return this.#trouble;
  }

  /**
   * Writes changes whose bytes are the writer's from now on.
   *
   * @throws {BeltError} `STORE_FAILED` when nothing of it was written, `STORE_CONFLICT` when something else stands there
   *   than it expects, `STORE_CLOSED` when the store is closing; then that may not be known
   */
  async write(changes: readonly Change[], expected = nothingExpected): Promise<void> {
    if (this.#closing.signal.aborted) throw closed();
    if (this.#trouble !== undefined) throw this.#trouble;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, expected, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Lets no more in; resolves when the database is left alone. */
  async close(): Promise<void> {
    this.#closing.abort("close");
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let group = this.#next(); group.length > 0; group = this.#next()) {
      let conflicts: Settled["conflicts"] = [];
      const problem = await this.#writeGroup(group, (decided) => {
        conflicts = decided;
      });
      for (const [place, { resolve, reject }] of group.entries()) {
        const conflict = conflicts[place];
        if (problem !== undefined) reject(problem);
        else if (conflict !== undefined) reject(conflictAt(conflict));
        else resolve();
      }
    }
    this.#running = undefined;
  }

  #next(): Waiting[] {
    let [count, bytes] = [0, 0];
    while (count < this.#waiting.length && bytes < mostBytes) {
      for (const change of this.#waiting[count++]?.changes ?? []) {
        bytes += change.type === "put" ? change.value.length : 0;
      }
    }
    return this.#waiting.splice(0, count);
  }

  /** Gives why nothing of the group was written; undefined when it was. */
  async #writeGroup(
    batches: readonly Batch[],
    decided: (conflicts: Settled["conflicts"]) => void,
  ): Promise<BeltError | undefined> {
    const { database, mark: key, inWords } = this.#parts;
    if (this.#trouble !== undefined) return closed();
    const mark = randomBytes(16);
    const start = performance.now();
    try {
      await database().apply(batches, { type: "put", key, value: mark }, decided);
      this.#parts.synced?.(performance.now() - start);
      return undefined;
    } catch (cause) {
      const problem = inWords(cause);
      if (problem.code === "STORE_CLOSED") return problem;
      this.#trouble = problem;
      const found = await this.#recover();
      if (found === undefined) return closed();
      return mark.compare(found) === 0 ? undefined : problem;
    }
  }

  /** Opens the database anew, sees it write, and gives the mark in it; undefined when the store is closed before that works. */
  async #recover(): Promise<Uint8Array | undefined> {
    const { rest, reopen, database, mark, inWords } = this.#parts;
    const { signal } = this.#closing;
    for (let pause = rest.least; !signal.aborted; pause = Math.min(2 * pause, rest.most)) {
      await sleep(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      try {
        await reopen();
        await database().apply([], probe, () => {});
        const found = (await database().get(mark)) ?? new Uint8Array();
        this.#trouble = undefined;
        return found;
      } catch (cause) {
        this.#trouble = inWords(cause);
      }
    }
    return undefined;
  }
}

const probe: Change = { type: "put", key: "\u0001probe", value: new Uint8Array() };

const closed = (): BeltError => new BeltError("STORE_CLOSED", "The store is closed.");
