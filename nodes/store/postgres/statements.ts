import type { Bounds } from "../bounds.ts";

/**
 * One table for everything. Keys are bytes, which sort alike in every database and locale. No statement needs more than
 * what databases that speak PostgreSQL's protocol have in common.
 */
const table = "belt_entries";

export const isThere = `select key from ${table} limit 0`;
export const create = `create table if not exists ${table} (key bytea primary key, value bytea not null)`;

export const value = `select value from ${table} where key = $1`;
/** Waits for whoever is changing it. */
export const valueToChange = `${value} for update`;

export const put = `insert into ${table} (key, value)
  select key, value from unnest($1::bytea[], $2::bytea[]) as changes (key, value)
  on conflict (key) do update set value = excluded.value`;
export const putIfAbsent = `insert into ${table} (key, value) values ($1, $2) on conflict (key) do nothing`;
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
