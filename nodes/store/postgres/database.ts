import { randomUUID } from "node:crypto";
import pg from "pg";
import { boundsOf } from "../bounds.ts";
import { type Batch, isToBeWritten, keysExpected, type Settled, settle } from "../expectation.ts";
import type { Change, Range } from "../store.ts";
import type { Written } from "../writer.ts";
import { byteArray } from "./array.ts";
import { type Connection, connect, connectionSettings } from "./connection.ts";
import { beginPages, type Columns, type Pages } from "./pages.ts";
import { create, hold, isThere, put, remove, takePlaces, value } from "./statements.ts";

/** How long the server keeps a transaction open whose process says nothing: the next one waits for its end. */
const idleInTransaction = 10_000;
/** Long readings at one time; more wait. */
const mostReadings = 16;
/** How often a transaction is begun anew that the server ended for the sake of another one. */
const mostAttempts = 10;

const serializationFailure = "40001";
const deadlock = "40P01";

/** A database of one table, with a connection to write, one to read, and more for long readings. */
export class PostgresDatabase implements Written {
  /** The key of this writer's mark: others may write to the same table. */
  readonly mark = `\u0001written/${randomUUID()}`;
  readonly #url: string;
  readonly #lost: () => void;
  readonly #readings: pg.Pool;
  readonly #starting = new Set<Promise<unknown>>();
  #writing: Connection | undefined;
  #reading: Promise<Connection> | undefined;

  /** @param lost - is told when the connection to write ends by itself */
  constructor(url: string, lost: () => void) {
    this.#url = url;
    this.#lost = lost;
    this.#readings = new pg.Pool({ ...connectionSettings, connectionString: url, max: mostReadings });
    this.#readings.on("error", () => {});
    // While one is in use the pool does not listen to it, and its loss would end the process; whoever reads is told.
    this.#readings.on("connect", (client) => client.on("error", () => {}));
  }

  /** Makes the table, if it is not there. */
  async prepare(): Promise<void> {
    const connection = await connect(this.#url);
    try {
      await connection.query(isThere).catch(() => connection.query(create));
      // Two that make it at the same time may both be refused, though it is there.
    } catch {
      await connection.query(isThere);
    } finally {
      await connection.end();
    }
  }

  /** Opens the connection to write, anew if need be. */
  async open(): Promise<void> {
    const earlier = this.#writing;
    this.#writing = undefined;
    void earlier?.end();
    const connection = await connect(this.#url, { idleInTransaction, lost: this.#lost });
    try {
      await connection.query(takePlaces, [keysOf([this.mark])]);
    } catch (error) {
      void connection.end();
      throw error;
    }
    this.#writing = connection;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const rows = await (await this.#reader()).query(value, [Buffer.from(key)]);
    return rows[0]?.[0];
  }

  async apply(batches: readonly Batch[], mark: Change, decided: (conflicts: Settled["conflicts"]) => void) {
    // Who began to read before this does not see it.
    await Promise.allSettled(this.#starting);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#transact(batches, mark, decided);
        return;
      } catch (error) {
        if (!wasEndedForAnother(error) || attempt === mostAttempts) throw error;
      }
    }
  }

  async #transact(
    batches: readonly Batch[],
    mark: Change,
    decided: (conflicts: Settled["conflicts"]) => void,
  ): Promise<void> {
    const connection = this.#writing;
    if (connection === undefined) throw new Error("There is no connection to the database.");
    const expected = keysExpected(batches);
    const vacant = batches.flatMap(({ expected: each }) => [...each].filter(isVacant).map(([key]) => key));
    // A transaction locks its writer's mark first: the next one waits for one that is still being committed, though the
    // connection that it came on was lost.
    const [, own, placed, held] = await Promise.all([
      connection.query("begin"),
      connection.query(hold, [keysOf([this.mark])]),
      vacant.length > 0 ? connection.query(takePlaces, [keysOf(vacant)]) : [],
      expected.length > 0 ? connection.query(hold, [keysOf(expected)]) : [],
    ]);
    if (own.length === 0) {
      await connection.query("rollback");
      throw new Error("The database is not the one that was written to before.");
    }
    const places = placed.map(([key]) => textOf(key));
    const values = new Map(held.map(([key, value]) => [textOf(key), value]));
    for (const place of places) values.set(place, undefined);
    const settled = settle(batches, values);
    decided(settled.conflicts);
    if (!isToBeWritten(settled)) {
      await connection.query("rollback");
      return;
    }
    const { puts, gone } = netOf([...settled.changes, mark], places);
    // Sent together: what fails makes the commit a rollback.
    await Promise.all([
      connection.query(put, [keysOf(puts.map(({ key }) => key)), byteArray(puts.map(({ value }) => value))]),
      ...(gone.length > 0 ? [connection.query(remove, [keysOf(gone)])] : []),
      connection.query("commit"),
    ]);
  }

  /** Begins to read; what is written from now on is not seen. */
  pages(range: Range, columns: Columns): Promise<Pages> {
    const begun = beginPages({
      columns,
      bounds: boundsOf(range),
      first: async (text, values) => (await this.#reader()).query(text, values),
      connect: () => this.#readings.connect(),
    });
    this.#starting.add(begun);
    const over = (): void => void this.#starting.delete(begun);
    begun.then(over, over);
    return begun;
  }

  async close(): Promise<void> {
    const [writing, reading] = [this.#writing, this.#reading];
    this.#writing = undefined;
    await writing?.query(remove, [keysOf([this.mark])]).catch(() => {});
    await Promise.allSettled([writing?.end(), reading?.then((each) => each.end()), this.#readings.end()]);
  }

  /** The connection to read, made anew when it was lost. */
  #reader(): Promise<Connection> {
    const forget = (): void => {
      if (this.#reading === reading) this.#reading = undefined;
    };
    const reading = this.#reading ?? connect(this.#url, { lost: () => forget() });
    this.#reading = reading;
    reading.catch(forget);
    return reading;
  }
}

/** Keys in their order, so that no two writers ever wait for each other. */
const keysOf = (keys: readonly string[]): Buffer =>
  byteArray(keys.toSorted(byText).map((key) => Buffer.from(key)));

const byText = (one: string, other: string): number => (one < other ? -1 : 1);

const isVacant = ([, value]: readonly [string, Uint8Array | undefined]): boolean => value === undefined;

export const textOf = (key: Buffer | undefined): string => key?.toString("latin1") ?? "";

/** What changes come to: the last one of each key. Of the places that were taken those go that got nothing. */
function netOf(changes: readonly Change[], places: readonly string[]) {
  const net = new Map<string, Change>(places.map((key) => [key, { type: "del", key }]));
  for (const change of changes) net.set(change.key, change);
  const sorted = [...net.values()].toSorted((one, other) => byText(one.key, other.key));
  return {
    puts: sorted.filter((change) => change.type === "put"),
    gone: sorted.filter(({ type }) => type === "del").map(({ key }) => key),
  };
}

function wasEndedForAnother(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === serializationFailure || code === deadlock;
}
