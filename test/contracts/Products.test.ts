import { MaxUint256, ZeroHash } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  acceptanceWindow,
  eventsOf,
  hash,
  offerId,
  plain,
  type Role,
  refusal,
  sheetId,
  useLedger,
} from "./fixture.ts";

const [hour, day] = [3_600, 86_400];
/** A room of the bank's, of which there are three: 40 a night, and two hours to report after the last one. */
const terms = { price: 40n, deadlineSeconds: 2 * hour, capacity: 3 } as const;
const document = hash(0x400);
let room: string;
let today: number;

const ledger = useLedger(async (fresh) => {
  // An hour into a day, so that "today" stays the same while the tests run.
  const start = (Math.floor((await fresh.now()) / day) + 1) * day + hour;
  await fresh.travelTo(start);
  const { offers } = fresh.as("bank");
  const { price, deadlineSeconds, capacity } = terms;
  await offers.publish(document, 2, price, deadlineSeconds, capacity, start + 600 * day);
  room = offerId(fresh.address("bank"), document);
});

beforeEach(async () => {
  today = Math.floor((await ledger().now()) / day);
});

const bookings = (role: Role) => ledger().as(role).bookings;
const address = (role: Role) => ledger().address(role);
const owed = (role: Role) => bookings("stranger").owedTo(address(role));
const taken = (on: number, calendar = room) => bookings("stranger").takenOn(calendar, on);

interface Order {
  readonly offer?: string;
  readonly firstDay?: number;
  readonly dayCount?: number;
  readonly units?: number;
  readonly root?: string;
  readonly maxCost?: bigint;
}

function book(order: Order = {}, role: Role = "consumer") {
  const { offer = room, firstDay = today + 3, dayCount = 7, units = 1, root = hash(1) } = order;
  return bookings(role).bookProduct(offer, firstDay, dayCount, units, root, order.maxCost ?? MaxUint256);
}

const stay = (root = hash(1), role: Role = "consumer") => sheetId(ledger(), role, root);

/** All cases of a sheet of one slot but these are done. */
const report = (sheet: string, word: bigint) =>
  bookings("bank").report(sheet, 0, 1, word === 0n ? [] : [0], word === 0n ? [] : [word]);

