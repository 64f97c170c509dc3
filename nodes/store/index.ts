export { openAtRest, sealAtRest } from "./atRest.ts";
export { type CheckedStore, checkedStore, valueIn, withChecksum } from "./checked.ts";
export { key, ordinal } from "./keys.ts";
export { type LevelOptions, openLevelStore } from "./level.ts";
export { MemoryStore } from "./memory.ts";
export { keepRestored, type Restored, restoredOf } from "./restored.ts";
export { type Migration, upgradeStore, versionKey } from "./schema.ts";
export type { Change, Range, Store } from "./store.ts";
