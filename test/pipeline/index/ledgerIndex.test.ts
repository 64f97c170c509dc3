import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Address,
  allSlots,
  applyBlock,
  createIndex,
  escrowOf,
  type IndexView,
  inDispute,
  isClosed,
  journalDepth,
  type LedgerBlock,
  owedTo,
  rollbackTo,
  type Sheet,
  unsettled,
} from "../../../pipeline/index/index.ts";
import { agreementFor } from "./agreements.ts";
import { governedFact } from "./governed.ts";
import {
  ada,
  addressOf,
  admitted,
  before,
  beltId,
  blockOf,
  bob,
  booked,
  chained,
  contentsOf,
  decided,
  declined,
  disputed,
  expired,
  type Fact,
  genesis,
  hashOf,
  indexOf,
  lapsed,
  offerBooked,
  offered,
  offerId,
  oneSheet,
  openDispute,
  productBooked,
  reported,
  rotated,
  settled,
  sheetId,
  superseded,
} from "./ledger.ts";

describe("a block", () => {
  it("must follow the head", () => {
    const index = indexOf([], []);
    const head = index.view.head ?? expect.fail();
    const forked = expect.objectContaining({ code: "LEDGER_FORKED", retryable: true });
    expect(() => applyBlock(index, blockOf({ number: head.number, hash: hashOf("rival") }, []))).toThrow(
      forked,
    );
    expect(() => applyBlock(index, blockOf(before, []))).toThrow(forked);
    expect(index.view.head).toEqual(head);
    applyBlock(index, blockOf({ number: head.number, hash: genesis }, []));
    applyBlock(index, blockOf({ number: head.number + 10, hash: hashOf("unread") }, []));
    expect(index.view.head?.number).toBe(head.number + 11);
  });

  const foreign: [string, Fact][] = [
    ["an unknown event", { event: "Transfer", from: ada }],
    ["a field too many", { ...admitted(ada, "x"), colour: "red" }],
    ["an address that is none", { event: "MemberAdmitted", member: "0x12", name: "x", kinds: 1 }],
    ["a number out of range", { event: "MemberAdmitted", member: ada, name: "x", kinds: 65_536 }],
    ["a negative number", { event: "MemberAdmitted", member: ada, name: "x", kinds: -1 }],
    ["half a number", { event: "MemberAdmitted", member: ada, name: "x", kinds: 0.5 }],
    ["a taken name", admitted(addressOf("eve"), "bob")],
    ["keys of nobody", rotated(addressOf("eve"), "eve", 1)],
    ["the suspension of nobody", { event: "MemberSuspended", member: addressOf("eve") }],
    ["other kinds of nobody", { event: "KindsChanged", member: addressOf("eve"), kinds: 1 }],
    ["a profile of nobody", { event: "ProfilePublished", member: addressOf("eve"), url: "http://eve.test" }],
    ["an offer of nobody", offered(hashOf("new"), addressOf("eve"))],
    ["an offer twice", offered(offerId, ada)],
    ["an unknown offer withdrawn", { event: "OfferWithdrawn", id: hashOf("new") }],
    ["a belt twice", chained(beltId, [offerId])],
    ["a belt of an unknown offer", chained(hashOf("new"), [hashOf("none")])],
    ["a sheet twice", booked(sheetId, beltId)],
    ["a sheet of an unknown belt", booked(hashOf("new"), hashOf("none"))],
    ["a sheet of an unknown offer", offerBooked(hashOf("new"), hashOf("none"))],
    ["a sheet of an unknown product", productBooked(hashOf("new"), hashOf("none"))],
    ["a sheet twice, as a product", productBooked(sheetId, offerId)],
    ["an unknown offer superseded", superseded(hashOf("none"), offerId)],
    ["an offer that an unknown one supersedes", superseded(offerId, hashOf("none"))],
    ["a report on no sheet", { ...reported(0), sheet: genesis }],
    ["a report of no station", reported(2)],
    ["a report of slots that the sheet does not have", reported(0, [], 8)],
    ["a lame report", { ...reported(0), slots: [0] }],
    ["a cancellation of no sheet", { event: "SheetCancelled", sheet: genesis, deadline: 1 }],
    ["a cancellation that gives time", { event: "SheetCancelled", sheet: sheetId, deadline: 1_700_001_000 }],
    ["a declined station of no sheet", { ...declined(0), sheet: genesis }],
    ["a declined station that there is not", declined(2)],
    ["a decline that refunds more than the sheet holds", declined(0, 651n)],
    ["a dispute without a report", disputed(0, 1n)],
    ["a decision without a dispute", decided(0, ada, 0n)],
    ["the end of no dispute", { event: "DisputeLapsed", sheet: sheetId, station: 0, paid: 1n }],
    ["the end of no sheet", { event: "SheetExpired", sheet: genesis, unreported: 1, refunded: 0n }],
    [
      "a refund of more than the sheet holds",
      { event: "SheetExpired", sheet: sheetId, unreported: 1, refunded: 651n },
    ],
    ["a settlement of no sheet", settled(0, { sheet: genesis })],
    ["a settlement without a report", settled(0)],
    ["a settlement of no station", settled(2)],
    ["a withdrawal of what is not owed", { event: "CreditWithdrawn", account: ada, amount: 1n }],
    ["a head of nobody", { event: "HeadAnchored", member: addressOf("eve"), size: 1, root: genesis }],
  ];
  it.each(foreign)("with %s counts not at all", (_, fact) => {
    const index = indexOf(...oneSheet);
    const known = contentsOf(index.view);
    const good = [admitted(addressOf("carl"), "carl"), { event: "OfferWithdrawn", id: offerId }];
    const parent = index.view.head ?? before;
    expect(() => applyBlock(index, blockOf(parent, [...good, fact]))).toThrow(
      expect.objectContaining({ code: "LEDGER_EVENT_INVALID" }),
    );
    expect(contentsOf(index.view)).toEqual(known);
    applyBlock(index, blockOf(parent, good));
    expect(index.view.memberByName.get("carl")).toBe(addressOf("carl"));
  });

  it("refuses an event of another block", () => {
    const index = indexOf([]);
    const parent = index.view.head ?? before;
    const rival = blockOf(parent, [admitted(ada, "ada")], 1);
    const block = { ...blockOf(parent, []), events: rival.events };
    expect(() => applyBlock(index, block)).toThrow(expect.objectContaining({ code: "LEDGER_EVENT_INVALID" }));
  });

  const again: [string, string, Fact[]][] = [
    ["reports of a slot", "before", [reported(0, [], 1), reported(0, [], 3)]],
    ["whole reports", "closed", [reported(0), reported(0, [], 1)]],
    ["successions", "before", [superseded(hashOf("other"), offerId), superseded(offerId, offerId)]],
    ["ends of a sheet", "before", [expired(0b11, 0n), expired(0b11, 0n)]],
    ["settlements", "before", [reported(0), settled(0), settled(0, { paid: 0n })]],
    ["declines", "closed", [declined(0), declined(0)]],
    ["reports after a decline", "closed", [declined(0), reported(0)]],
    ["disputes after a settlement", "before", [reported(0), settled(0), disputed(0, 1n)]],
    ["ends of a dispute", "no case", [...openDispute, lapsed(5n), lapsed(5n)]],
    ["decisions after the end of a dispute", "no case", [...openDispute, lapsed(5n), decided(0, ada, 0n)]],
    ["payments of a dispute beyond what is held", "hold", [...openDispute, lapsed(331n)]],
    ["ends of a dispute before the settlement", "not settled", [reported(0), disputed(0, 1n), lapsed(5n)]],
  ];
  it.each(again)("says of two %s that one is too many", (_, why, facts) => {
    const index = indexOf(...oneSheet, facts.slice(0, -1));
    const last = facts.slice(-1);
    expect(() => applyBlock(index, blockOf(index.view.head ?? before, last))).toThrow(why);
  });

  it("refuses a decision that takes effect though its supervisor gave none", () => {
    const index = indexOf(...oneSheet, [...openDispute, decided(0, ada, 1n)]);
    const resolved = (second: string): Fact => ({
      ...{ event: "DisputeResolved", sheet: sheetId, station: 0, first: ada, second },
      ...{ paid: 0n, refunded: 5n },
    });
    expect(() => applyBlock(index, blockOf(index.view.head ?? before, [resolved(bob)]))).toThrow("decided");
    applyBlock(index, blockOf(index.view.head ?? before, [decided(0, bob, 1n), resolved(bob)]));
    expect(index.view.sheets.get(sheetId)?.disputes[0]?.end).toMatchObject({ supervisors: [ada, bob] });
  });

  it("takes every number that a contract lets a member write", () => {
    const offer = { ...offered(offerId, ada), validUntil: 2n ** 64n - 1n, price: `0x${"f".repeat(32)}` };
    const { view } = indexOf([admitted(ada, "ada"), offer]);
    expect(view.offers.get(offerId)?.validUntil).toBe(Number.MAX_SAFE_INTEGER);
    expect(view.offers.get(offerId)?.price).toBe(2n ** 128n - 1n);
  });

  it("has addresses and hashes in lower case", () => {
    const { view } = indexOf([{ ...admitted(ada, "ada"), member: `0x${ada.slice(2).toUpperCase()}` }]);
    expect(view.profiles.get(ada)?.member).toBe(ada);
  });
});

