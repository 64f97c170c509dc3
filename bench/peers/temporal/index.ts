import type { System } from "../../system.ts";
import { concurrency } from "./settings.ts";

/** Temporal's development server: a workflow an item, its five steps activities. */
export const temporal = {
  name: "temporal",
  title: "Temporal (development server)",
  durability: "SQLite in a file, as the development server sets it up: each event of a workflow's history",
  setup: `five processes that run workflows and activities of one task queue, up to ${concurrency} of each at a time; a workflow an item`,
  depth: 500,
  batch: 50,
  pacedBatch: 1,
  start: async (place) => (await import("./start.ts")).start(place),
} satisfies System;
