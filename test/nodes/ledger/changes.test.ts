import { describe, expect, it } from "vitest";
import { createChanges } from "../../../nodes/ledger/changes.ts";
import { type LedgerEvent, parseLedgerEvent } from "../../../pipeline/index/index.ts";
import { ada, hashOf } from "../../pipeline/index/ledger.ts";

const anchored = (block: number): LedgerEvent =>
  parseLedgerEvent({
    event: "HeadAnchored",
    member: ada,
    size: block,
    root: hashOf(block),
    block,
    blockHash: hashOf("block", block),
    transaction: hashOf("transaction", block),
    logIndex: 0,
    at: 1,
  });

describe("changes", () => {
  const head = { number: 9, hash: hashOf("head") };
  it("reach a slow subscriber as one, without what was taken back meanwhile", async () => {
    const changes = createChanges();
    const ends = new AbortController();
    const all = changes.subscribe(ends.signal)[Symbol.asyncIterator]();
    changes.publish({ rolledBackTo: undefined, events: [anchored(1), anchored(2), anchored(3)], head });
    changes.publish({ rolledBackTo: 1, events: [], head });
    changes.publish({ rolledBackTo: undefined, events: [anchored(2)], head });
    changes.publish({ rolledBackTo: 1, events: [anchored(4)], head });
    const { value } = await all.next();
    expect(value.rolledBackTo).toBe(1);
    expect(value.events.map(({ block }: LedgerEvent) => block)).toEqual([1, 4]);
    const next = all.next();
    changes.publish({ rolledBackTo: undefined, events: [anchored(5)], head });
    expect((await next).value).toMatchObject({ rolledBackTo: undefined, events: [{ block: 5 }] });
    const last = all.next();
    ends.abort();
    expect((await last).done).toBe(true);
  });

  it("end with the reason, after what was still to be told", async () => {
    const changes = createChanges();
    const all = changes.subscribe(new AbortController().signal)[Symbol.asyncIterator]();
    const waiting = changes.subscribe(new AbortController().signal)[Symbol.asyncIterator]();
    changes.publish({ rolledBackTo: undefined, events: [], head });
    await waiting.next();
    const next = waiting.next();
    changes.end(new Error("replaced"));
    await expect(next).rejects.toThrow("replaced");
    expect((await all.next()).value).toMatchObject({ head });
    await expect(all.next()).rejects.toThrow("replaced");
  });

  it("are not told to who has given up before", async () => {
    const changes = createChanges();
    const all = changes.subscribe(AbortSignal.abort())[Symbol.asyncIterator]();
    changes.publish({ rolledBackTo: undefined, events: [], head });
    expect((await all.next()).done).toBe(true);
  });
});
