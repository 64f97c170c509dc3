import { describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { decodeLog } from "../../../nodes/ledger/decode.ts";
import type { Address } from "../../../pipeline/index/index.ts";
import { ada, addressOf, hashOf } from "../../pipeline/index/ledger.ts";

describe("logs", () => {
  const receipts = addressOf("receipts");
  const names = (name: string, from = 0): ReadonlyMap<Address, ReadonlyMap<string, number>> =>
    new Map([[receipts, new Map([[name, from]])]]);
  const log = (part: object = {}) => {
    const { topics, data } = interfaces.Receipts.encodeEventLog("HeadAnchored", [
      ada,
      2n ** 64n - 1n,
      hashOf("root"),
    ]);
    const place = { blockNumber: 7, blockHash: hashOf("b"), transactionHash: hashOf("t"), logIndex: 3 };
    const all = {
      address: receipts,
      topics: topics.map((topic) => `0x${topic.slice(2)}` as const),
      data: `0x${data.slice(2)}` as const,
    };
    return { ...all, ...place, ...part };
  };

  it("are read as events", () => {
    expect(decodeLog(names("Receipts"), log(), 42)).toEqual({
      event: "HeadAnchored",
      member: ada,
      size: Number.MAX_SAFE_INTEGER,
      root: hashOf("root"),
      block: 7,
      blockHash: hashOf("b"),
      transaction: hashOf("t"),
      logIndex: 3,
      at: 42,
    });
  });

  it("count only from contracts that the directory had named by then, by the name that it gave", () => {
    expect(decodeLog(names("Receipts", 8), log(), 42)).toBeUndefined();
    expect(decodeLog(names("Receipts", 7), log(), 42)).toBeDefined();
    expect(decodeLog(names("Offers"), log(), 42)).toBeUndefined();
    expect(decodeLog(names("Something"), log(), 42)).toBeUndefined();
    expect(decodeLog(new Map(), log(), 42)).toBeUndefined();
  });

  it("of other events of a contract are passed over", () => {
    const { topics, data } = interfaces.Directory.encodeEventLog("AuthorityUpdated", [ada]);
    const authority = log({ topics, data });
    expect(decodeLog(names("Directory"), authority, 42)).toBeUndefined();
    expect(decodeLog(names("Receipts"), log({ topics: [] }), 42)).toBeUndefined();
  });

  it.each([
    ["short", log({ data: "0x00" })],
    ["without a topic", log({ topics: log().topics.slice(0, 1) })],
  ])("that are %s are refused", (_, wrong) => {
    expect(() => decodeLog(names("Receipts"), wrong, 42)).toThrow(
      expect.objectContaining({ code: "LEDGER_EVENT_INVALID", at: "block 7, log 3" }),
    );
  });

  it("give the directory's names as texts, or as what else they are", () => {
    const named = (name: string) => {
      const { topics, data } = interfaces.Directory.encodeEventLog("AddressSet", [name, ada]);
      return decodeLog(names("Directory"), log({ topics, data }), 42);
    };
    expect(named(`0x${Buffer.from("Offers").toString("hex").padEnd(64, "0")}`)).toMatchObject({
      name: "Offers",
      target: ada,
    });
    expect(named(hashOf("noise"))).toMatchObject({ name: hashOf("noise") });
  });
});
