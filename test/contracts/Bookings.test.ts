import { ZeroHash } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  eventsOf,
  hash,
  offerId,
  offersOf,
  offerTerms,
  plain,
  publishTwoStations,
  type Role,
  refusal,
  sheetId,
  useLedger,
} from "./fixture.ts";

/** A belt of two stations: 0 is the bank's, 1 the bureau's. */
const belt = hash(1);
const root = hash(2);
const day = 86_400;

const ledger = useLedger(async (fresh) => {
  await publishTwoStations(fresh, belt);
});

let deadline: number;
let sheet: string;
beforeEach(async () => {
  deadline = (await ledger().now()) + day;
  sheet = sheetId(ledger(), "consumer", root);
});

interface Booking {
  readonly belt: string;
  readonly root: string;
  readonly count: number;
  readonly deadline: number;
  readonly maxCost: bigint;
}

function book(changes: Partial<Booking> = {}, role: Role = "consumer") {
  const all = { belt, root, count: 100, deadline, maxCost: 2n ** 256n - 1n, ...changes };
  return ledger().as(role).bookings.book(all.belt, all.root, all.count, all.deadline, all.maxCost);
}

describe("Bookings: booking", () => {
  it("records a sheet under the hash of chain, contract, consumer and root", async () => {
    const { bookings } = ledger().as("consumer");
    const consumer = ledger().address("consumer");
    const cost = 2n * 100n * offerTerms.price;
    expect(await eventsOf(book({ maxCost: cost }), bookings)).toEqual([
      { event: "SheetBooked", sheet, belt, consumer, root, count: 100n, deadline: BigInt(deadline), cost },
    ]);
    expect(plain(await bookings.sheetOf(sheet))).toEqual({
      consumer,
      deadline: BigInt(deadline),
      count: 100n,
      stations: 2n,
      expired: false,
      product: false,
    });
    for (const [station, role] of (["bank", "bureau"] as const).entries()) {
      expect(plain(await bookings.stationOf(sheet, station))).toEqual({
        member: ledger().address(role),
        price: offerTerms.price,
        ...{ closedAt: 0n, covered: 0n, done: 0n, disputed: 0n, settled: false },
      });
    }
  });

  it("holds the largest cost there is", async () => {
    const { offers, belts, bookings } = ledger().as("bank");
    const validUntil = (await ledger().now()) + day;
    const price = 2n ** 128n - 1n;
    await offers.publish(hash(9), 1, price, 1, 1_024, validUntil);
    const id = offerId(ledger().address("bank"), hash(9));
    await belts.publish(
      hash(9),
      ZeroHash,
      Array.from({ length: 32 }, () => id),
    );
    const cost = price * 32n * 1_024n;
    expect(await eventsOf(book({ belt: hash(9), count: 1_024 }), bookings)).toMatchObject([{ cost }]);
    expect(plain(await bookings.sheetOf(sheet))).toMatchObject({ stations: 32n, count: 1_024n });
    expect((await bookings.stationOf(sheet, 31)).price).toBe(price);
    const { credit } = ledger().as("consumer");
    expect(await credit.balanceOf(bookings)).toBe(cost);
  });

  it("keeps the same manifest of two consumers apart, and refuses it twice of one", async () => {
    await book();
    await book({}, "bureau");
    expect(sheetId(ledger(), "bureau", root)).not.toBe(sheet);
    expect(await refusal(book({ count: 1, deadline: deadline + 1 }))).toEqual({
      error: "SheetExists",
      sheet,
    });
  });

  it("refuses an account that is no member", async () => {
    for (const role of ["deployer", "stranger"] as const) {
      expect(await refusal(book({}, role))).toEqual({ error: "NotActive", account: ledger().address(role) });
    }
  });

  it("refuses no root, an unknown belt, and a count out of bounds", async () => {
    expect(await refusal(book({ root: ZeroHash }))).toEqual({ error: "RootMissing" });
    expect(await refusal(book({ belt: hash(9) }))).toEqual({ error: "BeltUnknown", belt: hash(9) });
    for (const count of [0, 1_025, 65_535]) {
      expect(await refusal(book({ count }))).toEqual({ error: "CountOutOfBounds", count: BigInt(count) });
    }
    await book({ count: 1_024 });
  });

  it("refuses more cases than an offer takes", async () => {
    const { offers, belts } = ledger().as("bank");
    await offers.publish(hash(9), 1, 1, 1, 99, (await ledger().now()) + day);
    const offer = offerId(ledger().address("bank"), hash(9));
    await belts.publish(hash(9), ZeroHash, [offer]);
    expect(await refusal(book({ belt: hash(9) }))).toEqual({
      error: "CapacityExceeded",
      offer,
      capacity: 99n,
      count: 100n,
    });
    await book({ belt: hash(9), count: 99 });
  });

  it("refuses an offer that was withdrawn or is past its validity", async () => {
    const [offer = ""] = await offersOf(ledger(), "bureau", 1);
    const { validUntil } = await ledger().as("bank").offers.offerOf(offer);
    await ledger().travelTo(Number(validUntil) - 10);
    await book({ deadline: Number(validUntil) + day });
    await ledger().travelTo(Number(validUntil) + 1);
    const late = { root: hash(3), deadline: Number(validUntil) + day };
    expect(await refusal(book(late))).toMatchObject({ error: "OfferNotLive" });
  });

  it("leaves what was booked as it is when an offer is withdrawn", async () => {
    await book();
    const [offer = ""] = await offersOf(ledger(), "bureau", 1);
    await ledger().as("bureau").offers.withdraw(offer);
    expect(await refusal(book({ root: hash(3) }))).toEqual({ error: "OfferNotLive", offer });
    await ledger().as("bureau").bookings.report(sheet, 1, 3, [], []);
    expect(await ledger().as("stranger").bookings.statusOf(sheet, 1, 0)).toBe(0n);
  });

  it("refuses a cost above what the consumer agreed to", async () => {
    const cost = 2n * 100n * offerTerms.price;
    expect(await refusal(book({ maxCost: cost - 1n }))).toEqual({
      error: "CostExceeded",
      cost,
      maxCost: cost - 1n,
    });
  });

  it("refuses a deadline that leaves a station too little time, or that is too far away", async () => {
    const time = (await ledger().now()) + 100;
    const earliest = time + offerTerms.deadlineSeconds;
    const latest = time + 732 * day;
    for (const tried of [earliest - 1, latest + 1, 0]) {
      await ledger().nextBlockAt(time);
      expect(await refusal(book({ deadline: tried }))).toEqual({
        error: "DeadlineOutOfBounds",
        deadline: BigInt(tried),
        earliest: BigInt(earliest),
        latest: BigInt(latest),
      });
    }
    await ledger().nextBlockAt(time);
    await book({ deadline: earliest });
    await ledger().nextBlockAt(time + 1);
    await book({ root: hash(3), deadline: latest + 1 });
  });
});

