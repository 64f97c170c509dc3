import { setTimeout as sleep } from "node:timers/promises";
import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Store } from "../store/index.ts";
import { beatKey, readBeats, workerKey } from "./records.ts";
import { usual, type WorkerTimes } from "./times.ts";

/**
 * Sees that no worker has a store open, and that none of those that were there can write any more.
 *
 * @throws {BeltError} `STORE_LOCKED` when one lives
 */
export async function requireAlone(
  store: Store,
  at: string,
  { patience }: WorkerTimes = usual,
): Promise<void> {
  const before = await readBeats(store);
  if (before.size === 0) return;
  // Whether one lives shows in its beat alone.
  await sleep(patience);
  for (const [worker, { beat }] of before) {
    const gone = [workerKey(worker), beatKey(worker)].map((key) => ({ type: "del", key }) as const);
    try {
      await store.batch(gone, new Map([[beatKey(worker), utf8(beat)]]));
    } catch (cause) {
      if (!(cause instanceof BeltError) || cause.code !== "STORE_CONFLICT") throw cause;
      if ((await store.get(beatKey(worker))) === undefined) continue;
      throw new BeltError("STORE_LOCKED", "Workers of this member have its store open.", { at, cause });
    }
  }
}
