import { BeltError } from "../../pipeline/errors.ts";
import type { CheckedStore } from "../store/index.ts";

/**
 * A store to which nothing is written any more once a record of it has gone: a worker that was found dead, and only
 * slept, changes nothing of what others have taken over.
 *
 * @param lost - is told when that is noticed
 */
export function fenced(
  store: CheckedStore,
  { key, value, lost }: { readonly key: string; readonly value: Uint8Array; lost(): void },
): CheckedStore {
  return {
    ...store,
    async batch(changes, expected = new Map()) {
      try {
        await store.batch(changes, new Map([[key, value], ...expected]));
      } catch (cause) {
        if (!(cause instanceof BeltError) || cause.code !== "STORE_CONFLICT" || cause.at !== key) throw cause;
        lost();
        throw new BeltError("STORE_CLOSED", "The other workers took this one for dead; it begins anew.", {
          cause,
        });
      }
    },
  };
}
