import { MaxUint256, ZeroAddress, ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import {
  acceptanceWindow,
  decisions,
  eventsOf,
  hash,
  type Ledger,
  offersOf,
  offerTerms,
  publishTwoStations,
  type Role,
  refusal,
  sheetOf,
  useLedger,
} from "./fixture.ts";

const [day, threeDays] = [86_400, 3 * 86_400];
const belt = hash(1);

/** Bank and bureau are supervisors; the belt is the bank's and the bureau's; the consumer has booked three sheets. */
const sheets: string[] = [];
const ledger = useLedger(async (fresh) => {
  const { changeKinds } = decisions(fresh);
  await fresh.govern(changeKinds(fresh.address("bank"), 17), changeKinds(fresh.address("bureau"), 17));
  await publishTwoStations(fresh, belt, "bank");
  const deadline = (await fresh.now()) + 2 * day;
  for (const root of [hash(11), hash(12), hash(13)])
    sheets.push(await sheetOf(fresh, { belt, root, count: 3, deadline }));
});

const supervision = (role: Role) => ledger().as(role).supervision;

async function book(on: Ledger = ledger(), role: Role = "consumer") {
  const deadline = (await on.now()) + day + offerTerms.deadlineSeconds;
  return on.as(role).bookings.book(belt, hash(21), 3, deadline, MaxUint256);
}

/** Every other way to book. */
async function otherBookings(on: Ledger = ledger()) {
  const deadline = (await on.now()) + day + offerTerms.deadlineSeconds;
  const { bookings } = on.as("consumer");
  const [offer = ""] = await offersOf(on, "bank", 1);
  const permit = { value: 0, deadline: 0, v: 27, r: hash(1), s: hash(1) };
  const today = Math.floor((await on.now()) / day);
  return [
    () => bookings.bookWithPermit(belt, hash(22), 3, deadline, MaxUint256, permit),
    () => bookings.bookOffer(offer, hash(23), 3, deadline, MaxUint256),
    () => bookings.bookProduct(offer, today + 1, 1, 1, hash(24), MaxUint256),
  ];
}

async function pause(): Promise<number> {
  await supervision("bank").movePause();
  await supervision("bureau").movePause();
  return ledger().now();
}

describe("two supervisors together", () => {
  it("pause new bookings for 72 hours, and then there are bookings again by themselves", async () => {
    const known = supervision("stranger");
    expect([await known.isPaused(), await known.pausedUntil()]).toEqual([false, 0n]);
    const moved = await eventsOf(supervision("bank").movePause(), known);
    const lapsesAt = BigInt((await ledger().now()) + day);
    expect(moved).toEqual([{ event: "PauseMoved", supervisor: ledger().address("bank"), lapsesAt }]);
    expect([...(await known.motion())]).toEqual([ledger().address("bank"), lapsesAt]);
    expect(await known.isPaused()).toBe(false);
    const began = await eventsOf(supervision("bureau").movePause(), known);
    const until = (await ledger().now()) + threeDays;
    expect(began).toEqual([
      {
        ...{ event: "PauseBegun", first: ledger().address("bank"), second: ledger().address("bureau") },
        until: BigInt(until),
      },
    ]);
    expect([await known.isPaused(), await known.pausedUntil()]).toEqual([true, BigInt(until)]);
    const paused = { error: "BookingsPaused", until: BigInt(until) };
    expect(await refusal(book())).toEqual(paused);
    for (const other of await otherBookings()) expect(await refusal(other())).toEqual(paused);
    await ledger().nextBlockAt(until - 1);
    expect(await refusal(book())).toEqual(paused);
    await ledger().travelTo(until);
    expect(await known.isPaused()).toBe(false);
    await book();
  });

  it("need not one supervisor twice, and nobody else", async () => {
    for (const role of ["deployer", "consumer", "stranger"] as const) {
      expect(await refusal(supervision(role).movePause())).toEqual({
        ...{ error: "NotSupervisor", account: ledger().address(role) },
      });
    }
    await supervision("bank").movePause();
    const [, lapsesAt] = await supervision("stranger").motion();
    expect(await refusal(supervision("bank").movePause())).toEqual({
      ...{ error: "MotionOpen", supervisor: ledger().address("bank"), lapsesAt },
    });
    expect(await supervision("stranger").isPaused()).toBe(false);
  });

  it("are too late a day after the first", async () => {
    await supervision("bank").movePause();
    const lapsesAt = (await ledger().now()) + day;
    await ledger().travelTo(lapsesAt);
    expect([...(await supervision("stranger").motion())]).toEqual([ZeroAddress, 0n]);
    await supervision("bureau").movePause();
    expect(await supervision("stranger").isPaused()).toBe(false);
    await ledger().nextBlockAt(lapsesAt + day - 1);
    await supervision("bank").movePause();
    expect(await supervision("stranger").isPaused()).toBe(true);
  });

  it("must both be supervisors when the second one moves", async () => {
    const { changeKinds, suspend } = decisions(ledger());
    const [bank, bureau] = [ledger().address("bank"), ledger().address("bureau")];
    await supervision("bank").movePause();
    await ledger().governBy(["consumer", "bureau"], suspend(bank));
    expect([...(await supervision("stranger").motion())]).toEqual([ZeroAddress, 0n]);
    await supervision("bureau").movePause();
    expect(await supervision("stranger").isPaused()).toBe(false);
    expect(await refusal(supervision("bank").movePause())).toEqual({ error: "NotSupervisor", account: bank });
    await ledger().governBy(["consumer", "bureau"], changeKinds(bureau, 1));
    expect(await refusal(supervision("bureau").movePause())).toEqual({
      ...{ error: "NotSupervisor", account: bureau },
    });
  });

  it("pause again only after the pause, by two motions of their own", async () => {
    const until = (await pause()) + threeDays;
    for (const role of ["bank", "bureau"] as const) {
      expect(await refusal(supervision(role).movePause())).toEqual({
        ...{ error: "PausedAlready", until: BigInt(until) },
      });
    }
    await ledger().travelTo(until);
    await supervision("bureau").movePause();
    expect(await supervision("stranger").isPaused()).toBe(false);
    await supervision("bank").movePause();
    expect(await supervision("stranger").isPaused()).toBe(true);
  });

  it("are overruled by the members' decision", async () => {
    const { lift } = decisions(ledger());
    await pause();
    for (const role of ["deployer", "bank", "bureau", "stranger"] as const) {
      expect(await refusal(supervision(role).lift())).toEqual({
        ...{ error: "AccessManagedUnauthorized", caller: ledger().address(role) },
      });
    }
    const lifted = await eventsOf(ledger().govern(lift()), supervision("stranger"));
    expect(lifted).toEqual([{ event: "PauseLifted" }]);
    expect([
      await supervision("stranger").isPaused(),
      await supervision("stranger").pausedUntil(),
      ...(await supervision("stranger").motion()),
    ]).toEqual([false, 0n, ZeroAddress, 0n]);
    await book();
  });

  it("have nothing lifted when there is no pause, or when it is over", async () => {
    const { lift } = decisions(ledger());
    const until = (await pause()) + threeDays;
    await ledger().travelTo(until);
    expect(await refusal(ledger().govern(lift()))).toEqual({ error: "NotPaused" });
  });
});

describe("a pause stops nothing but new bookings:", () => {
  const [reported, left, open] = [0, 1, 2].map((place) => () => sheets[place] ?? "");
  const bookings = (role: Role) => ledger().as(role).bookings;

  it("reports, acceptance and withdrawals", async () => {
    await pause();
    await bookings("bank").report(reported?.() ?? "", 0, 1, [], []);
    await bookings("consumer").accept(reported?.() ?? "", 1);
    await bookings("bank").withdraw();
    expect(await supervision("stranger").isPaused()).toBe(true);
  });

  it("settlement after the acceptance window", async () => {
    await bookings("bank").report(left?.() ?? "", 0, 1, [0], [4n]);
    await ledger().travelTo((await ledger().now()) + acceptanceWindow + 1);
    await pause();
    await bookings("stranger").settle(left?.() ?? "", 1);
    await bookings("consumer").withdraw();
    expect(await supervision("stranger").isPaused()).toBe(true);
  });

  it("disputes and their end, cancellation and declining", async () => {
    await pause();
    const sheet = left?.() ?? "";
    await bookings("bank").report(sheet, 0, 1, [], []);
    await bookings("consumer").dispute(sheet, 0, [0], [1n], hash(9));
    await bookings("consumer").cancel(sheet);
    await bookings("bureau").decline(sheet, 1);
    await bookings("consumer").accept(sheet, 1);
    // Both supervisors have a station of the sheet.
    expect(await refusal(bookings("bank").resolve(sheet, 0, [], []))).toMatchObject({
      error: "SupervisorIsParty",
    });
    expect(await supervision("stranger").isPaused()).toBe(true);
    await ledger().travelTo((await ledger().now()) + 31 * day);
    await pause();
    await bookings("stranger").lapse(sheet, 0);
    expect(await supervision("stranger").isPaused()).toBe(true);
  });

  it("expiry and refunds", async () => {
    const { deadline } = await bookings("stranger").sheetOf(open?.() ?? "");
    await ledger().travelTo(Number(deadline) - 10);
    await pause();
    await ledger().travelTo(Number(deadline) + 1);
    await bookings("stranger").expire(open?.() ?? "");
    await bookings("consumer").withdraw();
    expect(await supervision("stranger").isPaused()).toBe(true);
  });

  it("offers, belts, profiles, anchored heads, credit, votes and leaving", async () => {
    await pause();
    const { offers, belts, profiles, receipts, credit } = ledger().as("bank");
    const validUntil = (await ledger().now()) + day;
    await offers.publish(hash(90), 1, 1, 60, 1, validUntil);
    const [offer = ""] = await offersOf(ledger(), "bank", 1);
    await belts.publish(hash(2), ZeroHash, [offer]);
    await offers.withdraw(offer);
    await profiles.publish("https://node.example", hash(3), hash(4));
    await receipts.anchor(1, hash(5));
    await ledger().as("consumer").credit.transfer(ledger().address("bank"), 1);
    await credit.transfer(ledger().address("consumer"), 1);
    await ledger().govern(decisions(ledger()).mint(ledger().address("bank"), 1n));
    await profiles.resign();
    expect(await supervision("stranger").isPaused()).toBe(true);
  });
});
