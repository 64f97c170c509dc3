import type { Place, RunningSystem } from "../../system.ts";
import { startCrew } from "../crew/crew.ts";
import { measuredPostgres } from "../servers/postgres.ts";
import { packageVersion } from "../version.ts";

/** Starts PostgreSQL and the five processes. */
export async function start({ folder, signal }: Place): Promise<RunningSystem> {
  const postgres = await measuredPostgres(folder, signal);
  try {
    const file = new URL("worker.ts", import.meta.url);
    const crew = await startCrew({ file, args: [postgres.url], firstAlone: true, signal });
    let turn = 0;
    const submit = (first: number, count: number): Promise<void> => crew.give(turn++, first, count);
    return {
      version: `${packageVersion("@dbos-inc/dbos-sdk")}, PostgreSQL ${postgres.version}`,
      processes: () => [...crew.processes, postgres.process],
      submit,
      progress: async () => crew.progress(),
      follow: (first, count) => crew.follow(first, count, () => submit(first, count)),
      verify: async () => crew.check(),
      async stop() {
        await crew.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
