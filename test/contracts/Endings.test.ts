import { describe, expect, it } from "vitest";
import {
  acceptanceWindow,
  eventsOf,
  hash,
  offerTerms,
  plain,
  publishTwoStations,
  type Role,
  refusal,
  sheetOf,
  useLedger,
} from "./fixture.ts";

/** A belt of two stations (0 is the bank's, 1 the bureau's), and a sheet of 100 cases: slots of 64 and 36. */
const belt = hash(1);
const count = 100n;
const { price } = offerTerms;
const total = 2n * count * price;
const hour = 3_600;
let sheet: string;
let deadline: number;

const ledger = useLedger(async (fresh) => {
  await publishTwoStations(fresh, belt);
  deadline = (await fresh.now()) + 24 * hour;
  sheet = await sheetOf(fresh, { belt, root: hash(2), count: Number(count), deadline });
});

const bookings = (role: Role) => ledger().as(role).bookings;
const address = (role: Role) => ledger().address(role);
const owed = (role: Role) => bookings("stranger").owedTo(address(role));
const stationOf = async (station = 0) => plain(await bookings("stranger").stationOf(sheet, station));
const statuses = (...places: number[]) =>
  Promise.all(places.map((place) => bookings("stranger").statusOf(sheet, 0, place)));

describe("Bookings: a report in parts", () => {
  it("covers slots by and by; with the last one the window begins", async () => {
    const bank = bookings("bank");
    expect(await eventsOf(bank.report(sheet, 0, 2, [1], [0x3n]), bank)).toMatchObject([
      { event: "SheetReported", covered: 2n, slots: [1n], words: [3n] },
    ]);
    expect(await stationOf()).toMatchObject({ covered: 2n, done: 35n, closedAt: 0n });
    expect(await statuses(0, 63, 64, 65)).toEqual([15n, 15n, 3n, 0n]);
    expect(await refusal(bookings("consumer").accept(sheet, 1))).toEqual({
      error: "StationUnreported",
      sheet,
      station: 0n,
    });
    await bank.report(sheet, 0, 1, [], []);
    const closedAt = BigInt(await ledger().now());
    expect(await stationOf()).toMatchObject({ covered: 3n, done: 99n, closedAt });
    await bookings("consumer").accept(sheet, 1);
    expect(await owed("bank")).toBe(99n * price);
  });

  it("covers no slot twice, none that there is not, and at least one", async () => {
    const bank = bookings("bank");
    await bank.report(sheet, 0, 1, [], []);
    expect(await refusal(bank.report(sheet, 0, 3, [], []))).toEqual({
      error: "CoveredBefore",
      sheet,
      station: 0n,
      slots: 1n,
    });
    for (const covered of [0, 4, 7, 0xffff]) {
      expect(await refusal(bank.report(sheet, 0, covered, [], []))).toEqual({
        error: "CoverOutOfBounds",
        covered: BigInt(covered),
        all: 3n,
      });
    }
  });

  it("has exceptions in the slots that it covers only", async () => {
    expect(await refusal(bookings("bank").report(sheet, 0, 1, [1], [1n]))).toEqual({
      error: "SlotNotCovered",
      slot: 1n,
      covered: 1n,
    });
  });

  it("that is not completed is settled as far as it goes; the rest is refunded, in either order", async () => {
    await bookings("bank").report(sheet, 0, 1, [0], [0x3n]);
    await ledger().travelTo(deadline + 1);
    const before = await ledger().provider.send("evm_snapshot", []);
    for (const expireFirst of [true, false]) {
      const snapshot = await ledger().provider.send("evm_snapshot", []);
      const expire = async () => {
        expect(await eventsOf(bookings("stranger").expire(sheet), bookings("bank"))).toEqual([
          { event: "SheetExpired", sheet, unreported: 3n, refunded: 136n * price },
        ]);
      };
      if (expireFirst) await expire();
      expect(await statuses(0, 1, 64)).toEqual([3n, 0n, 5n]);
      expect(await refusal(bookings("bank").settle(sheet, 1))).toMatchObject({
        error: "WindowOpen",
        end: BigInt(deadline + acceptanceWindow),
      });
      await ledger().travelTo(deadline + acceptanceWindow);
      expect(await eventsOf(bookings("stranger").settle(sheet, 1), bookings("bank"))).toMatchObject([
        { event: "StationSettled", paid: 63n * price, refunded: price },
      ]);
      if (!expireFirst) await expire();
      expect([await owed("bank"), await owed("consumer")]).toEqual([63n * price, total - 63n * price]);
      expect(await refusal(bookings("bank").settle(sheet, 1))).toMatchObject({
        error: "StationSettledBefore",
      });
      await ledger().provider.send("evm_revert", [snapshot]);
    }
    await ledger().provider.send("evm_revert", [before]);
  });

  it("can be accepted once it is final", async () => {
    await bookings("bank").report(sheet, 0, 2, [], []);
    await ledger().travelTo(deadline + 1);
    await bookings("consumer").accept(sheet, 1);
    expect(await owed("bank")).toBe(36n * price);
  });
});

