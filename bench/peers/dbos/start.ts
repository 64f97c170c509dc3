import type { Place, RunningSystem } from "../../system.ts";
import { startCrew } from "../crew/crew.ts";
import { runWithCrew } from "../crew/system.ts";
import { measuredPostgres } from "../servers/postgres.ts";
import { packageVersion } from "../version.ts";

/** Starts PostgreSQL and the five processes. */
export async function start({ folder, signal }: Place): Promise<RunningSystem> {
  const postgres = await measuredPostgres(folder, signal);
  const file = new URL("worker.ts", import.meta.url);
  let turn = 0;
  return runWithCrew({
    version: `${packageVersion("@dbos-inc/dbos-sdk")}, PostgreSQL ${postgres.version}`,
    server: postgres.process,
    crew: () => startCrew({ file, args: [postgres.url], firstAlone: true, signal }),
    submit: (crew, first, count) => crew.give(turn++, first, count),
    close: () => postgres.stop(),
  });
}
