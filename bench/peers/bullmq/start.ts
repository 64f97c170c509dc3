import { Queue } from "bullmq";
import type { Place, RunningSystem } from "../../system.ts";
import { type Application, itemOf } from "../../work/item.ts";
import { startCrew } from "../crew/crew.ts";
import { runWithCrew } from "../crew/system.ts";
import { type Fsync, redisVersion, startRedis } from "../servers/redis.ts";
import { packageVersion } from "../version.ts";
import { jobOptions, queueName } from "./queues.ts";

/** Starts Redis and the five workers. */
export async function start(fsync: Fsync, { folder, signal }: Place): Promise<RunningSystem> {
  const version = `${packageVersion("bullmq")}, Redis ${await redisVersion()}`;
  const redis = await startRedis(folder, fsync, signal);
  const { port } = redis;
  const queue = new Queue<Application>(queueName(1), { connection: { host: "127.0.0.1", port } });
  return runWithCrew({
    version,
    server: redis.process,
    crew: () => startCrew({ file: new URL("worker.ts", import.meta.url), args: [String(port)], signal }),
    async submit(_, first, count) {
      const jobs = Array.from({ length: count }, (_, i) => ({
        name: "step",
        data: itemOf(first + i),
        opts: jobOptions,
      }));
      await queue.addBulk(jobs);
    },
    async close() {
      await queue.close().catch(() => {});
      await redis.stop();
    },
  });
}
