/** One step of the chain: takes its queue's jobs and adds them to the next one's. `node worker.ts STEP PORT` */
import { Queue, Worker } from "bullmq";
import type { Application } from "../../work/item.ts";
import { beWorker, work } from "../crew/worker.ts";
import { concurrency, jobOptions, queueName } from "./queues.ts";

const [step = 1, port = 6379] = process.argv.slice(2).map(Number);

await beWorker(async ({ step: stepDone, finished }) => {
  const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
  const following = step < 5 ? new Queue<Application>(queueName(step + 1), { connection }) : undefined;
  const worker = new Worker<Application, Application | undefined>(
    queueName(step),
    async ({ data }) => {
      const { next, last } = work(data);
      await following?.add("step", next, jobOptions);
      return last ? next : undefined;
    },
    { connection, concurrency, removeOnComplete: { count: 0 } },
  );
  // Told once Redis has taken the job's completion.
  worker.on("completed", (_job, result) => {
    stepDone();
    if (result !== undefined) finished(result);
  });
  await worker.waitUntilReady();
  return {
    async close() {
      await worker.close(true);
      await following?.close();
    },
  };
});
