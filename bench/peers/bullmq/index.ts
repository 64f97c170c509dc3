import type { System } from "../../system.ts";
import type { Fsync } from "../servers/redis.ts";
import { concurrency } from "./queues.ts";

const durability: Record<Fsync, string> = {
  everysec:
    "Redis, append-only file synced once a second: a crash of the machine loses up to a second of steps",
  always: "Redis, append-only file synced before every answer",
};

/** BullMQ: a queue a step; each step's worker adds the item to the next one's queue. */
export function bullmq(fsync: Fsync): System {
  return {
    name: fsync === "everysec" ? "bullmq" : `bullmq-${fsync}`,
    title: `BullMQ (appendfsync ${fsync})`,
    durability: durability[fsync],
    setup: `five workers, a queue and a process each, concurrency ${concurrency}; items handed in with addBulk; finished jobs removed`,
    depth: 8_000,
    batch: 1_000,
    pacedBatch: 1,
    start: async (place) => (await import("./start.ts")).start(fsync, place),
  };
}
