/** A process that runs workflows and their activities. `node worker.ts PLACE ADDRESS BUNDLE` */
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import type { Application } from "../../work/item.ts";
import { beWorker } from "../crew/worker.ts";
import * as activities from "./activities.ts";
import { concurrency, taskQueue } from "./settings.ts";

const [, address = "", codePath = ""] = process.argv.slice(2);

await beWorker(async ({ step: stepDone, finished }) => {
  Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath },
    maxConcurrentActivityTaskExecutions: concurrency,
    maxConcurrentWorkflowTaskExecutions: concurrency,
    maxCachedWorkflows: 2_000,
    activities: {
      async step(item: Application): Promise<Application> {
        const next = await activities.step(item);
        stepDone();
        if (next.progress.step === 5) finished(next);
        return next;
      },
    },
  });
  const running = worker.run();
  return {
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
});
