import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type ContractTransactionResponse, MaxUint256, ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { packStatuses } from "../../pipeline/index/index.ts";
import { hash, offersOf, useLedger } from "./fixture.ts";
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
});

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  if (receipt === null) throw new Error("the transaction was not mined");
  return Number(receipt.gasUsed);
}

/** Books, reports, settles and lets expire sheets of one size. */
async function costsOfSheets(count: number): Promise<Record<string, number>> {
  const [consumer, bank, anybody] = [ledger().as("consumer"), ledger().as("bank"), ledger().as("stranger")];
  const booking = (stations: 1 | 2, place: number) =>
    [belts[stations], root(place), count, deadline, MaxUint256] as const;
  const [allDone, tenth, late] = await Promise.all(
    [0, 1, 2].map((place) => consumer.bookings.book.staticCall(...booking(1, place))),
  );
  if (allDone === undefined || tenth === undefined || late === undefined) throw new Error("no sheets");
  const { slots, words } = packStatuses(
    new Map(Array.from({ length: Math.ceil(count / 10) }, (_, each) => [each * 10, "failed" as const])),
  );
  const costs: Record<string, number> = {};
  costs["book, 1 station"] = await gasOf(consumer.bookings.book(...booking(1, 0)));
  costs["book, 2 stations"] = await gasOf(consumer.bookings.book(...booking(2, 3)));
  costs["report, all done"] = await gasOf(bank.bookings.report(allDone, 0, [], []));
  await consumer.bookings.book(...booking(1, 1));
  costs["report, 1 in 10 failed"] = await gasOf(bank.bookings.report(tenth, 0, [...slots], [...words]));
  // The first settlement is the dearest: the member was owed nothing yet, and so was the consumer.
  costs["accept, all done"] = await gasOf(consumer.bookings.accept(allDone, 0));
  await bank.bookings.withdraw();
  costs["accept, 1 in 10 failed"] = await gasOf(consumer.bookings.accept(tenth, 0));
  await consumer.bookings.book(...booking(1, 2));
  await ledger().travelTo(deadline + 1);
  Object.assign(costs, { expire: await gasOf(anybody.bookings.expire(late)) });
  costs["withdraw"] = await gasOf(consumer.bookings.withdraw());
  return { ...costs, ...lives(costs, count) };
}

/** Gas a case, rounded up, of a sheet's whole life with one station: booked with escrow, reported, settled. */
function lives(costs: Readonly<Record<string, number>>, count: number): Record<string, number> {
  const sum = (...calls: string[]) => calls.reduce((gas, call) => gas + (costs[call] ?? Number.NaN), 0);
  const life = (how: string) => sum("book, 1 station", `report, ${how}`, `accept, ${how}`);
  const further = sum("book, 2 stations", "report, all done", "accept, all done") - sum("book, 1 station");
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
    const before = await ledger().provider.send("evm_snapshot", []);
    for (const [call, gas] of Object.entries(await costsOfSheets(count))) note(call, count, gas);
    await ledger().provider.send("evm_revert", [before]);
  }
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
    expect(snapshot["anchor"]?.[256]).toBeLessThanOrEqual(55_000);
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