describe("Bookings: several stations at once", () => {
  it("are accepted, and settled, together", async () => {
    await bookings("bank").report(sheet, 0, 3, [], []);
    await bookings("bureau").report(sheet, 1, 3, [0], [0x3n]);
    expect(await eventsOf(bookings("consumer").accept(sheet, 3), bookings("bank"))).toMatchObject([
      { event: "StationSettled", station: 0n, paid: count * price, refunded: 0n },
      { event: "StationSettled", station: 1n, paid: 99n * price, refunded: price },
    ]);
    expect([await owed("bank"), await owed("bureau"), await owed("consumer")]).toEqual([
      count * price,
      99n * price,
      price,
    ]);
  });

  it("are all or none, and there are some", async () => {
    await bookings("bank").report(sheet, 0, 3, [], []);
    const consumer = bookings("consumer");
    expect(await refusal(consumer.accept(sheet, 3))).toEqual({
      error: "StationUnreported",
      sheet,
      station: 1n,
    });
    expect(await refusal(consumer.accept(sheet, 0))).toEqual({ error: "StationsMissing" });
    expect(await refusal(consumer.settle(sheet, 0))).toEqual({ error: "StationsMissing" });
    expect(await refusal(consumer.accept(sheet, 5))).toEqual({
      error: "StationUnknown",
      sheet,
      station: 2n,
      stations: 2n,
    });
    expect(await refusal(consumer.accept(sheet, 2 ** 31))).toMatchObject({ error: "StationUnknown" });
    expect(await owed("bank")).toBe(0n);
  });
});

describe("Bookings: cancellation", () => {
  it("leaves the stations an hour, in which they can report what they have done", async () => {
    await bookings("bank").report(sheet, 0, 1, [], []);
    const time = (await ledger().now()) + 10;
    await ledger().nextBlockAt(time);
    expect(await eventsOf(bookings("consumer").cancel(sheet), bookings("bank"))).toEqual([
      { event: "SheetCancelled", sheet, deadline: BigInt(time + hour) },
    ]);
    expect(plain(await bookings("bank").sheetOf(sheet))).toMatchObject({ deadline: BigInt(time + hour) });
    await ledger().nextBlockAt(time + hour);
    await bookings("bank").report(sheet, 0, 2, [], []);
    await ledger().nextBlockAt(time + hour + 1);
    expect(await refusal(bookings("bureau").report(sheet, 1, 3, [], []))).toMatchObject({
      error: "DeadlinePassed",
    });
    await bookings("stranger").expire(sheet);
    expect(await owed("consumer")).toBe(count * price);
    await bookings("consumer").accept(sheet, 1);
    expect(await owed("bank")).toBe(count * price);
  });

  it("is the consumer's alone", async () => {
    for (const role of ["bank", "bureau", "deployer", "stranger"] as const) {
      expect(await refusal(bookings(role).cancel(sheet))).toEqual({
        error: "NotConsumer",
        sheet,
        consumer: address("consumer"),
        account: address(role),
      });
    }
    expect(await refusal(bookings("consumer").cancel(hash(9)))).toMatchObject({ error: "SheetUnknown" });
  });

  it("never gives time, and so happens once", async () => {
    const nothing = { error: "NothingToCancel", sheet };
    await bookings("consumer").cancel(sheet);
    const { deadline: earlier } = await bookings("bank").sheetOf(sheet);
    expect(await refusal(bookings("consumer").cancel(sheet))).toEqual({ ...nothing, deadline: earlier });
    await ledger().travelTo(deadline + 1);
    expect(await refusal(bookings("consumer").cancel(sheet))).toEqual({ ...nothing, deadline: earlier });
  });

  it("of a sheet whose deadline is near changes nothing", async () => {
    await ledger().nextBlockAt(deadline - hour);
    expect(await refusal(bookings("consumer").cancel(sheet))).toEqual({
      error: "NothingToCancel",
      sheet,
      deadline: BigInt(deadline),
    });
    await ledger().nextBlockAt(deadline - hour + 1);
    expect(await refusal(bookings("consumer").cancel(sheet))).toMatchObject({ error: "NothingToCancel" });
  });
});

