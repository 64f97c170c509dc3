import { ZeroHash } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  acceptanceWindow,
  admitted,
  decisions,
  eventsOf,
  hash,
  offersOf,
  offerTerms,
  plain,
  publishTwoStations,
  type Role,
  refusal,
  sheetOf,
  useLedger,
} from "./fixture.ts";

/** A belt of two stations (0 is the bank's, 1 the bureau's), and a sheet of 100 cases. */
const belt = hash(1);
const count = 100n;
const { price } = offerTerms;
const evidence = hash(0xe71);
const day = 86_400;
let sheet: string;
let deadline: number;

const ledger = useLedger(async (fresh) => {
  await publishTwoStations(fresh, belt);
  await admitted(fresh, ["supervisor"], "overseer", "deputy", "third");
  deadline = (await fresh.now()) + day;
  sheet = await sheetOf(fresh, { belt, root: hash(2), count: Number(count), deadline });
});

const bookings = (role: Role) => ledger().as(role).bookings;
const address = (role: Role) => ledger().address(role);
const owed = (role: Role) => bookings("stranger").owedTo(address(role));
const stationOf = async (station = 0) => plain(await bookings("stranger").stationOf(sheet, station));
const statusOf = (place: number) => bookings("stranger").statusOf(sheet, 0, place);

interface Words {
  readonly slots?: number[];
  readonly words?: bigint[];
  readonly station?: number;
}

/** Disputes cases 0 and 2 unless it is told others. */
const dispute = ({ slots = [0], words = [0x101n], station = 0 }: Words = {}, role: Role = "consumer") =>
  bookings(role).dispute(sheet, station, slots, words, evidence);

/** Upholds case 2 unless it is told others. */
const resolve = (role: Role, { slots = [0], words = [0x100n], station = 0 }: Words = {}) =>
  bookings(role).resolve(sheet, station, slots, words);

const dismiss = (role: Role) => resolve(role, { slots: [], words: [] });

