import type { System } from "../../system.ts";
import { preset } from "./settings.ts";

/** graphile-worker: a task a step; each step's job adds the next one's. */
export const graphile = {
  name: "graphile",
  title: "graphile-worker",
  durability: "PostgreSQL, every commit synced; done jobs are struck off in batches, so a crash repeats some",
  setup: `five workers, a task and a process each, with its documentation's fastest settings: ${preset.concurrentJobs} jobs at a time, a local queue of ${preset.localQueue.size}, completions in batches; items handed in with addJobs`,
  depth: 5_000,
  batch: 500,
  pacedBatch: 1,
  start: async (place) => (await import("./start.ts")).start(place),
} satisfies System;
