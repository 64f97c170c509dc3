import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type ContractTransactionResponse, MaxUint256, ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { packStatuses } from "../../pipeline/index/index.ts";
import { admitted, hash, offerId, offersOf, useLedger } from "./fixture.ts";
import { costsOfBelt, costsOfConnections, costsOfConsents } from "./gasOfRecords.ts";

/** What each call costs, by sheet size. A higher cost fails; lower ones are written with UPDATE_SNAPSHOTS=1. */
const file = new URL("../../snapshots/gas.json", import.meta.url);
const Snapshot = z.record(z.string(), z.record(z.string(), z.int().positive()));
const { UPDATE_SNAPSHOTS: update } = process.env;

const counts = [1, 64, 256, 1_024] as const;
const belts = { 1: hash(1), 2: hash(2) } as const;

// Fixed, since a byte that is not zero costs more to send than one that is: another day must not cost more.
const start = 4_000_000_000;
const deadline = start + 1_000_000;
const root = (place: number) => `0x${"ab".repeat(31)}${(place + 1).toString(16).padStart(2, "0")}`;

const ledger = useLedger(async (fresh) => {
  await fresh.travelTo(start);
  const [offer = ""] = await offersOf(fresh, "bank", 1);
  await fresh.as("consumer").belts.publish(belts[1], ZeroHash, [offer]);
  await fresh
    .as("consumer")
    .belts.publish(belts[2], ZeroHash, [offer, ...(await offersOf(fresh, "bureau", 1))]);
  await admitted(fresh, ["supervisor"], "overseer", "deputy");
});

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  if (receipt === null) throw new Error("the transaction was not mined");
  return Number(receipt.gasUsed);
}

/** One case in ten that failed, as words. */
function tenth(count: number) {
  const failed = Array.from({ length: Math.ceil(count / 10) }, (_, each) => [each * 10, "failed"] as const);
  const { slots, words } = packStatuses(new Map(failed));
  return { slots: [...slots], words: [...words] };
}

/** All slots of a sheet, as bits. */
const slotsOf = (count: number) => 2 ** Math.ceil(count / 64) - 1;

/** What a booking of this size costs when nobody in it ever booked or was paid before, and what it leaves behind. */
async function costsOfTheFirst(count: number): Promise<Record<string, number>> {
  const [consumer, bank] = [ledger().as("consumer"), ledger().as("bank")];
  const booking = [belts[1], root(0), count, deadline, MaxUint256] as const;
  const sheet = await consumer.bookings.book.staticCall(...booking);
  const book = await gasOf(consumer.bookings.book(...booking));
  const report = await gasOf(bank.bookings.report(sheet, 0, slotsOf(count), [], []));
  const accept = await gasOf(consumer.bookings.accept(sheet, 1));
  return { "a case's whole life, the first of its members": Math.ceil((book + report + accept) / count) };
}