describe("the journal", () => {
  it("goes back as far as it says, and no further", () => {
    const index = indexOf(...Array.from({ length: journalDepth + 50 }, () => []));
    const head = index.view.head?.number ?? expect.fail();
    expect(index.journal.floor).toBe(head - journalDepth);
    expect(index.journal.blocks.length).toBe(journalDepth);
    expect(() => rollbackTo(index, head - journalDepth - 1)).toThrow(
      expect.objectContaining({ code: "LEDGER_REPLACED" }),
    );
    expect(index.view.head?.number).toBe(head);
    rollbackTo(index, head - journalDepth);
    expect(index.view.head?.number).toBe(head - journalDepth);
  });

  it("goes back to the empty ledger", () => {
    const index = indexOf(...oneSheet);
    rollbackTo(index, -1);
    expect(contentsOf(index.view)).toEqual(contentsOf(createIndex().view));
  });
});

/** Picks one of the entries by a number, when there are any. */
const pick = <T>(entries: Iterable<T>, choice: number): T | undefined => {
  const list = [...entries];
  return list[choice % list.length];
};

/** A fact that the contracts could say next, chosen by three numbers from what the ledger says so far. */
function factFor(
  view: IndexView,
  [kind, choice, value]: readonly [number, number, number],
): Fact | undefined {
  const member = pick(view.profiles.keys(), choice);
  const sheet = pick(view.sheets.values(), choice);
  const offer = pick(view.offers.values(), choice);
  const block = (view.head?.number ?? -1) + 1;
  switch (kind) {
    case 0:
      return { event: "AddressSet", name: `Name${value % 4}`, target: addressOf("contract", value % 6) };
    case 1: {
      const name = `member-${value % 12}`;
      return admitted(view.memberByName.get(name) ?? addressOf(name), name);
    }
    case 2:
      return member && { event: "ProfilePublished", member, url: `https://${value}.test` };
    case 3:
      return member && rotated(member, String(value % 20), block);
    case 4:
      return member && offered(hashOf("offer", member, block, value), member);
    case 5:
      if (value % 3 === 0 && offer && !offer.supersedes)
        return superseded(pick(view.offers.keys(), value) ?? offer.id, offer.id);
      return offer && !offer.withdrawn ? { event: "OfferWithdrawn", id: offer.id } : undefined;
    case 6:
      return (
        offer &&
        chained(hashOf("belt", block, choice, value), [...view.offers.keys()].slice(0, 1 + (value % 4)))
      );
    case 7: {
      const belt = pick(view.belts.keys(), choice);
      const id = hashOf("sheet", block, choice, value);
      if (value % 4 === 0) return offer && offerBooked(id, offer.id);
      if (value % 4 === 1) return offer && productBooked(id, offer.id);
      return belt && booked(id, belt, 1 + (value % 1_024));
    }
    case 8: {
      const station = sheet?.reports.findIndex((_, each) => !isClosed(sheet, each)) ?? -1;
      if (!sheet || station < 0) return undefined;
      if (value % 5 === 0) return { ...declined(station, BigInt(value % 2)), sheet: sheet.id };
      const words = value % 3 === 0 ? { slots: [], words: [] } : { slots: [0], words: [BigInt(value)] };
      // In parts, or what is left of it at once.
      const rest = allSlots(sheet.count) & ~(sheet.reports[station]?.covered ?? 0);
      const covered = value % 2 === 0 ? rest & -rest : rest;
      return { event: "SheetReported", sheet: sheet.id, station, member: ada, covered, ...words };
    }
    case 9:
      return sheet && !sheet.expiry
        ? { event: "SheetExpired", sheet: sheet.id, unreported: value % 8, refunded: BigInt(value % 9) }
        : undefined;
    case 10: {
      const [station] = sheet ? unsettled(sheet) : [];
      if (!sheet || station === undefined) return undefined;
      const half = escrowOf(sheet) / 2n;
      return settled(station, { sheet: sheet.id, paid: half, refunded: BigInt(value % 3) });
    }
    case 14:
      return sheet && sheet.deadline > value
        ? { event: "SheetCancelled", sheet: sheet.id, deadline: value }
        : undefined;
    case 15:
      return sheet && disputeFact(sheet, member ?? ada, value);
    case 11: {
      const balance = pick(view.balances.values(), choice);
      if (!balance) return undefined;
      const amount = owedTo(view, balance.account);
      return amount > 0n ? { event: "CreditWithdrawn", account: balance.account, amount } : undefined;
    }
    case 12:
    case 13:
      return governedFact(view, choice, value);
    case 16:
      return agreementFor(view, choice, value);
    default: {
      const size = ((member && view.heads.get(member)?.at(-1)?.size) ?? 0) + 1 + (value % 9);
      return member && { event: "HeadAnchored", member, size, root: hashOf(value) };
    }
  }
}

