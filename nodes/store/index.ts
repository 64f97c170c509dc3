export { openAtRest, sealAtRest } from "./atRest.ts";
export { type CheckedStore, checkedStore, valueIn, withChecksum } from "./checked.ts";
export { key, ordinal } from "./keys.ts";
export { openLevelStore } from "./level.ts";
export { MemoryStore } from "./memory.ts";
export { openPostgresStore, placeOf, reachPostgres } from "./postgres.ts";
export {
  beginRestoring,
  keepRestored,
  markRestored,
  type Restored,
  requireRestored,
  restoredOf,
} from "./restored.ts";
export { type Migration, upgradeStore, versionKey } from "./schema.ts";
export type { Change, Expectation, Range, Store, StoreOptions } from "./store.ts";