describe("Bookings: a belt of different offers", () => {
  it.each([
    ["first", [3_600, 60]],
    ["last", [60, 3_600]],
  ] as const)("gives the slowest station its time when it is %s, and sums the prices", async (_, seconds) => {
    const { offers, belts } = ledger().as("bank");
    const validUntil = (await ledger().now()) + day;
    for (const [place, each] of seconds.entries()) {
      await offers.publish(hash(20 + place), 1, 10 ** place, each, 1_024, validUntil);
    }
    const ids = seconds.map((_each, place) => offerId(ledger().address("bank"), hash(20 + place)));
    await belts.publish(hash(20), ZeroHash, ids);
    const time = (await ledger().now()) + 100;
    await ledger().nextBlockAt(time);
    expect(await refusal(book({ belt: hash(20), deadline: time + 3_599 }))).toMatchObject({
      error: "DeadlineOutOfBounds",
      earliest: BigInt(time + 3_600),
    });
    await ledger().nextBlockAt(time);
    const { bookings } = ledger().as("bank");
    const booked = await eventsOf(book({ belt: hash(20), deadline: time + 3_600 }), bookings);
    expect(booked).toMatchObject([{ cost: 1_100n }]);
    const prices = [0, 1].map(async (station) => (await bookings.stationOf(sheet, station)).price);
    expect(await Promise.all(prices)).toEqual([1n, 10n]);
  });
});