/** Books, reports, settles and lets expire sheets of one size, of members that did so before. */
async function costsOfSheets(count: number): Promise<Record<string, number>> {
  const [consumer, bank, bureau] = [ledger().as("consumer"), ledger().as("bank"), ledger().as("bureau")];
  const all = slotsOf(count);
  let booked = 0;
  const costs: Record<string, number> = {};
  const book = async (stations: 1 | 2) => {
    const booking = [belts[stations], root(booked++), count, deadline, MaxUint256] as const;
    const sheet = await consumer.bookings.book.staticCall(...booking);
    const gas = await gasOf(consumer.bookings.book(...booking));
    costs[`book, ${stations} ${stations === 1 ? "station" : "stations"}`] = gas;
    return sheet;
  };
  const failed = tenth(count);
  const reportTenth = async (sheet: string) =>
    gasOf(bank.bookings.report(sheet, 0, all, failed.slots, failed.words));
  // Everybody in it was paid, and has withdrawn that, before anything is measured; some credit stays in escrow.
  const [before, refunded] = [await book(2), await book(1)];
  await bank.bookings.report(before, 0, all, [], []);
  await bureau.bookings.report(before, 1, all, [], []);
  await reportTenth(refunded);
  await consumer.bookings.accept(before, 3);
  await consumer.bookings.accept(refunded, 1);
  for (const { bookings } of [consumer, bank, bureau]) await bookings.withdraw();
  await book(1);

  const [allDone, tenthFailed, further, late] = [await book(1), await book(1), await book(2), await book(1)];
  costs["report, all done"] = await gasOf(bank.bookings.report(allDone, 0, all, [], []));
  costs["report, 1 in 10 failed"] = await reportTenth(tenthFailed);
  const several: string[] = [];
  for (let i = 0; i < 8; i++) several.push(await book(1));
  const reports = several.map((sheet) =>
    bank.bookings.interface.encodeFunctionData("report", [sheet, 0, all, [], []]),
  );
  costs["report, all done, one of 8 in a transaction"] = Math.ceil(
    (await gasOf(bank.bookings.multicall(reports))) / several.length,
  );
  await bank.bookings.report(further, 0, all, [], []);
  await bureau.bookings.report(further, 1, all, [], []);
  costs["accept, all done"] = await gasOf(consumer.bookings.accept(allDone, 1));
  costs["accept, 1 in 10 failed"] = await gasOf(consumer.bookings.accept(tenthFailed, 1));
  costs["accept 2 stations, all done"] = await gasOf(consumer.bookings.accept(further, 3));
  costs["withdraw"] = await gasOf(bank.bookings.withdraw());
  Object.assign(costs, await costsOfDisputes(count, await book(1)));
  costs["cancel"] = await gasOf(consumer.bookings.cancel(await book(1)));
  costs["decline"] = await gasOf(bank.bookings.decline(await book(1), 0));
  await ledger().travelTo(deadline + 1);
  costs["expire"] = await gasOf(ledger().as("stranger").bookings.expire(late));
  return { ...costs, ...lives(costs, count) };
}

/** One case is disputed, the rest accepted, and two supervisors uphold the dispute. */
async function costsOfDisputes(count: number, sheet: string): Promise<Record<string, number>> {
  const { bookings } = ledger().as("consumer");
  const place = [sheet, 0, [0], [1n]] as const;
  const cases = (): [string, number, number[], bigint[]] => [
    place[0],
    place[1],
    [...place[2]],
    [...place[3]],
  ];
  await ledger().as("bank").bookings.report(sheet, 0, slotsOf(count), [], []);
  const dispute = await gasOf(bookings.dispute(...cases(), root(99)));
  const accept = await gasOf(bookings.accept(sheet, 1));
  const first = await gasOf(
    ledger()
      .as("overseer")
      .bookings.resolve(...cases()),
  );
  const second = await gasOf(
    ledger()
      .as("deputy")
      .bookings.resolve(...cases()),
  );
  return {
    "dispute, 1 case": dispute,
    "accept, 1 case in dispute": accept,
    "resolve, the first supervisor": first,
    "resolve, the second supervisor": second,
  };
}

/** A room for seven nights: booked, delivered, and another one cancelled. */
async function costsOfProducts(): Promise<Record<string, number>> {
  const { bookings } = ledger().as("consumer");
  const bank = ledger().as("bank");
  const today = start / 86_400;
  const document = root(50);
  await bank.offers.publish(document, 2, 250, 3_600, 9, start + 100 * 86_400);
  const offer = offerId(ledger().address("bank"), document);
  const book = async (place: number) => {
    // The days of a week lie in one word of the calendar.
    const booking = [offer, Math.ceil(today / 16) * 16, 7, 1, root(60 + place), MaxUint256] as const;
    const sheet = await bookings.bookProduct.staticCall(...booking);
    return { sheet, gas: await gasOf(bookings.bookProduct(...booking)) };
  };
  const [first, cancelled] = [await book(0), await book(1)];
  const cancel = await gasOf(bookings.cancel(cancelled.sheet));
  await ledger().travelTo((Math.ceil(today / 16) * 16 + 7) * 86_400);
  const report = await gasOf(bank.bookings.report(first.sheet, 0, 1, [], []));
  return {
    "book, 7 nights, the first of its members": first.gas,
    "book, 7 nights": cancelled.gas,
    "cancel, 7 nights": cancel,
    "report, 7 nights": report,
  };
}

