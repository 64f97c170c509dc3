import { makeWorkerUtils } from "graphile-worker";
import { Pool } from "pg";
import type { Place, RunningSystem } from "../../system.ts";
import { itemOf } from "../../work/item.ts";
import { startCrew } from "../crew/crew.ts";
import { runWithCrew } from "../crew/system.ts";
import { measuredPostgres } from "../servers/postgres.ts";
import { packageVersion } from "../version.ts";
import { quiet, taskName } from "./tasks.ts";

/** Starts PostgreSQL and the five workers. */
export async function start({ folder, signal }: Place): Promise<RunningSystem> {
  const postgres = await measuredPostgres(folder, signal);
  const { url: connectionString } = postgres;
  // A pool of our own: nobody else would end it before the server ends.
  const pool = new Pool({ connectionString });
  const utils = await makeWorkerUtils({ pgPool: pool, logger: quiet });
  return runWithCrew({
    version: `${packageVersion("graphile-worker")}, PostgreSQL ${postgres.version}`,
    server: postgres.process,
    async crew() {
      await utils.migrate();
      const file = new URL("worker.ts", import.meta.url);
      return startCrew({ file, args: [connectionString], signal });
    },
    async submit(_, first, count) {
      const jobs = Array.from({ length: count }, (_, i) => ({
        identifier: taskName(1),
        payload: itemOf(first + i),
      }));
      await utils.addJobs(jobs);
    },
    async close() {
      await utils.release();
      await pool.end();
      await postgres.stop();
    },
  });
}