describe("Bookings: declining", () => {
  it("refunds at once what a station has not reported, and ends its part", async () => {
    const bank = bookings("bank");
    expect(await eventsOf(bank.decline(sheet, 0), bank)).toEqual([
      {
        ...{ event: "StationDeclined", sheet, station: 0n },
        ...{ member: address("bank"), refunded: count * price },
      },
    ]);
    expect(await owed("consumer")).toBe(count * price);
    expect(await statuses(0, 99)).toEqual([8n, 8n]);
    expect(await stationOf()).toMatchObject({ covered: 0n, settled: true });
    const closed = { error: "StationClosed", sheet, station: 0n };
    expect(await refusal(bank.report(sheet, 0, 3, [], []))).toEqual(closed);
    expect(await refusal(bank.decline(sheet, 0))).toEqual(closed);
    expect(await refusal(bookings("consumer").accept(sheet, 1))).toMatchObject({
      error: "StationSettledBefore",
    });
    await ledger().travelTo(deadline + 1);
    expect(await statuses(0)).toEqual([8n]);
    expect(await eventsOf(bookings("stranger").expire(sheet), bank)).toEqual([
      { event: "SheetExpired", sheet, unreported: 2n, refunded: count * price },
    ]);
    expect(await owed("consumer")).toBe(total);
  });

  it("leaves what was reported to be settled as usual, and disputed", async () => {
    const bank = bookings("bank");
    await bank.report(sheet, 0, 2, [1], [0x3n]);
    await bank.decline(sheet, 0);
    expect([await owed("consumer"), await owed("bank")]).toEqual([64n * price, 0n]);
    expect(await statuses(0, 64, 65)).toEqual([8n, 3n, 0n]);
    const end = (await ledger().now()) + acceptanceWindow;
    await bookings("consumer").dispute(sheet, 0, [1], [0x10n], hash(5));
    await ledger().nextBlockAt(end + 1);
    expect(await eventsOf(bookings("stranger").settle(sheet, 1), bank)).toMatchObject([
      { event: "StationSettled", paid: 34n * price, refunded: price },
    ]);
    await ledger().travelTo(deadline + 1);
    expect(await eventsOf(bookings("stranger").expire(sheet), bank)).toMatchObject([{ unreported: 2n }]);
  });

  it("is the station's member's alone, until it has reported everything or the deadline has passed", async () => {
    for (const role of ["bureau", "consumer", "stranger"] as const) {
      expect(await refusal(bookings(role).decline(sheet, 0))).toEqual({
        error: "NotStationMember",
        sheet,
        station: 0n,
        member: address("bank"),
        account: address(role),
      });
    }
    await bookings("bank").report(sheet, 0, 3, [], []);
    expect(await refusal(bookings("bank").decline(sheet, 0))).toMatchObject({ error: "StationClosed" });
    await ledger().nextBlockAt(deadline);
    await bookings("bureau").decline(sheet, 1);
    await ledger().travelTo(deadline + 1);
    expect(await refusal(bookings("stranger").expire(sheet))).toEqual({ error: "NothingToExpire", sheet });
  });

  it("is too late after the deadline", async () => {
    await ledger().nextBlockAt(deadline + 1);
    expect(await refusal(bookings("bank").decline(sheet, 0))).toMatchObject({ error: "DeadlinePassed" });
  });
});
