import { type Postgres, startPostgres } from "../../../test/support/servers/postgres.ts";

/** What PostgreSQL is given on a machine of a few gigabytes; what is not here is its default: it syncs every commit. */
const settings = {
  max_connections: "200",
  shared_buffers: "1GB",
  max_wal_size: "4GB",
  synchronous_commit: "on",
  fsync: "on",
};

/** Starts PostgreSQL as it is measured. */
export const measuredPostgres = (folder: string, signal: AbortSignal): Promise<Postgres> =>
  startPostgres({ folder, settings, signal });