describe("Disputes: disputing", () => {
  // Case 1 failed; slot 1, with the other 36 cases, is not reported yet.
  beforeEach(async () => {
    await bookings("bank").report(sheet, 0, 1, [0], [0x30n]);
  });

  it("names cases that were reported as done, with the hash of its evidence", async () => {
    expect(await eventsOf(dispute(), bookings("bank"))).toEqual([
      { event: "CasesDisputed", sheet, station: 0n, evidence, slots: [0n], words: [0x101n] },
    ]);
    expect(await Promise.all([0, 1, 2, 3, 64].map(statusOf))).toEqual([6n, 3n, 6n, 0n, 15n]);
    expect(await stationOf()).toMatchObject({ done: 63n, disputed: 2n, settled: false });
  });

  it("can be followed by another one of more cases", async () => {
    await dispute();
    await bookings("bank").report(sheet, 0, 2, [], []);
    await dispute({ slots: [0, 1], words: [0x1000n, 1n << 140n] });
    expect(await stationOf()).toMatchObject({ done: 99n, disputed: 4n });
    expect(await Promise.all([0, 2, 3, 99].map(statusOf))).toEqual([6n, 6n, 6n, 6n]);
  });

  it("is the consumer's alone", async () => {
    for (const role of ["bank", "bureau", "overseer", "stranger"] as const) {
      expect(await refusal(dispute({}, role))).toEqual({
        error: "NotConsumer",
        sheet,
        consumer: address("consumer"),
        account: address(role),
      });
    }
  });

  it("needs a case and evidence, of a sheet and a station that are there", async () => {
    const consumer = bookings("consumer");
    expect(await refusal(dispute({ slots: [], words: [] }))).toEqual({ error: "NothingDisputed" });
    expect(await refusal(consumer.dispute(sheet, 0, [0], [1n], ZeroHash))).toEqual({
      error: "EvidenceMissing",
    });
    expect(await refusal(consumer.dispute(hash(9), 0, [0], [1n], evidence))).toEqual({
      error: "SheetUnknown",
      sheet: hash(9),
    });
    expect(await refusal(dispute({ station: 2 }))).toMatchObject({ error: "StationUnknown" });
  });

  it.each([
    ["one that failed", 0x10n, { error: "CaseNotDone", caseIndex: 1n, status: 3n }],
    ["one that failed, among others", 0x11n, { error: "CaseNotDone", caseIndex: 1n, status: 3n }],
    ["a mark that is none", 0x201n, { error: "WordInvalid", slot: 0n, word: 0x201n }],
    ["none", 0n, { error: "WordEmpty", slot: 0n }],
  ])("refuses %s", async (_, word, error) => {
    expect(await refusal(dispute({ words: [word] }))).toEqual(error);
    expect(await stationOf()).toMatchObject({ disputed: 0n });
  });

  it("refuses a case twice, and one beyond the sheet", async () => {
    await bookings("bank").report(sheet, 0, 2, [], []);
    await dispute();
    expect(await refusal(dispute({ words: [0x1100n] }))).toEqual({
      error: "CaseNotDone",
      caseIndex: 2n,
      status: 6n,
    });
    expect(await refusal(dispute({ slots: [1], words: [1n << 144n] }))).toEqual({
      error: "CaseUnknown",
      sheet,
      caseIndex: 100n,
      count,
    });
  });

  it("refuses what is not reported, and slots and words that do not fit", async () => {
    expect(await refusal(dispute({ slots: [1] }))).toEqual({
      error: "SlotNotCovered",
      slot: 1n,
      covered: 1n,
    });
    expect(await refusal(dispute({ station: 1 }))).toMatchObject({ error: "SlotNotCovered", covered: 0n });
    expect(await refusal(dispute({ slots: [0, 0], words: [1n, 1n] }))).toMatchObject({
      error: "SlotOutOfOrder",
    });
    expect(await refusal(dispute({ slots: [0, 1] }))).toEqual({
      error: "LengthsDiffer",
      slots: 2n,
      words: 1n,
    });
  });

  it("is possible until the acceptance window is over", async () => {
    await bookings("bank").report(sheet, 0, 2, [], []);
    const end = (await ledger().now()) + acceptanceWindow;
    await ledger().nextBlockAt(end);
    await dispute();
    await ledger().nextBlockAt(end + 1);
    expect(await refusal(dispute({ words: [0x1000n] }))).toEqual({
      error: "WindowOver",
      sheet,
      station: 0n,
      end: BigInt(end),
      time: BigInt(end + 1),
    });
  });

  it("is over with the settlement", async () => {
    await bookings("bank").report(sheet, 0, 2, [], []);
    await bookings("consumer").accept(sheet, 1);
    expect(await refusal(dispute())).toEqual({ error: "StationSettledBefore", sheet, station: 0n });
  });

  it("of a report in parts is possible until the window after the deadline is over", async () => {
    await ledger().nextBlockAt(deadline + acceptanceWindow);
    await dispute();
    await ledger().nextBlockAt(deadline + acceptanceWindow + 1);
    expect(await refusal(dispute({ words: [0x1000n] }))).toMatchObject({ error: "WindowOver" });
  });
});

/** Case 1 failed; 0 and 2 are in dispute; all others are paid. */
async function disputedAndSettled(): Promise<void> {
  await bookings("bank").report(sheet, 0, 3, [0], [0x30n]);
  await dispute();
  await bookings("consumer").accept(sheet, 1);
}

describe("Disputes: settlement meanwhile", () => {
  it("pays what is not in dispute, and holds the rest", async () => {
    await bookings("bank").report(sheet, 0, 3, [0], [0x30n]);
    await dispute();
    expect(await eventsOf(bookings("consumer").accept(sheet, 1), bookings("bank"))).toMatchObject([
      { event: "StationSettled", paid: 97n * price, refunded: price },
    ]);
    expect([await owed("bank"), await owed("consumer")]).toEqual([97n * price, price]);
    expect(await stationOf()).toMatchObject({ done: 99n, disputed: 2n, settled: true });
  });
});

