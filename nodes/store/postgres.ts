import type { Store, StoreOptions } from "./store.ts";

// The client is loaded where it is used: most nodes and commands have no use for it.

/**
 * Opens the store in a PostgreSQL database, or one that speaks its protocol; makes its table if it is not there.
 *
 * @param url - `postgres://user:password@host:port/database`
 * @throws {BeltError} `STORE_FAILED`
 */
export const openPostgresStore = async (url: string, options: StoreOptions = {}): Promise<Store> =>
  (await import("./postgres/store.ts")).open(url, options);

/**
 * Sees that a database answers; changes nothing.
 *
 * @throws {BeltError} `STORE_FAILED`
 */
export const reachPostgres = async (url: string): Promise<void> =>
  (await import("./postgres/store.ts")).reach(url);

/** Where a database is, without user and password. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