/** Gas a case, rounded up, of a sheet's whole life with one station: booked with escrow, reported, settled. */
function lives(costs: Readonly<Record<string, number>>, count: number): Record<string, number> {
  const sum = (...calls: string[]) => calls.reduce((gas, call) => gas + (costs[call] ?? Number.NaN), 0);
  const life = (how: string) => sum("book, 1 station", `report, ${how}`, `accept, ${how}`);
  const one = sum("book, 1 station", "accept, all done");
  const further = sum("book, 2 stations", "report, all done", "accept 2 stations, all done") - one;
  return {
    "a case's whole life, all done": Math.ceil(life("all done") / count),
    "a case's whole life, 1 in 10 failed": Math.ceil(life("1 in 10 failed") / count),
    "a case at each further station": Math.ceil(further / count),
  };
}

/** What a case of a sheet may cost at most, by the sheet's size: the promise that the snapshot must keep. */
const bounds = { 1: 320_000, 64: 5_500, 256: 1_500, 1024: 450 } as const;

async function measureAll(): Promise<Record<string, Record<string, number>>> {
  const measured: Record<string, Record<string, number>> = {};
  const note = (call: string, size: string | number, gas: number) => {
    measured[call] = { ...measured[call], [size]: gas };
  };
  for (const count of counts) {
    for (const costsOf of [costsOfSheets, costsOfTheFirst]) {
      const before = await ledger().provider.send("evm_snapshot", []);
      for (const [call, gas] of Object.entries(await costsOf(count))) note(call, count, gas);
      await ledger().provider.send("evm_revert", [before]);
    }
  }
  for (const [call, gas] of Object.entries(await costsOfProducts())) note("product", call, gas);
  const { receipts } = ledger().as("bank");
  note("anchor", "the first head", await gasOf(receipts.anchor(1, root(0))));
  for (const count of counts.slice(1))
    note("anchor", count, await gasOf(receipts.anchor(count, root(count % 100))));
  measured["consent"] = await costsOfConsents(ledger(), gasOf);
  measured["connection"] = await costsOfConnections(ledger(), gasOf);
  measured["belt"] = await costsOfBelt(ledger(), belts[1], gasOf);
  return measured;
}

describe("gas", () => {
  it("is no more than the snapshot says", async () => {
    const measured = await measureAll();
    if (update === "1") {
      await mkdir(new URL(".", file), { recursive: true });
      await writeFile(file, `${JSON.stringify(measured, undefined, 2)}\n`);
    }
    const snapshot = Snapshot.parse(JSON.parse(await readFile(file, "utf8")));
    const calls = (costs: typeof measured) =>
      Object.entries(costs).flatMap(([call, bySize]) =>
        Object.keys(bySize).map((size) => `${call}: ${size}`),
      );
    expect(calls(measured)).toEqual(calls(snapshot));
    const worse = Object.entries(measured).flatMap(([call, bySize]) =>
      Object.entries(bySize)
        .filter(([size, gas]) => gas > (snapshot[call]?.[size] ?? 0))
        .map(([size, gas]) => `${call}, ${size}: ${gas}, was ${snapshot[call]?.[size]}`),
    );
    expect(worse).toEqual([]);
  });

  it("keeps what is promised of a case, a further station and a head", async () => {
    const snapshot = Snapshot.parse(JSON.parse(await readFile(file, "utf8")));
    for (const count of counts) {
      expect(snapshot["a case's whole life, all done"]?.[count]).toBeLessThanOrEqual(bounds[count]);
    }
    expect(snapshot["a case at each further station"]?.[256]).toBeLessThanOrEqual(600);
    for (const gas of Object.values(snapshot["anchor"] ?? {})) expect(gas).toBeLessThanOrEqual(55_000);
    expect(snapshot["anchor"]).toHaveProperty("the first head");
  });

  it("of a sheet in which all is done does not depend on its size", async () => {
    const snapshot = Snapshot.parse(JSON.parse(await readFile(file, "utf8")));
    for (const call of [
      "book, 1 station",
      "book, 2 stations",
      "report, all done",
      "accept, all done",
      "expire",
    ]) {
      const gas = Object.values(snapshot[call] ?? {});
      expect(gas).toHaveLength(counts.length);
      // A count of two bytes costs a little more to send than one of one.
      expect(Math.max(...gas) - Math.min(...gas)).toBeLessThanOrEqual(12);
    }
  });
});
