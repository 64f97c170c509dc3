export { requireAlone } from "./alone.ts";
export { type Addresses, isOfWorkers } from "./records.ts";
export { createRoute } from "./route.ts";
export type { WorkerTimes } from "./times.ts";
export { type Joining, joinWorkers, type Over, type Workers } from "./workers.ts";
