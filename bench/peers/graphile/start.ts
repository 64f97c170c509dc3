import { makeWorkerUtils } from "graphile-worker";
import { Pool } from "pg";
import type { Place, RunningSystem } from "../../system.ts";
import { itemOf } from "../../work/item.ts";
import { startCrew } from "../crew/crew.ts";
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
  const close = async (): Promise<void> => {
    await utils.release();
    await pool.end();
    await postgres.stop();
  };
  try {
    await utils.migrate();
    const file = new URL("worker.ts", import.meta.url);
    const crew = await startCrew({ file, args: [connectionString], signal });
    const submit = async (first: number, count: number): Promise<void> => {
      const jobs = Array.from({ length: count }, (_, i) => ({
        identifier: taskName(1),
        payload: itemOf(first + i),
      }));
      await utils.addJobs(jobs);
    };
    return {
      version: `${packageVersion("graphile-worker")}, PostgreSQL ${postgres.version}`,
      processes: () => [...crew.processes, postgres.process],
      submit,
      progress: async () => crew.progress(),
      follow: (first, count) => crew.follow(first, count, () => submit(first, count)),
      verify: async () => crew.check(),
      async stop() {
        await crew.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
