import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Clock, elsewhere, type Share, type Turn } from "../engine/index.ts";
import type { Change, Store } from "../store/index.ts";
import { claimKey, log, sheetClaim, textOf, workerKey } from "./records.ts";

/** How a claim ended: it was nobody's, a dead worker's, or this one's before; or it is another one's. */
export type Claimed = "free" | "left" | "own" | { readonly by: string };

/** What is one worker's at a time: a record with its name, which counts as long as the worker's own record stands. */
export interface Claims {
  claim(what: string): Promise<Claimed>;
  release(what: string): Promise<void>;
  /** Whose it is, if that worker lives. */
  holder(what: string): Promise<string | undefined>;
}

/** Milliseconds between two attempts to have the log: the shortest, and as many more at random. */
const pause = 2;

/** @param store - that of worker `id`, fenced */
export function createClaims(store: Store, id: string): Claims {
  const own = utf8(id);

  async function holder(what: string): Promise<string | undefined> {
    const found = await store.get(claimKey(what));
    const by = found && textOf(found);
    return by !== undefined && (await store.get(workerKey(by))) !== undefined ? by : undefined;
  }

  return {
    holder,
    async claim(what) {
      const key = claimKey(what);
      const take: Change = { type: "put", key, value: own };
      for (;;) {
        const found = await store.get(key);
        const by = found && textOf(found);
        if (by === id) return "own";
        if (by !== undefined && (await store.get(workerKey(by))) !== undefined) return { by };
        try {
          // A worker that has gone does not come back under its name.
          const gone = by === undefined ? [] : [[workerKey(by), undefined] as const];
          await store.batch([take], new Map([[key, found], ...gone]));
          return by === undefined ? "free" : "left";
        } catch (problem) {
          if (!(problem instanceof BeltError) || problem.code !== "STORE_CONFLICT") throw problem;
        }
      }
    },
    async release(what) {
      await store.batch([{ type: "del", key: claimKey(what) }], new Map([[claimKey(what), own]]));
    },
  };
}

/** What the engine shares with the other workers. */
export function createShare(
  claims: Claims,
  {
    leads,
    clock,
    fraction,
    signal,
  }: {
    readonly leads: boolean;
    readonly clock: Pick<Clock, "sleep">;
    readonly fraction: () => number;
    readonly signal: AbortSignal;
  },
): Share {
  const giveBack = (): Promise<void> => claims.release(log).catch(() => {});
  const turn: Turn = { changes: [{ type: "del", key: claimKey(log) }], giveBack };
  return {
    leads,
    async claim(sheet) {
      const claimed = await claims.claim(sheetClaim(sheet));
      if (typeof claimed === "object") throw elsewhere("Another worker of this member works on this sheet.");
      return claimed === "free" ? "free" : "left";
    },
    release: (sheet) => claims.release(sheetClaim(sheet)),
    async turn() {
      while (typeof (await claims.claim(log)) === "object") {
        await clock.sleep(pause * (1 + fraction()), signal);
        signal.throwIfAborted();
      }
      return turn;
    },
  };
}