describe("Bookings: expiry", () => {
  beforeEach(async () => {
    await book();
  });

  it("is refused until the deadline has passed", async () => {
    const { bookings } = ledger().as("stranger");
    await ledger().nextBlockAt(deadline);
    expect(await refusal(bookings.expire(sheet))).toEqual({
      error: "DeadlineNotPassed",
      sheet,
      deadline: BigInt(deadline),
      time: BigInt(deadline),
    });
  });

  it("closes the stations that did not report, for anybody who asks, once", async () => {
    const { bookings } = ledger().as("stranger");
    await ledger().as("bureau").bookings.report(sheet, 1, 3, [0], [3]);
    await ledger().nextBlockAt(deadline + 1);
    expect(await eventsOf(bookings.expire(sheet), bookings)).toEqual([
      { event: "SheetExpired", sheet, unreported: 1n, refunded: 100n * offerTerms.price },
    ]);
    expect(plain(await bookings.sheetOf(sheet))).toMatchObject({ expired: true });
    expect(await bookings.owedTo(ledger().address("consumer"))).toBe(100n * offerTerms.price);
    expect(await refusal(bookings.expire(sheet))).toEqual({ error: "NothingToExpire", sheet });
    const statuses = [0, 1].map((station) => bookings.statusOf(sheet, station, 0));
    expect(await Promise.all(statuses)).toEqual([5n, 3n]);
  });

  it("has nothing to close when every station reported", async () => {
    await ledger().as("bank").bookings.report(sheet, 0, 3, [], []);
    await ledger().as("bureau").bookings.report(sheet, 1, 3, [], []);
    await ledger().travelTo(deadline + 1);
    expect(await refusal(ledger().as("stranger").bookings.expire(sheet))).toEqual({
      error: "NothingToExpire",
      sheet,
    });
  });

  it("says expired of every unreported case after the deadline, whether anybody asked or not", async () => {
    const { bookings } = ledger().as("stranger");
    await ledger().travelTo(deadline);
    expect(await bookings.statusOf(sheet, 0, 99)).toBe(15n);
    await ledger().travelTo(deadline + 1);
    expect(await bookings.statusOf(sheet, 0, 99)).toBe(5n);
    await bookings.expire(sheet);
    expect(await bookings.statusOf(sheet, 0, 99)).toBe(5n);
  });

  it("does not know a sheet, a station or a case that is not there", async () => {
    const { bookings } = ledger().as("stranger");
    const unknown = { error: "SheetUnknown", sheet: hash(9) };
    expect(await refusal(bookings.expire(hash(9)))).toEqual(unknown);
    expect(await refusal(bookings.sheetOf(hash(9)))).toEqual(unknown);
    expect(await refusal(bookings.stationOf(hash(9), 0))).toEqual(unknown);
    expect(await refusal(bookings.statusOf(hash(9), 0, 0))).toEqual(unknown);
    expect(await refusal(bookings.statusOf(sheet, 2, 0))).toEqual({
      error: "StationUnknown",
      sheet,
      station: 2n,
      stations: 2n,
    });
    expect(await refusal(bookings.statusOf(sheet, 0, 100))).toEqual({
      error: "CaseUnknown",
      sheet,
      caseIndex: 100n,
      count: 100n,
    });
  });
});
