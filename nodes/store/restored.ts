import { z } from "zod";
import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { canonical } from "../../pipeline/json.ts";
import type { Change, Store } from "./store.ts";

/** What a store says of itself that was restored from a backup. */
const Restored = z.strictObject({
  /**
   * The number of this copy: the second of its restoration, and greater than those of the copies before it. So what
   * two copies of one backup wrote can be told apart, too.
   */
  copy: z.int().positive(),
  /** The number of the copy that wrote last what the backup has; 0 for the first store. */
  of: z.int().nonnegative(),
  /** When the last backup was begun, in milliseconds since 1970: what was done since may not be in the store. */
  at: z.int().nonnegative(),
  /** Whether what it lacked was put back, as far as it can be. */
  checked: z.boolean(),
});
export type Restored = z.infer<typeof Restored>;

const restoredKey = "restored";

/** Whether and to when a store was restored. */
export async function restoredOf(store: Pick<Store, "get">): Promise<Restored | undefined> {
  const bytes = await store.get(restoredKey);
  if (bytes === undefined) return undefined;
  return Restored.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}

/**
 * Marks a store as restored, and whole.
 *
 * @param at when the backup was begun, and when it is restored; milliseconds since 1970
 */
export async function markRestored(
  store: Pick<Store, "get" | "batch">,
  { at, now }: { readonly at: number; readonly now: number },
): Promise<void> {
  const before = await restoredOf(store);
  // A copy that never came to write anything leaves what there is to the one before it.
  const of = (before?.checked === false ? before.of : before?.copy) ?? 0;
  const copy = Math.max((before?.copy ?? 0) + 1, Math.floor(now / 1_000));
  await store.batch([keepRestored({ copy, of, at, checked: false }), endRestoring]);
}

/** The change that keeps what a store says of that. */
export const keepRestored = (restored: Restored): Change => ({
  type: "put",
  key: restoredKey,
  value: utf8(canonical(restored)),
});

const restoringKey = "restoring";

/** The change that says that a store is being filled from a backup: until it is whole nobody works with it. */
export const beginRestoring: Change = { type: "put", key: restoringKey, value: new Uint8Array() };
const endRestoring: Change = { type: "del", key: restoringKey };

/**
 * Sees that no restore into this store was broken off.
 *
 * @throws {BeltError} `STORE_DAMAGED`
 */
export async function requireRestored(store: Store, at: string): Promise<void> {
  for await (const _ of store.keys({ prefix: restoringKey, limit: 1 })) {
    const sentence = "The store is being restored from a backup, or that was broken off; restore it again.";
    throw new BeltError("STORE_DAMAGED", sentence, { at });
  }
}
