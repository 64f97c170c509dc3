import { join } from "node:path";
import { migrations } from "./migrations.ts";
import {
  type CheckedStore,
  checkedStore,
  type LevelOptions,
  openLevelStore,
  upgradeStore,
} from "./store/index.ts";

export const storeFolder = (data: string): string => join(data, "store");

/**
 * Opens the store of a node's data folder, and gives it the newest form.
 *
 * @throws {BeltError} `STORE_LOCKED`, `STORE_FAILED`, `STORE_DAMAGED`, `STORE_TOO_NEW`
 */
export async function openNodeStore(
  data: string,
  { synced }: Pick<LevelOptions, "synced"> = {},
): Promise<CheckedStore> {
  const at = storeFolder(data);
  const store = await openLevelStore(at, { synced });
  try {
    await upgradeStore(store, { migrations, at });
    return checkedStore(store);
  } catch (error) {
    await store.close();
    throw error;
  }
}