describe("Disputes: decisions", () => {
  beforeEach(disputedAndSettled);

  it("take effect when two supervisors have decided the same: upheld is refunded, dismissed is paid", async () => {
    expect(await bookings("overseer").resolve.staticCall(sheet, 0, [0], [0x100n])).toBe(false);
    expect(await eventsOf(resolve("overseer"), bookings("bank"))).toEqual([
      {
        ...{ event: "DecisionGiven", sheet, station: 0n, supervisor: address("overseer") },
        ...{ slots: [0n], words: [0x100n] },
      },
    ]);
    expect([await owed("bank"), await owed("consumer")]).toEqual([97n * price, price]);
    expect(await bookings("deputy").resolve.staticCall(sheet, 0, [0], [0x100n])).toBe(true);
    expect(await eventsOf(resolve("deputy"), bookings("bank"))).toEqual([
      {
        ...{ event: "DecisionGiven", sheet, station: 0n, supervisor: address("deputy") },
        ...{ slots: [0n], words: [0x100n] },
      },
      {
        ...{ event: "DisputeResolved", sheet, station: 0n },
        ...{ first: address("overseer"), second: address("deputy"), paid: price, refunded: price },
      },
    ]);
    expect([await owed("bank"), await owed("consumer")]).toEqual([98n * price, 2n * price]);
    expect(await stationOf()).toMatchObject({ done: 98n, disputed: 0n });
    expect(await Promise.all([0, 1, 2, 3].map(statusOf))).toEqual([0n, 3n, 7n, 0n]);
  });

  it("can dismiss everything, and uphold everything", async () => {
    const before = await ledger().provider.send("evm_snapshot", []);
    await dismiss("overseer");
    await dismiss("deputy");
    expect([await owed("bank"), await owed("consumer")]).toEqual([99n * price, price]);
    expect(await Promise.all([0, 2].map(statusOf))).toEqual([0n, 0n]);
    await ledger().provider.send("evm_revert", [before]);
    await resolve("overseer", { words: [0x101n] });
    await resolve("deputy", { words: [0x101n] });
    expect([await owed("bank"), await owed("consumer")]).toEqual([97n * price, 3n * price]);
    expect(await Promise.all([0, 2].map(statusOf))).toEqual([7n, 7n]);
  });

  it("four eyes: the same supervisor twice, or two that differ, decide nothing", async () => {
    await resolve("overseer");
    await resolve("overseer");
    await dismiss("deputy");
    await resolve("third", { words: [0x1n] });
    expect(await stationOf()).toMatchObject({ disputed: 2n });
    await dismiss("third");
    expect(await stationOf()).toMatchObject({ disputed: 0n, done: 99n });
  });

  it("are replaced by later ones of the same supervisor", async () => {
    await resolve("overseer");
    await dismiss("overseer");
    await resolve("deputy");
    expect(await stationOf()).toMatchObject({ disputed: 2n });
    await resolve("overseer");
    expect(await stationOf()).toMatchObject({ disputed: 0n, done: 98n });
  });

  it("of a supervisor that is suspended since do not count, until it is reinstated", async () => {
    const { suspend, reinstate } = decisions(ledger());
    const majority = ["consumer", "bank", "bureau"] as const;
    await resolve("overseer");
    await ledger().governBy([...majority, "third"], suspend(address("overseer")));
    await resolve("deputy");
    expect(await stationOf()).toMatchObject({ disputed: 2n });
    expect(await refusal(resolve("overseer"))).toEqual({
      error: "NotSupervisor",
      account: address("overseer"),
    });
    await ledger().governBy([...majority], reinstate(address("overseer")));
    await resolve("overseer");
    expect(await stationOf()).toMatchObject({ disputed: 0n, done: 98n });
  });

  it("are the supervisors', never a party's", async () => {
    for (const role of ["consumer", "bank", "deployer", "stranger"] as const) {
      expect(await refusal(resolve(role))).toEqual({ error: "NotSupervisor", account: address(role) });
    }
  });

  it("name cases that are in dispute", async () => {
    expect(await refusal(resolve("overseer", { words: [0x10n] }))).toEqual({
      error: "CaseNotDisputed",
      caseIndex: 1n,
      status: 3n,
    });
    expect(await refusal(resolve("overseer", { slots: [0, 1], words: [1n, 1n] }))).toEqual({
      error: "CaseNotDisputed",
      caseIndex: 64n,
      status: 0n,
    });
    expect(await refusal(resolve("overseer", { words: [0x500n] }))).toMatchObject({ error: "WordInvalid" });
    expect(await refusal(resolve("overseer", { slots: [2], words: [1n] }))).toMatchObject({
      error: "SlotNotCovered",
    });
    expect(await refusal(resolve("overseer", { slots: [0], words: [] }))).toMatchObject({
      error: "LengthsDiffer",
    });
  });

  it("need a dispute, and are made once", async () => {
    const none = { error: "NoDispute", sheet, station: 1n };
    expect(await refusal(resolve("overseer", { station: 1 }))).toEqual(none);
    await dismiss("overseer");
    await dismiss("deputy");
    expect(await refusal(dismiss("overseer"))).toEqual({ ...none, station: 0n });
    expect(await refusal(bookings("stranger").lapse(sheet, 0))).toEqual({ ...none, station: 0n });
  });

  it("wait for the settlement, until which the consumer may dispute more", async () => {
    await bookings("bureau").report(sheet, 1, 3, [], []);
    await dispute({ station: 1 });
    const unsettled = { error: "StationUnsettled", sheet, station: 1n };
    expect(await refusal(resolve("overseer", { station: 1 }))).toEqual(unsettled);
    expect(await refusal(bookings("stranger").lapse(sheet, 1))).toEqual(unsettled);
  });
});

