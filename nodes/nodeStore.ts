import { join } from "node:path";
import { migrations } from "./migrations.ts";
import {
  type CheckedStore,
  checkedStore,
  openLevelStore,
  openPostgresStore,
  placeOf,
  requireRestored,
  type StoreOptions,
  upgradeStore,
} from "./store/index.ts";
import { requireAlone } from "./workers/index.ts";

export const storeFolder = (data: string): string => join(data, "store");

/** What says where a node's store is. */
export interface StorePlace {
  readonly data: string;
  /** The URL of a database, if the store is not in the data folder. */
  readonly store?: string | undefined;
}

export interface NodeStoreOptions extends StoreOptions {
  /** Whether no worker may have it open. */
  readonly alone?: boolean;
}

/**
 * Opens a node's store, in its data folder or its database, and gives it the newest form.
 *
 * @throws {BeltError} `STORE_LOCKED`, `STORE_FAILED`, `STORE_DAMAGED`, `STORE_TOO_NEW`
 */
export async function openNodeStore(
  { data, store: url }: StorePlace,
  { alone = false, ...options }: NodeStoreOptions = {},
): Promise<CheckedStore> {
  const at = url === undefined ? storeFolder(data) : placeOf(url);
  const below = { ...options, handedOver: true };
  const store = await (url === undefined ? openLevelStore(at, below) : openPostgresStore(url, below));
  try {
    await requireRestored(store, at);
    const checked = checkedStore(store);
    await upgradeStore(store, { migrations, at, before: () => requireAlone(checked, at) });
    if (alone) await requireAlone(checked, at);
    return checked;
  } catch (error) {
    await store.close();
    throw error;
  }
}