describe("Products: booking", () => {
  it("takes days and units, and holds days times units times price", async () => {
    const deadline = BigInt((today + 10) * day + terms.deadlineSeconds);
    const order = { dayCount: 7, units: 2, maxCost: 560n };
    expect(await eventsOf(book(order), bookings("bank"))).toEqual([
      {
        ...{ event: "ProductBooked", sheet: stay(), offer: room, consumer: address("consumer") },
        ...{ root: hash(1), firstDay: BigInt(today + 3), dayCount: 7n, units: 2n, deadline, cost: 560n },
      },
    ]);
    expect(plain(await bookings("bank").sheetOf(stay()))).toEqual({
      ...{ consumer: address("consumer"), deadline, count: 14n, stations: 1n, expired: false, product: true },
    });
    expect(plain(await bookings("bank").stayOf(stay()))).toEqual({
      ...{ calendar: room, firstDay: BigInt(today + 3), dayCount: 7n, held: 7n, units: 2n },
    });
    expect(plain(await bookings("bank").stationOf(stay(), 0))).toMatchObject({
      ...{ member: address("bank"), price: 40n },
    });
    const around = [2, 3, 9, 10].map((place) => taken(today + place));
    expect(await Promise.all(around)).toEqual([0n, 2n, 2n, 0n]);
  });

  it("never takes a unit twice for one day, whoever books", async () => {
    await book({ units: 2 });
    await book({ root: hash(2), firstDay: today + 9, dayCount: 2 }, "bureau");
    expect(await refusal(book({ root: hash(3), firstDay: today + 1, dayCount: 20 }))).toEqual({
      ...{ error: "DayTaken", day: BigInt(today + 9), taken: 3n, capacity: 3n },
    });
    expect(await refusal(book({ root: hash(3), firstDay: today + 4, dayCount: 1, units: 2 }))).toEqual({
      ...{ error: "DayTaken", day: BigInt(today + 4), taken: 2n, capacity: 3n },
    });
    // What was refused has taken nothing.
    expect(await Promise.all([1, 2, 4, 8].map((place) => taken(today + place)))).toEqual([0n, 0n, 2n, 2n]);
    await book({ root: hash(3), firstDay: today + 4, dayCount: 5 });
    await book({ root: hash(4), firstDay: today + 10, dayCount: 1, units: 2 });
    expect(await Promise.all([4, 9, 10].map((place) => taken(today + place)))).toEqual([3n, 3n, 3n]);
  });

  it("is possible from today on, and not for what is over", async () => {
    await book({ firstDay: today, dayCount: 1 });
    expect(await refusal(book({ root: hash(2), firstDay: today - 1, dayCount: 3 }))).toEqual({
      ...{ error: "DayPast", firstDay: BigInt(today - 1), today: BigInt(today) },
    });
  });

  it("is of 1 to 1,024 cases, and within 732 days", async () => {
    const { offers } = ledger().as("bank");
    await offers.publish(hash(7), 2, 0, hour, 65_535, (today + 900) * day);
    const hall = offerId(address("bank"), hash(7));
    await book({ offer: hall, dayCount: 1, units: 1_024 });
    await book({ offer: hall, root: hash(2), dayCount: 512, units: 2 });
    for (const [dayCount, units, count] of [
      [0, 1, 0n],
      [1, 0, 0n],
      [0, 0, 0n],
      [1, 1_025, 1_025n],
      [65_535, 65_535, 65_535n * 65_535n],
    ] as const) {
      expect(await refusal(book({ offer: hall, root: hash(3), dayCount, units }))).toEqual({
        error: "CountOutOfBounds",
        count,
      });
    }
    for (const firstDay of [today + 732, 2 ** 32 - 1]) {
      expect(await refusal(book({ offer: hall, root: hash(3), firstDay, dayCount: 1 }))).toMatchObject({
        error: "DeadlineOutOfBounds",
        deadline: BigInt(firstDay + 1) * BigInt(day) + BigInt(hour),
      });
    }
    await book({ offer: hall, root: hash(3), firstDay: today + 730, dayCount: 1 });
  });

  it("is of a live product, of an active member, once a root, at the price that was agreed", async () => {
    const { offers } = ledger().as("bank");
    await offers.publish(hash(8), 1, 1, hour, 1_024, (today + 9) * day);
    const station = offerId(address("bank"), hash(8));
    expect(await refusal(book({ offer: station }))).toEqual({
      ...{ error: "OfferKindDiffers", offer: station, kind: 1n, asked: 2n },
    });
    expect(await refusal(book({ offer: hash(9) }))).toEqual({ error: "OfferNotLive", offer: hash(9) });
    expect(await refusal(book({ root: ZeroHash }))).toEqual({ error: "RootMissing" });
    expect(await refusal(book({ maxCost: 279n }))).toEqual({
      ...{ error: "CostExceeded", cost: 280n, maxCost: 279n },
    });
    expect(await refusal(book({}, "stranger"))).toEqual({ error: "NotActive", account: address("stranger") });
    await book();
    expect(await refusal(book({ firstDay: today + 30 }))).toEqual({ error: "SheetExists", sheet: stay() });
    await offers.withdraw(room);
    expect(await refusal(book({ root: hash(2) }))).toEqual({ error: "OfferNotLive", offer: room });
  });

  it("no product is a belt's station, and no station of a belt is booked by the day", async () => {
    await ledger().as("bank").belts.publish(hash(5), ZeroHash, [room]);
    const deadline = (await ledger().now()) + 90 * day;
    expect(await refusal(bookings("consumer").book(hash(5), hash(1), 1, deadline, MaxUint256))).toEqual({
      ...{ error: "OfferKindDiffers", offer: room, kind: 2n, asked: 1n },
    });
    expect(
      await refusal(bookings("consumer").bookOffer(room, hash(1), 1, deadline, MaxUint256)),
    ).toMatchObject({ error: "OfferKindDiffers" });
  });
});

describe("Products: a new version", () => {
  it("goes on with the calendar of the former one, at other terms", async () => {
    await book({ units: 2 });
    const { offers } = ledger().as("bank");
    await offers.supersede(room, hash(0x401), 50, hour, 4, (today + 600) * day);
    const newer = offerId(address("bank"), hash(0x401));
    await offers.supersede(newer, hash(0x402), 60, hour, 2, (today + 600) * day);
    const newest = offerId(address("bank"), hash(0x402));
    expect(await refusal(book({ root: hash(2) }))).toEqual({ error: "OfferNotLive", offer: room });
    // Of two units none is left, however many there were before.
    expect(await refusal(book({ offer: newest, root: hash(2) }))).toEqual({
      ...{ error: "DayTaken", day: BigInt(today + 3), taken: 2n, capacity: 2n },
    });
    await book({ offer: newest, root: hash(2), firstDay: today + 10 });
    expect(await Promise.all([9, 10].map((place) => taken(today + place)))).toEqual([2n, 1n]);
    // What was booked keeps its price.
    expect(plain(await bookings("bank").stationOf(stay(), 0))).toMatchObject({ price: 40n });
  });
});

