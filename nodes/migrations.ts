import { z } from "zod";
import type { Migration } from "./store/index.ts";

const OwnSheet1 = z.looseObject({ left: z.int().nullable() });

/** From the first form to the second. Sheets whose cases have not left are found by a key of their own. */
const second: Migration = {
  to: 2,
  async *changes(store) {
    for await (const [at, value] of store.entries({ prefix: "own/" })) {
      const { left } = OwnSheet1.parse(JSON.parse(Buffer.from(value).toString("utf8")));
      if (left !== null) continue;
      yield { type: "put", key: at.replace("own/", "leaving/"), value: new Uint8Array() };
    }
    // Contracts were added whose events the first form did not read: the ledger is read again from its beginning.
    for await (const key of store.keys({ prefix: "ledger/blocks/" })) yield { type: "del", key };
    yield { type: "del", key: "ledger/cursor" };
  },
};

/** What a store of an earlier version needs to have the form that this version reads and writes, in their order. */
export const migrations: readonly Migration[] = [second];
