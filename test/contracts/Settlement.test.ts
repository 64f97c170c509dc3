import { MaxUint256, ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import {
  acceptanceWindow,
  eventsOf,
  hash,
  offerId,
  offersOf,
  offerTerms,
  plain,
  publishTwoStations,
  type Role,
  refusal,
  sheetOf,
  startingCredit,
  useLedger,
} from "./fixture.ts";

/** A belt of two stations (0 is the bank's, 1 the bureau's), and a sheet of 100 cases. */
const belt = hash(1);
const count = 100n;
const { price } = offerTerms;
const total = 2n * count * price;
let sheet: string;
let deadline: number;

const ledger = useLedger(async (fresh) => {
  await publishTwoStations(fresh, belt);
  deadline = (await fresh.now()) + 86_400;
  sheet = await sheetOf(fresh, { belt, root: hash(2), count: Number(count), deadline });
});

const bookings = (role: Role) => ledger().as(role).bookings;
const address = (role: Role) => ledger().address(role);
const owed = (role: Role) => bookings("stranger").owedTo(address(role));
const held = () => ledger().as("stranger").credit.balanceOf(ledger().deployment.contracts.Bookings);
/** Three of the cases of station 0 are not done. */
const reportBank = () => bookings("bank").report(sheet, 0, 3, [0, 1], [0x301n, 0x2n << 140n]);

describe("Bookings: what is paid in", () => {
  it("is the whole price, from the consumer", async () => {
    const { credit } = ledger().as("consumer");
    expect(await held()).toBe(total);
    expect(await credit.balanceOf(address("consumer"))).toBe(startingCredit - total);
  });

  it("is all or nothing: short credit or a missing approval books nothing", async () => {
    const other = [belt, hash(3), 1, deadline, MaxUint256] as const;
    expect(await refusal(bookings("bank").book(...other))).toMatchObject({
      error: "ERC20InsufficientBalance",
      balance: 0n,
      needed: 2n * price,
    });
    await ledger()
      .as("bureau")
      .credit.approve(ledger().deployment.contracts.Bookings, 2n * price - 1n);
    expect(await refusal(bookings("bureau").book(...other))).toMatchObject({
      error: "ERC20InsufficientAllowance",
      allowance: 2n * price - 1n,
      needed: 2n * price,
    });
    expect(await held()).toBe(total);
  });

  it("is nothing for a belt that costs nothing", async () => {
    const { offers, belts } = ledger().as("bank");
    await offers.publish(hash(9), 1, 0, 60, 10, (await ledger().now()) + 86_400);
    await belts.publish(hash(9), ZeroHash, [offerId(address("bank"), hash(9))]);
    const free = await sheetOf(ledger(), { belt: hash(9), root: hash(9), count: 3, deadline });
    await bookings("bank").report(free, 0, 1, [], []);
    const accepted = bookings("consumer").accept(free, 1);
    expect(await eventsOf(accepted, bookings("bank"))).toMatchObject([{ paid: 0n, refunded: 0n }]);
    expect(await held()).toBe(total);
  });

  it("front-run quote: nobody makes a booking dearer between reading and booking", async () => {
    const [offer = ""] = await offersOf(ledger(), "bank", 1);
    const { document, kind, deadlineSeconds, capacity, validUntil } = await ledger()
      .as("bank")
      .offers.offerOf(offer);
    const { offers } = ledger().as("bank");
    const dearer = [document, kind, price * 2n, deadlineSeconds, capacity, validUntil] as const;
    expect(await refusal(offers.publish(...dearer))).toEqual({ error: "OfferExists", id: offer });
    await offers.withdraw(offer);
    expect(await refusal(offers.publish(...dearer))).toEqual({ error: "OfferExists", id: offer });
    const book = (maxCost: bigint) => bookings("consumer").book(belt, hash(3), 1, deadline, maxCost);
    expect(await refusal(book(MaxUint256))).toEqual({ error: "OfferNotLive", offer });
    // What was booked keeps its quote.
    await reportBank();
    await bookings("consumer").accept(sheet, 1);
    expect(await owed("bank")).toBe(97n * price);
  });

  it("front-run quote: a belt that costs more than agreed is not booked", async () => {
    const maxCost = 2n * price - 1n;
    expect(await refusal(bookings("consumer").book(belt, hash(3), 1, deadline, maxCost))).toEqual({
      error: "CostExceeded",
      cost: 2n * price,
      maxCost,
    });
    expect(await held()).toBe(total);
  });
});

describe("Bookings: acceptance", () => {
  it("pays by count, and refunds to the unit what is not done", async () => {
    await reportBank();
    expect(await eventsOf(bookings("consumer").accept(sheet, 1), bookings("bank"))).toEqual([
      {
        event: "StationSettled",
        sheet,
        station: 0n,
        member: address("bank"),
        settler: address("consumer"),
        paid: 97n * price,
        refunded: 3n * price,
      },
    ]);
    expect([await owed("bank"), await owed("consumer"), await owed("bureau")]).toEqual([
      97n * price,
      3n * price,
      0n,
    ]);
    expect(plain(await bookings("bank").stationOf(sheet, 0))).toMatchObject({ done: 97n, settled: true });
  });

  it("is the consumer's alone", async () => {
    await reportBank();
    for (const role of ["bank", "bureau", "deployer", "stranger"] as const) {
      expect(await refusal(bookings(role).accept(sheet, 1))).toEqual({
        error: "NotConsumer",
        sheet,
        consumer: address("consumer"),
        account: address(role),
      });
    }
  });

  it("needs a report, a station and a sheet, and happens once", async () => {
    const consumer = bookings("consumer");
    expect(await refusal(consumer.accept(sheet, 1))).toEqual({
      error: "StationUnreported",
      sheet,
      station: 0n,
    });
    expect(await refusal(consumer.accept(sheet, 4))).toMatchObject({ error: "StationUnknown" });
    expect(await refusal(consumer.accept(hash(9), 1))).toEqual({ error: "SheetUnknown", sheet: hash(9) });
    await reportBank();
    await consumer.accept(sheet, 1);
    const again = { error: "StationSettledBefore", sheet, station: 0n };
    expect(await refusal(consumer.accept(sheet, 1))).toEqual(again);
    expect(await refusal(bookings("stranger").settle(sheet, 1))).toEqual(again);
    expect(await owed("bank")).toBe(97n * price);
  });

  it("can still come after the sheet has expired for others", async () => {
    await reportBank();
    await ledger().travelTo(deadline + 1);
    await bookings("stranger").expire(sheet);
    expect(await owed("consumer")).toBe(count * price);
    await bookings("consumer").accept(sheet, 1);
    expect(await owed("consumer")).toBe((count + 3n) * price);
    expect((await owed("bank")) + (await owed("consumer"))).toBe(total);
  });
});

describe("Bookings: settlement without acceptance", () => {
  it("griefing: a consumer that never accepts is settled by anybody after the window", async () => {
    await reportBank();
    const end = (await ledger().now()) + acceptanceWindow;
    expect(await bookings("stranger").acceptanceWindow()).toBe(BigInt(acceptanceWindow));
    await ledger().nextBlockAt(end);
    expect(await refusal(bookings("bank").settle(sheet, 1))).toEqual({
      error: "WindowOpen",
      sheet,
      station: 0n,
      end: BigInt(end),
      time: BigInt(end),
    });
    await ledger().nextBlockAt(end + 1);
    expect(await eventsOf(bookings("stranger").settle(sheet, 1), bookings("bank"))).toMatchObject([
      { event: "StationSettled", settler: address("stranger"), paid: 97n * price, refunded: 3n * price },
    ]);
  });

  it("griefing: a station that never reports is refunded in full after the deadline", async () => {
    await reportBank();
    await bookings("consumer").accept(sheet, 1);
    await ledger().travelTo(deadline + 1);
    expect(await refusal(bookings("bureau").settle(sheet, 2))).toEqual({
      error: "StationUnreported",
      sheet,
      station: 1n,
    });
    expect(await refusal(bookings("bureau").report(sheet, 1, 3, [], []))).toMatchObject({
      error: "DeadlinePassed",
    });
    await bookings("stranger").expire(sheet);
    expect(await owed("bureau")).toBe(0n);
    expect(await owed("consumer")).toBe((count + 3n) * price);
    expect(await refusal(bookings("stranger").expire(sheet))).toMatchObject({ error: "NothingToExpire" });
  });
});

describe("Bookings: withdrawal", () => {
  it("pays all that is owed, to whom it is owed, once", async () => {
    await reportBank();
    await bookings("bureau").report(sheet, 1, 3, [], []);
    await bookings("consumer").accept(sheet, 1);
    await bookings("consumer").accept(sheet, 2);
    const { credit } = ledger().as("stranger");
    const before = await credit.balanceOf(address("bureau"));
    for (const [role, amount] of [
      ["bank", 97n * price],
      ["consumer", 3n * price],
      ["bureau", count * price],
    ] as const) {
      expect(await eventsOf(bookings(role).withdraw(), bookings(role))).toEqual([
        { event: "CreditWithdrawn", account: address(role), amount },
      ]);
      expect(await owed(role)).toBe(0n);
      expect(await refusal(bookings(role).withdraw())).toEqual({
        error: "NothingOwed",
        account: address(role),
      });
    }
    expect(await held()).toBe(0n);
    expect(await credit.balanceOf(address("bank"))).toBe(97n * price);
    expect((await credit.balanceOf(address("bureau"))) - before).toBe(count * price);
  });

  it("gives nothing to whom nothing is owed", async () => {
    for (const role of ["deployer", "consumer", "bank", "stranger"] as const) {
      expect(await refusal(bookings(role).withdraw())).toEqual({
        error: "NothingOwed",
        account: address(role),
      });
    }
  });
});
