import { BeltError } from "../../pipeline/errors.ts";
import type { Change, Store } from "./store.ts";

/** Takes a store from one version of its form to the next. */
export interface Migration {
  /** The version that the store has afterwards: one more than before. */
  readonly to: number;
  /**
   * What has to change, read from the store as it is. Every change may be made again: a process that dies half-way
   * begins anew.
   */
  changes(store: Store): AsyncIterable<Change>;
}

/** Says which form the store has. */
export const versionKey = "schema";
/** The version of stores that do not name one. */
const unnamed = 1;
/** Changes in one batch: bounds its memory. */
const portion = 1_024;

/**
 * Gives a store the newest form, whatever version of the program wrote it; one that is empty has it already.
 *
 * @param migrations in the order of their versions, from 2 on
 * @returns the version that the store had before
 * @throws {BeltError} `STORE_TOO_NEW` for a store that a newer version of the program wrote, `STORE_FAILED`
 */
export async function upgradeStore(
  store: Store,
  {
    migrations,
    at,
    before = async () => {},
  }: {
    readonly migrations: readonly Migration[];
    readonly at: string;
    /** Done before the form is changed, if it is. */
    readonly before?: () => Promise<void>;
  },
): Promise<number> {
  const newest = migrations.at(-1)?.to ?? unnamed;
  const found = await versionOf(store, newest, at);
  if (found > newest) {
    throw new BeltError(
      "STORE_TOO_NEW",
      `The store has the form ${found}, and this version of the program knows the forms up to ${newest}.`,
      { at },
    );
  }
  if (found < newest) await before();
  for (const migration of migrations) {
    if (migration.to <= found) continue;
    try {
      await apply(store, migration);
    } catch (cause) {
      if (cause instanceof BeltError) throw cause;
      const sentence = `A record of the store cannot be brought to the form ${migration.to}.`;
      throw new BeltError("STORE_FAILED", sentence, { at, cause });
    }
  }
  return found;
}

async function apply(store: Store, { to, changes }: Migration): Promise<void> {
  let batch: Change[] = [];
  for await (const change of changes(store)) {
    batch.push(change);
    if (batch.length < portion) continue;
    await store.batch(batch);
    batch = [];
  }
  await store.batch([...batch, version(to)]);
}

const version = (number: number): Change => ({
  type: "put",
  key: versionKey,
  value: Buffer.from(String(number), "latin1"),
});

async function versionOf(store: Store, newest: number, at: string): Promise<number> {
  const named = await store.get(versionKey);
  if (named !== undefined) {
    const text = Buffer.from(named).toString("latin1");
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new BeltError("STORE_FAILED", "The store does not say of which form it is.", { at });
  }
  for await (const _ of store.keys({ prefix: "", limit: 1 })) return unnamed;
  await store.batch([version(newest)]);
  return newest;
}
