/** One step of the chain: runs its task's jobs and adds the next one's. `node worker.ts STEP URL` */
import { run } from "graphile-worker";
import type { Application } from "../../work/item.ts";
import { beWorker, work } from "../crew/worker.ts";
import { preset } from "./settings.ts";
import { Item, quiet, taskName } from "./tasks.ts";

const [place = "1", connectionString = ""] = process.argv.slice(2);
const step = Number(place);

await beWorker(async ({ step: stepDone, finished }) => {
  const results = new Map<string, Application>();
  const runner = await run({
    preset: { worker: { ...preset, connectionString } },
    logger: quiet,
    noHandleSignals: true,
    taskList: {
      [taskName(step)]: async (payload, { addJob, job }) => {
        const { next, last } = work(Item.parse(payload));
        if (last) results.set(job.id, next);
        else await addJob(taskName(step + 1), next);
      },
    },
  });
  runner.events.on("job:complete", ({ job, error }) => {
    if (error !== null && error !== undefined) throw error;
    stepDone();
    const result = results.get(job.id);
    if (result === undefined) return;
    results.delete(job.id);
    finished(result);
  });
  return { close: () => runner.stop() };
});
