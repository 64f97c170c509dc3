import { z } from "zod";
import { leafKey, tileLevel, writeTold } from "./engine/index.ts";
import { type Change, key, type Migration, valueIn, versionKey, withChecksum } from "./store/index.ts";

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

/**
 * From the third form to the fourth. What a tray told the consumer is one record, and so are the leaves of the log that
 * were appended together; what can be computed from the leaves of a tile is not kept.
 */
const fourth: Migration = {
  to: 4,
  async *changes(store) {
    for await (const [at, record] of store.entries({ prefix: "outcome/" })) {
      const [, sheet = "", station = "", number] = at.split("/");
      yield* moved(at, record, key("told", sheet, station, "case", Number(number)), (value) => {
        const end = 4 + Buffer.from(value).readUInt32BE();
        return writeTold([{ receipt: value.subarray(4, end), secrets: value.subarray(end) }]);
      });
    }
    for await (const [at, record] of store.entries({ prefix: "log/node/" })) {
      const [, , level = "", index = ""] = at.split("/");
      if (Number(level) === 0) yield* moved(at, record, leafKey(Number(index)), (hash) => hash);
      else if (Number(level) < tileLevel) yield { type: "del", key: at };
    }
  },
};

/** A record at another key, in another form; one that is damaged stays so, and is found by whoever reads it. */
function moved(
  from: string,
  record: Uint8Array,
  to: string,
  form: (value: Uint8Array) => Uint8Array,
): readonly Change[] {
  const value = valueIn(from, record);
  return [
    { type: "put", key: to, value: value === undefined ? record : withChecksum(to, form(value)) },
    { type: "del", key: from },
  ];
}

/** What a store of an earlier version needs to have the form that this version reads and writes, in their order. */
export const migrations: readonly Migration[] = [second, third, fourth];
