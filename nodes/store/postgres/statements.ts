import type { Bounds } from "../bounds.ts";

/**
 * One table for everything. Keys are bytes, which sort alike in every database and locale. No statement needs more than
 * what databases that speak PostgreSQL's protocol have in common.
 */
const table = "belt_entries";

export const isThere = `select key from ${table} limit 0`;
export const create = `create table if not exists ${table} (key bytea primary key, value bytea not null)`;

export const value = `select value from ${table} where key = $1`;

export const put = `insert into ${table} (key, value)
  select key, value from unnest($1::bytea[], $2::bytea[]) as changes (key, value)
  on conflict (key) do update set value = excluded.value`;
/** Takes the places of keys that are not there, so that nobody else puts anything there meanwhile; gives them. */
export const takePlaces = `insert into ${table} (key, value)
  select key, ''::bytea from unnest($1::bytea[]) as places (key)
  on conflict (key) do nothing returning key`;
/** Waits for whoever is changing them, and has everybody else wait. */
export const hold = `select key, value from ${table} where key = any($1::bytea[]) order by key for update`;
export const remove = `delete from ${table} where key = any($1::bytea[])`;

/** One moment's picture of everything, for as many reads as it takes. */
export const beginReading = "begin isolation level repeatable read read only";

/** The entries, or the keys alone, within bounds. */
export function select(
  columns: "key" | "key, value",
  { gt, gte = "", lt }: Omit<Bounds, "limit">,
  limit: number,
): [text: string, values: (Buffer | string)[]] {
  const [sign, from] = gt === undefined ? [">=", gte] : [">", gt];
  const text = `select ${columns} from ${table} where key ${sign} $1 and key < $2 order by key limit $3`;
  return [text, [Buffer.from(from), Buffer.from(lt), String(limit)]];
}