describe("Products: delivery", () => {
  const weekLater = () => ledger().travelTo((today + 9) * day + hour);

  it("is reported as done once the day has begun, and settled like any report", async () => {
    await book();
    await weekLater();
    await report(stay(), 0x3n);
    await bookings("consumer").accept(stay(), 1);
    expect([await owed("bank"), await owed("consumer")]).toEqual([6n * 40n, 40n]);
    expect(await taken(today + 9)).toBe(1n);
  });

  it("is not reported before its day, whichever slot it is in", async () => {
    await book({ dayCount: 70, units: 1 });
    await ledger().travelTo((today + 3) * day - 10);
    const early = (caseIndex: number) => ({
      ...{ error: "DayNotBegun", caseIndex: BigInt(caseIndex), day: BigInt(today + 3 + caseIndex) },
    });
    expect(await refusal(bookings("bank").report(stay(), 0, 3, [], []))).toEqual(early(0));
    await ledger().travelTo((today + 3) * day);
    expect(await refusal(bookings("bank").report(stay(), 0, 3, [], []))).toEqual(early(1));
    expect(await refusal(bookings("bank").report(stay(), 0, 2, [], []))).toEqual(early(64));
    const allButFirst = 0x3333333333333333333333333333333333333333333333333333333333333330n;
    expect(await refusal(bookings("bank").report(stay(), 0, 3, [0, 1], [allButFirst, 0x330333n]))).toEqual(
      early(67),
    );
    // What is known not to happen can be said at once.
    await bookings("bank").report(stay(), 0, 3, [0, 1], [allButFirst, 0x333333n]);
    expect(plain(await bookings("bank").stationOf(stay(), 0))).toMatchObject({ done: 1n });
  });

  it("counts units day by day", async () => {
    await book({ dayCount: 3, units: 3 });
    await ledger().travelTo((today + 4) * day);
    expect(await refusal(report(stay(), 0x330_000_000n))).toMatchObject({
      ...{ error: "DayNotBegun", caseIndex: 6n, day: BigInt(today + 5) },
    });
    await report(stay(), 0x333_000_000n);
  });

  it("can be disputed, and expires when nobody reports it", async () => {
    await book();
    await book({ root: hash(2), units: 2 });
    await weekLater();
    await report(stay(), 0n);
    await bookings("consumer").dispute(stay(), 0, [0], [0x1000n], hash(9));
    await bookings("consumer").accept(stay(), 1);
    expect(await owed("bank")).toBe(6n * 40n);
    await ledger().travelTo((today + 10) * day + terms.deadlineSeconds + 1);
    await bookings("stranger").expire(stay(hash(2)));
    expect(await owed("consumer")).toBe(14n * 40n);
  });
});

describe("Products: ending early", () => {
  it("a cancellation frees the days that begin after its notice, and refunds them after it", async () => {
    await book({ units: 2 });
    await ledger().travelTo((today + 5) * day + 23 * hour + 30);
    await bookings("consumer").cancel(stay());
    // The sixth day begins within the hour that the member has.
    expect(await Promise.all([3, 6, 7, 9].map((place) => taken(today + place)))).toEqual([2n, 2n, 0n, 0n]);
    expect(plain(await bookings("bank").stayOf(stay()))).toMatchObject({ dayCount: 7n, held: 4n });
    await book({ root: hash(2), firstDay: today + 7, dayCount: 3, units: 3 }, "bureau");
    await ledger().travelTo((today + 6) * day + 10);
    await report(stay(), 0x333333_00000000n);
    await ledger().travelTo((today + 6) * day + 2 * hour);
    await ledger().travelTo((await ledger().now()) + acceptanceWindow + 1);
    await bookings("stranger").settle(stay(), 1);
    expect([await owed("bank"), await owed("consumer")]).toEqual([8n * 40n, 6n * 40n]);
    // The other's days stay taken.
    expect(await taken(today + 8)).toBe(3n);
  });

  it("what is cancelled long before is refunded in full", async () => {
    await book();
    await bookings("consumer").cancel(stay());
    expect(await Promise.all([3, 9].map((place) => taken(today + place)))).toEqual([0n, 0n]);
    await ledger().travelTo((await ledger().now()) + hour + 1);
    expect(await refusal(report(stay(), 0n))).toMatchObject({ error: "DeadlinePassed" });
    await bookings("stranger").expire(stay());
    expect(await owed("consumer")).toBe(7n * 40n);
  });

  it("a decline frees the days that are ahead, and refunds at once", async () => {
    await book();
    await ledger().travelTo((today + 4) * day + hour);
    expect(await eventsOf(bookings("bank").decline(stay(), 0), bookings("bank"))).toMatchObject([
      { event: "StationDeclined", refunded: 7n * 40n },
    ]);
    expect(await Promise.all([3, 4, 5, 9].map((place) => taken(today + place)))).toEqual([1n, 1n, 0n, 0n]);
  });

  it("days are given back once: a decline after a cancellation leaves others' days as they are", async () => {
    await book({ units: 3 });
    await bookings("consumer").cancel(stay());
    await book({ root: hash(2), units: 3 }, "bureau");
    await bookings("bank").decline(stay(), 0);
    expect(await Promise.all([3, 9].map((place) => taken(today + place)))).toEqual([3n, 3n]);
    expect(await refusal(book({ root: hash(3), firstDay: today + 9, dayCount: 1 }))).toMatchObject({
      error: "DayTaken",
    });
  });
});