describe("Disputes: supervisors that are a party", () => {
  it.each(["overseer", "deputy"] as const)("decide nothing: %s", async (party) => {
    // The overseer books, and the deputy has a station.
    const { offers, belts } = ledger().as("deputy");
    await offers.publish(hash(7), 1, 0, 60, 10, (await ledger().now()) + day);
    const [own = ""] = await offersOf(ledger(), "bank", 1);
    const id = await offers.publish.staticCall(hash(8), 1, 0, 60, 10, (await ledger().now()) + day);
    await offers.publish(hash(8), 1, 0, 60, 10, (await ledger().now()) + day);
    await belts.publish(hash(7), ZeroHash, [own, id]);
    await ledger().as("consumer").credit.transfer(address("overseer"), price);
    const { bookings: overseers, credit } = ledger().as("overseer");
    await credit.approve(ledger().deployment.contracts.Bookings, price);
    const booking = [hash(7), hash(70), 1, deadline, price] as const;
    const theirs = await overseers.book.staticCall(...booking);
    await overseers.book(...booking);
    await bookings("bank").report(theirs, 0, 1, [], []);
    await overseers.dispute(theirs, 0, [0], [1n], evidence);
    await overseers.accept(theirs, 1);
    expect(await refusal(bookings(party).resolve(theirs, 0, [], []))).toEqual({
      error: "SupervisorIsParty",
      sheet: theirs,
      supervisor: address(party),
    });
    await bookings("third").resolve(theirs, 0, [], []);
    expect(plain(await bookings("third").stationOf(theirs, 0))).toMatchObject({ disputed: 1n });
  });
});

describe("Disputes: silence", () => {
  beforeEach(disputedAndSettled);

  it("griefing: supervisors that disappear hold nothing for ever: the report stands", async () => {
    const closedAt = Number((await bookings("stranger").stationOf(sheet, 0)).closedAt);
    const end = closedAt + acceptanceWindow + 30 * day;
    await resolve("overseer");
    await ledger().nextBlockAt(end);
    expect(await refusal(bookings("stranger").lapse(sheet, 0))).toEqual({
      error: "DisputeOpen",
      sheet,
      station: 0n,
      end: BigInt(end),
      time: BigInt(end),
    });
    await ledger().nextBlockAt(end + 1);
    expect(await eventsOf(bookings("stranger").lapse(sheet, 0), bookings("bank"))).toEqual([
      { event: "DisputeLapsed", sheet, station: 0n, paid: 2n * price },
    ]);
    expect([await owed("bank"), await owed("consumer")]).toEqual([99n * price, price]);
    expect(await stationOf()).toMatchObject({ done: 99n, disputed: 0n });
    expect(await Promise.all([0, 1, 2].map(statusOf))).toEqual([0n, 3n, 0n]);
  });

  it("does not bar a decision that comes late, as long as nobody has asked", async () => {
    await ledger().travelTo((await ledger().now()) + acceptanceWindow + 40 * day);
    await resolve("overseer");
    await resolve("deputy");
    expect(await refusal(bookings("stranger").lapse(sheet, 0))).toMatchObject({ error: "NoDispute" });
  });
});
