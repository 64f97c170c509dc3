import type { System } from "../../system.ts";
import { poolSize } from "./settings.ts";

/** DBOS Transact: a workflow an item, its five steps checkpointed one by one. */
export const dbos = {
  name: "dbos",
  title: "DBOS Transact",
  durability: "PostgreSQL, every commit synced: the start, each step's result and the end of a workflow",
  setup: `five processes that run workflows of five steps, started in them directly, which is faster than by a queue; ${poolSize} connections each`,
  depth: 1_000,
  batch: 100,
  pacedBatch: 1,
  start: async (place) => (await import("./start.ts")).start(place),
} satisfies System;