/** What could happen next to a sheet's cases in dispute. */
function disputeFact(sheet: Sheet, supervisor: Address, value: number): Fact | undefined {
  const [open] = inDispute(sheet);
  const [station] = unsettled(sheet);
  const place = { sheet: sheet.id };
  if (open === undefined) {
    return station === undefined ? undefined : { ...disputed(station, BigInt(value + 1)), ...place };
  }
  if (value % 3 === 0) return { ...lapsed(BigInt(value % 4), open), ...place };
  if (value % 3 === 1) return { ...decided(open, supervisor, BigInt(value)), ...place };
  const [second] = sheet.disputes[open]?.decisions.keys() ?? [];
  return (
    second && {
      ...{ event: "DisputeResolved", ...place, station: open, first: ada, second },
      ...{ paid: BigInt(value % 5), refunded: BigInt(value % 4) },
    }
  );
}

const facts = fc.array(fc.tuple(fc.nat(17), fc.nat(1_000), fc.nat(1_000)), { maxLength: 6 });
const steps = fc.array(
  fc.record({
    /** How many of the newest blocks to take back first; mostly none. */
    back: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 64 }) },
    ),
    /** The blocks to add then. */
    blocks: fc.array(facts, { minLength: 1, maxLength: 12 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("reorganisations", () => {
  it("of 1 to 64 blocks leave the index that a rebuild from nothing gives", () => {
    let rolledBack = 0;
    fc.assert(
      fc.property(steps, (run) => {
        const index = createIndex();
        let chain: LedgerBlock[] = [];
        for (const [fork, { back, blocks }] of run.entries()) {
          if (back > 0 && chain.length > 0) {
            chain = chain.slice(0, -back);
            rollbackTo(index, chain.at(-1)?.number ?? -1);
            rolledBack++;
          }
          for (const choices of blocks) {
            const parent = chain.at(-1) ?? before;
            const said: Fact[] = [];
            // Every fact is chosen after the ones before it, from an index that has read them.
            for (const choice of choices) {
              const fact = factFor(index.view, choice);
              if (!fact) continue;
              said.push(fact);
              rollbackTo(index, parent.number);
              try {
                applyBlock(index, blockOf(parent, said, fork));
              } catch {
                said.pop();
                applyBlock(index, blockOf(parent, said, fork));
              }
            }
            if (said.length === 0) {
              rollbackTo(index, parent.number);
              applyBlock(index, blockOf(parent, said, fork));
            }
            chain.push(blockOf(parent, said, fork));
          }
          const rebuilt = createIndex();
          for (const block of chain) applyBlock(rebuilt, block);
          expect(contentsOf(index.view)).toEqual(contentsOf(rebuilt.view));
        }
      }),
      { numRuns: 60 },
    );
    expect(rolledBack).toBeGreaterThan(10);
  });
});
