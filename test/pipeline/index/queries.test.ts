import { describe, expect, it } from "vitest";
import {
  applyBlock,
  awaitsReport,
  caseStatuses,
  contractNamed,
  escrowOf,
  everSignedWith,
  finalAt,
  headCovering,
  headOf,
  inDispute,
  isClosed,
  isLive,
  isOpen,
  keysAt,
  type LedgerIndex,
  memberAtStation,
  memberOfStation,
  offersOf,
  owedTo,
  packStatuses,
  type Sheet,
  sheetState,
  signerAt,
  signingKeyOf,
  stationStatus,
  unpackCases,
  unsettled,
} from "../../../pipeline/index/index.ts";
import { thumbprint } from "../../../pipeline/tray/index.ts";
import {
  ada,
  addressOf,
  admitted,
  before,
  beltId,
  blockOf,
  bob,
  decided,
  declined,
  disputed,
  expired,
  type Fact,
  hashOf,
  indexOf,
  lapsed,
  offerBooked,
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

const add = (index: LedgerIndex, ...facts: Fact[]) =>
  applyBlock(index, blockOf(index.view.head ?? before, facts));

function sheetIn(index: LedgerIndex): Sheet {
  const sheet = index.view.sheets.get(sheetId);
  if (!sheet) throw new Error("the sheet is missing");
  return sheet;
}

describe("keys", () => {
  const index = indexOf(
    [admitted(ada, "ada"), admitted(bob, "bob")],
    [rotated(ada, "first", 1)],
    [rotated(bob, "first", 2)],
    [rotated(ada, "second", 3)],
  );
  const first = hashOf("signing", "first");
  const second = hashOf("signing", "second");

  it("a rotated key still answers for the blocks before", () => {
    expect(signerAt(index.view, first, 0)).toBeUndefined();
    expect(signerAt(index.view, first, 1)).toBe(ada);
    expect(signerAt(index.view, first, 2)).toBe(ada);
    expect(signerAt(index.view, first, 3)).toBeUndefined();
    expect(signerAt(index.view, second)).toBe(ada);
    expect(everSignedWith(index.view, ada, first)).toBe(true);
    expect(everSignedWith(index.view, ada, second, 2)).toBe(false);
  });

  it("a key belongs to who published it first, though another copies it", () => {
    expect(keysAt(index.view, bob)?.signingKey).toBe(first);
    expect(signerAt(index.view, first, 2)).toBe(ada);
  });

  it("a kid names the key", () => {
    expect(signingKeyOf(index.view, thumbprint("Ed25519", first))).toBe(first);
    expect(signingKeyOf(index.view, thumbprint("Ed25519", hashOf("unpublished")))).toBeUndefined();
  });
});

describe("belts, offers and the directory", () => {
  it("tells who works where", () => {
    const { view } = indexOf(...oneSheet);
    expect(memberAtStation(view, beltId, 0)).toBe(ada);
    expect(memberAtStation(view, beltId, 1)).toBe(bob);
    expect(memberAtStation(view, beltId, 2)).toBeUndefined();
    expect(offersOf(view, ada).map(({ id }) => id)).toEqual([offerId]);
  });

  it("an offer lives until its validity or its withdrawal", () => {
    const index = indexOf(...oneSheet);
    const offer = () => index.view.offers.get(offerId);
    expect(offer()).toBeDefined();
    expect(isLive(index.view, offer() ?? expect.fail(), 2_000_000_000)).toBe(true);
    expect(isLive(index.view, offer() ?? expect.fail(), 2_000_000_001)).toBe(false);
    add(index, { event: "OfferWithdrawn", id: offerId });
    expect(isLive(index.view, offer() ?? expect.fail(), 0)).toBe(false);
  });

  it("keeps every contract that the directory ever named, and forgets none", () => {
    const [old, next] = [addressOf("old"), addressOf("next")];
    const index = indexOf(
      [{ event: "AddressSet", name: "Offers", target: old }],
      [{ event: "AddressSet", name: "Offers", target: next }],
      [{ event: "AddressSet", name: "Old", target: old }],
    );
    expect(contractNamed(index.view, "Offers")).toBe(next);
    const oldNames = new Map([
      ["Offers", 0],
      ["Old", 2],
    ]);
    expect(index.view.contracts.get(old)).toEqual({ address: old, names: oldNames });
    expect(index.view.contracts.get(next)?.names).toEqual(new Map([["Offers", 1]]));
    add(index, { event: "AddressSet", name: "Offers", target: `0x${"0".repeat(40)}` });
    expect(contractNamed(index.view, "Offers")).toBeUndefined();
    expect(index.view.contracts.size).toBe(2);
  });
});

describe("sheets", () => {
  it("a report says all done but these", () => {
    const index = indexOf(...oneSheet);
    expect(caseStatuses(sheetIn(index), 129)).toEqual(["open", "open"]);
    const packed = packStatuses(
      new Map([
        [0, "failed"],
        [63, "unprocessable"],
        [64, "skipped"],
        [129, "blocked"],
      ]),
    );
    expect(packed.slots).toEqual([0, 1, 2]);
    add(index, { ...reported(0), ...packed });
    const statusAt = (place: number) => caseStatuses(sheetIn(index), place)[0];
    expect([0, 1, 62, 63, 64, 65, 128, 129].map(statusAt)).toEqual([
      "failed",
      "done",
      "done",
      "unprocessable",
      "skipped",
      "done",
      "done",
      "blocked",
    ]);
    expect(caseStatuses(sheetIn(index), 0)).toEqual(["failed", "open"]);
    expect(() => caseStatuses(sheetIn(index), 130)).toThrow("no case 130");
  });

  it("closes when all stations reported, when the deadline passes, or when it expires", () => {
    const index = indexOf(...oneSheet);
    const { deadline } = sheetIn(index);
    expect(isOpen(sheetIn(index), deadline)).toBe(true);
    expect(isOpen(sheetIn(index), deadline + 1)).toBe(false);
    add(index, reported(1));
    expect(isOpen(sheetIn(index), 0)).toBe(true);
    expect(awaitsReport(sheetIn(index), 0, 0)).toBe(true);
    expect(awaitsReport(sheetIn(index), 1, 0)).toBe(false);
    expect(awaitsReport(sheetIn(index), 2, 0)).toBe(false);
    add(index, { event: "SheetExpired", sheet: sheetId, unreported: 0b01, refunded: 0n });
    expect(isOpen(sheetIn(index), 0)).toBe(false);
    expect(caseStatuses(sheetIn(index), 5)).toEqual(["expired", "done"]);
  });

  it("what no station reported is expired after the deadline, closed or not", () => {
    const index = indexOf(...oneSheet);
    const { deadline } = sheetIn(index);
    add(index, reported(1));
    expect(caseStatuses(sheetIn(index), 5, deadline)).toEqual(["open", "done"]);
    expect(caseStatuses(sheetIn(index), 5, deadline + 1)).toEqual(["expired", "done"]);
  });

  it("closes when the last station has reported", () => {
    const index = indexOf(...oneSheet);
    for (const station of [0, 1]) add(index, reported(station));
    expect(isOpen(sheetIn(index), 0)).toBe(false);
  });

  it("a report can come in parts, and is whole with the last one", () => {
    const index = indexOf(...oneSheet);
    add(index, reported(0, [3n], 0b001));
    expect([0, 1, 63, 64, 129].map((place) => stationStatus(sheetIn(index), 0, place))).toEqual([
      ...["failed", "done", "done"],
      ...["open", "open"],
    ]);
    expect([isClosed(sheetIn(index), 0), finalAt(sheetIn(index), 0)]).toEqual([false, undefined]);
    expect(awaitsReport(sheetIn(index), 0, 0)).toBe(true);
    add(index, { ...reported(0, [], 0b110), slots: [2], words: [2n << 4n] });
    expect([1, 64, 128, 129].map((place) => stationStatus(sheetIn(index), 0, place))).toEqual([
      ...["done", "done", "done", "unprocessable"],
    ]);
    expect([isClosed(sheetIn(index), 0), unsettled(sheetIn(index))]).toEqual([true, [0]]);
    expect(finalAt(sheetIn(index), 0)).toBe(sheetIn(index).reports[0]?.reported.at);
  });

  it("a part stands at the deadline, and the rest is expired", () => {
    const index = indexOf(...oneSheet);
    const { deadline } = sheetIn(index);
    add(index, reported(0, [], 0b010));
    expect(unsettled(sheetIn(index), deadline)).toEqual([]);
    expect(unsettled(sheetIn(index), deadline + 1)).toEqual([0]);
    expect(unsettled(sheetIn(index))).toEqual([]);
    add(index, expired(0b11, 490n));
    expect([finalAt(sheetIn(index), 0), unsettled(sheetIn(index))]).toEqual([deadline, [0]]);
    expect(caseStatuses(sheetIn(index), 0)).toEqual(["expired", "expired"]);
    expect(caseStatuses(sheetIn(index), 64)).toEqual(["done", "expired"]);
    add(index, settled(0, { paid: 160n }));
    expect(sheetState(sheetIn(index), deadline + 1)).toBe("settled");
  });

  it("a station that declines is closed, and what it reported before stands", () => {
    const index = indexOf(...oneSheet);
    add(index, reported(0, [], 0b001), declined(0, 165n), declined(1));
    expect([isClosed(sheetIn(index), 0), isOpen(sheetIn(index), 0)]).toEqual([true, false]);
    expect(caseStatuses(sheetIn(index), 0)).toEqual(["done", "declined"]);
    expect(caseStatuses(sheetIn(index), 64)).toEqual(["declined", "declined"]);
    expect(unsettled(sheetIn(index))).toEqual([0]);
    expect(finalAt(sheetIn(index), 0)).toBe(sheetIn(index).declines[0]?.declined.at);
    expect(escrowOf(sheetIn(index))).toBe(160n);
    add(index, settled(0, { paid: 160n }));
    expect([sheetState(sheetIn(index), 0), owedTo(index.view, bob)]).toEqual(["settled", 490n]);
  });

  it("a cancellation brings the deadline forward", () => {
    const index = indexOf(...oneSheet);
    const deadline = sheetIn(index).deadline - 400;
    add(index, { event: "SheetCancelled", sheet: sheetId, deadline });
    expect(sheetIn(index)).toMatchObject({ deadline, cancelled: { block: 3 } });
    expect([isOpen(sheetIn(index), deadline), isOpen(sheetIn(index), deadline + 1)]).toEqual([true, false]);
  });
});

describe("sheets without a belt", () => {
  it("are of one offer, and of a product by the day", () => {
    const index = indexOf(...oneSheet);
    const [single, stay] = [hashOf("single"), hashOf("stay")];
    add(index, offerBooked(single, hashOf("other")), productBooked(stay, offerId));
    const sheetOf = (id: typeof single) => index.view.sheets.get(id) ?? expect.fail();
    expect(sheetOf(single)).toMatchObject({ belt: null, offers: [hashOf("other")], count: 10 });
    expect(sheetOf(single).stay).toBeUndefined();
    expect(sheetOf(stay)).toMatchObject({ belt: null, offers: [offerId], count: 10 });
    expect(sheetOf(stay).stay).toEqual({ firstDay: 20_000, dayCount: 5, units: 2 });
    expect([
      memberOfStation(index.view, sheetOf(single), 0),
      memberOfStation(index.view, sheetOf(stay), 0),
    ]).toEqual([bob, ada]);
    expect(memberOfStation(index.view, sheetOf(stay), 1)).toBeUndefined();
    add(index, { ...reported(0, [3n], 1), sheet: stay });
    expect(caseStatuses(sheetOf(stay), 0)).toEqual(["failed"]);
  });

  it("an offer says which one it is a new version of", () => {
    const index = indexOf(...oneSheet);
    add(index, superseded(offerId, hashOf("other")));
    expect(index.view.offers.get(hashOf("other"))?.supersedes).toBe(offerId);
    expect(index.view.offers.get(offerId)?.supersedes).toBeUndefined();
  });
});

describe("a dispute", () => {
  const statusesOf = (index: LedgerIndex) =>
    [0, 1, 2, 3].map((place) => stationStatus(sheetIn(index), 0, place));
  const resolved = (paid: bigint, refunded: bigint) => ({
    ...{ event: "DisputeResolved", sheet: sheetId, station: 0, first: ada, second: bob },
    ...{ paid, refunded },
  });

  it("holds its cases, and their price, until it is decided", () => {
    const index = indexOf(...oneSheet);
    add(index, reported(0, [0x3000n]), reported(1), disputed(0, 0x1n), disputed(0, 0x110n, hashOf("more")));
    expect(statusesOf(index)).toEqual(["disputed", "disputed", "disputed", "failed"]);
    add(index, settled(0, { paid: 305n, refunded: 5n }), settled(1));
    expect([escrowOf(sheetIn(index)), sheetState(sheetIn(index), 0)]).toEqual([15n, "disputed"]);
    expect([inDispute(sheetIn(index)), unsettled(sheetIn(index))]).toEqual([[0], []]);
    expect(sheetIn(index).disputes[0]?.evidence.map(({ hash }) => hash)).toEqual([
      hashOf("evidence"),
      hashOf("more"),
    ]);
    add(index, decided(0, ada, 0x111n), decided(0, ada, 0x10n), decided(0, bob, 0x10n), resolved(10n, 5n));
    expect(statusesOf(index)).toEqual(["done", "upheld", "done", "failed"]);
    expect([escrowOf(sheetIn(index)), sheetState(sheetIn(index), 0)]).toEqual([0n, "settled"]);
    expect([owedTo(index.view, ada), owedTo(index.view, bob)]).toEqual([315n, 335n]);
    expect(unpackCases(sheetIn(index).disputes[0]?.end?.upheld ?? new Map())).toEqual([1]);
  });

  it("that nobody decides leaves the report as it is", () => {
    const index = indexOf(...oneSheet);
    add(index, ...openDispute, lapsed(5n));
    expect(statusesOf(index)).toEqual(["done", "done", "done", "done"]);
    expect([inDispute(sheetIn(index)), owedTo(index.view, ada)]).toEqual([[], 325n]);
    expect(sheetIn(index).disputes[0]?.end).toMatchObject({ supervisors: [], paid: 5n, refunded: 0n });
  });
});

describe("money", () => {
  const deadline = 1_700_001_000;
  const balanceOf = ({ view }: LedgerIndex, account: typeof ada) => view.balances.get(account);

  it("of a sheet is held until each station is settled, and owed from then until it is withdrawn", () => {
    const index = indexOf(...oneSheet);
    expect(escrowOf(sheetIn(index))).toBe(650n);
    expect(sheetState(sheetIn(index), deadline)).toBe("open");
    add(index, reported(0, [3n]), reported(1));
    expect(unsettled(sheetIn(index))).toEqual([0, 1]);
    expect(sheetState(sheetIn(index), 0)).toBe("reported");
    add(index, settled(0, { paid: 300n, refunded: 25n }));
    expect(escrowOf(sheetIn(index))).toBe(325n);
    expect(unsettled(sheetIn(index))).toEqual([1]);
    expect([owedTo(index.view, ada), owedTo(index.view, bob)]).toEqual([300n, 25n]);
    add(index, settled(1), { event: "CreditWithdrawn", account: ada, amount: 300n });
    expect(escrowOf(sheetIn(index))).toBe(0n);
    expect(sheetState(sheetIn(index), 0)).toBe("settled");
    expect([owedTo(index.view, ada), owedTo(index.view, bob)]).toEqual([0n, 350n]);
    const ofAda = { account: ada, paid: 300n, refunded: 0n, withdrawn: 300n, withdrawals: 1 };
    expect(balanceOf(index, ada)).toEqual(ofAda);
    expect(balanceOf(index, bob)).toMatchObject({ paid: 325n, refunded: 25n, withdrawals: 0 });
    expect(sheetIn(index).settlements[0]).toMatchObject({ member: ada, settler: bob, paid: 300n });
  });

  it("for a station that never reported goes back with the expiry", () => {
    const index = indexOf(...oneSheet);
    add(index, reported(0));
    expect(sheetState(sheetIn(index), deadline + 1)).toBe("expired");
    add(index, { event: "SheetExpired", sheet: sheetId, unreported: 0b10, refunded: 325n });
    expect(sheetState(sheetIn(index), deadline + 1)).toBe("expired");
    add(index, settled(0));
    expect(sheetState(sheetIn(index), deadline + 1)).toBe("settled");
    expect([escrowOf(sheetIn(index)), owedTo(index.view, bob)]).toEqual([0n, 325n]);
  });

  it("that moves nothing owes nothing to anybody", () => {
    const index = indexOf(...oneSheet);
    add(index, reported(0), settled(0, { paid: 0n }));
    expect(index.view.balances.size).toBe(0);
    expect(owedTo(index.view, ada)).toBe(0n);
  });
});

it("finds the first head that covers a receipt", () => {
  const index = indexOf([admitted(ada, "ada")]);
  for (const size of [3, 10, 40])
    add(index, { event: "HeadAnchored", member: ada, size, root: hashOf(size) });
  expect(headOf(index.view, ada)?.size).toBe(40);
  expect([1, 3, 4, 11, 41].map((size) => headCovering(index.view, ada, size)?.size)).toEqual([
    3,
    3,
    10,
    40,
    undefined,
  ]);
  expect(headOf(index.view, bob)).toBeUndefined();
});
