import { Queue } from "bullmq";
import type { Place, RunningSystem } from "../../system.ts";
import { type Application, itemOf } from "../../work/item.ts";
import { startCrew } from "../crew/crew.ts";
import { type Fsync, redisVersion, startRedis } from "../servers/redis.ts";
import { packageVersion } from "../version.ts";
import { jobOptions, queueName } from "./queues.ts";

/** Starts Redis and the five workers. */
export async function start(fsync: Fsync, { folder, signal }: Place): Promise<RunningSystem> {
  const redis = await startRedis(folder, fsync, signal);
  const { port } = redis;
  const queue = new Queue<Application>(queueName(1), { connection: { host: "127.0.0.1", port } });
  const close = async (): Promise<void> => {
    await queue.close().catch(() => {});
    await redis.stop();
  };
  try {
    const crew = await startCrew({
      file: new URL("worker.ts", import.meta.url),
      args: [String(port)],
      signal,
    });
    const submit = async (first: number, count: number): Promise<void> => {
      const jobs = Array.from({ length: count }, (_, i) => ({
        name: "step",
        data: itemOf(first + i),
        opts: jobOptions,
      }));
      await queue.addBulk(jobs);
    };
    return {
      version: `${packageVersion("bullmq")}, Redis ${await redisVersion()}`,
      processes: () => [...crew.processes, redis.process],
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
