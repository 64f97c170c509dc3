import { z } from "zod";
import { type Migration, valueIn, versionKey, withChecksum } from "./store/index.ts";

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

/** From the second form to the third: every record begins with a checksum. */
const third: Migration = {
  to: 3,
  async *changes(store) {
    for await (const [at, value] of store.entries({ prefix: "" })) {
      if (at === versionKey || valueIn(at, value) !== undefined) continue;
      yield { type: "put", key: at, value: withChecksum(at, value) };
    }
  },
};

/** What a store of an earlier version needs to have the form that this version reads and writes, in their order. */
export const migrations: readonly Migration[] = [second, third];
