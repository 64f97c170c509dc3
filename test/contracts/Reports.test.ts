import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type LedgerStatus,
  ledgerStatuses,
  packStatuses,
  type ReportedStatus,
  reportedStatuses,
} from "../../pipeline/index/index.ts";
import {
  eventsOf,
  hash,
  plain,
  publishTwoStations,
  type Role,
  refusal,
  sheetOf,
  useLedger,
} from "./fixture.ts";

/** A belt of two stations (0 is the bank's, 1 the bureau's), and a sheet of 100 cases: a full word and 36 more. */
const belt = hash(1);
const count = 100;
let sheet: string;
let deadline: number;

const ledger = useLedger(async (fresh) => {
  await publishTwoStations(fresh, belt);
  deadline = (await fresh.now()) + 86_400;
  sheet = await sheetOf(fresh, { belt, root: hash(2), count, deadline });
});

/** Reports both slots, or those that `covered` has as bits. */
function report(
  slots: readonly number[],
  words: readonly bigint[],
  station = 0,
  role: Role = "bank",
  covered = 3,
) {
  return ledger()
    .as(role)
    .bookings.report(sheet, station, covered, [...slots], [...words]);
}

async function statuses(station: number): Promise<(LedgerStatus | "open")[]> {
  const { bookings } = ledger().as("stranger");
  const codes = await Promise.all(
    Array.from({ length: count }, (_, each) => bookings.statusOf(sheet, station, each)),
  );
  return codes.map((code) => (code === 15n ? "open" : (ledgerStatuses[Number(code)] ?? "open")));
}

describe("Bookings: reports", () => {
  it("says of every case done, but of those that are named", async () => {
    const { bookings } = ledger().as("bank");
    expect(new Set(await statuses(0))).toEqual(new Set(["open"]));
    const exceptions = new Map<number, ReportedStatus>([
      [0, "skipped"],
      [1, "unprocessable"],
      [63, "failed"],
      [64, "blocked"],
      [99, "expired"],
    ]);
    const { slots, words } = packStatuses(exceptions);
    expect(await eventsOf(report(slots, words), bookings)).toEqual([
      {
        event: "SheetReported",
        sheet,
        station: 0n,
        member: ledger().address("bank"),
        covered: 3n,
        slots: slots.map(BigInt),
        words,
      },
    ]);
    expect(await statuses(0)).toEqual(
      Array.from({ length: count }, (_, each) => exceptions.get(each) ?? "done"),
    );
    expect(new Set(await statuses(1))).toEqual(new Set(["open"]));
    const { timestamp } = await ledger().block();
    const [bank, bureau] = await Promise.all([0, 1].map((station) => bookings.stationOf(sheet, station)));
    expect(plain(bank ?? {})).toMatchObject({
      ...{ closedAt: BigInt(timestamp), covered: 3n, done: 95n, disputed: 0n, settled: false },
    });
    expect(plain(bureau ?? {})).toMatchObject({ closedAt: 0n, covered: 0n, done: 0n });
  });

  it("keeps the stations' reports apart", async () => {
    await report([0], [1n]);
    await report([1], [4n], 1, "bureau");
    expect((await statuses(0)).flatMap((each, place) => (each === "done" ? [] : [[place, each]]))).toEqual([
      [0, "skipped"],
    ]);
    expect((await statuses(1)).flatMap((each, place) => (each === "done" ? [] : [[place, each]]))).toEqual([
      [64, "blocked"],
    ]);
    const { bookings } = ledger().as("bank");
    for (const station of [0, 1]) expect((await bookings.stationOf(sheet, station)).done).toBe(99n);
  });

  it("gives back every packing of the protocol", async () => {
    const status = fc.constantFrom(...reportedStatuses);
    const exceptions = fc.dictionary(fc.nat(count - 1).map(String), status, { maxKeys: 20 });
    await fc.assert(
      fc.asyncProperty(exceptions, async (chosen) => {
        const expected = new Map(Object.entries(chosen).map(([place, each]) => [Number(place), each]));
        const before = await ledger().provider.send("evm_snapshot", []);
        const { slots, words } = packStatuses(expected);
        await report(slots, words);
        const notDone = [...expected.values()].filter((each) => each !== "done").length;
        const { done } = await ledger().as("bank").bookings.stationOf(sheet, 0);
        expect(done).toBe(BigInt(count - notDone));
        expect(await statuses(0)).toEqual(
          Array.from({ length: count }, (_, each) => expected.get(each) ?? "done"),
        );
        await ledger().provider.send("evm_revert", [before]);
      }),
      { numRuns: 15 },
    );
  });

  it("is made by the member of the station's offer only", async () => {
    for (const role of ["bureau", "consumer", "deployer", "stranger"] as const) {
      expect(await refusal(report([], [], 0, role))).toEqual({
        error: "NotStationMember",
        sheet,
        station: 0n,
        member: ledger().address("bank"),
        account: ledger().address(role),
      });
    }
    expect(await refusal(report([], [], 1, "bank"))).toMatchObject({
      error: "NotStationMember",
      member: ledger().address("bureau"),
    });
  });

  it("is made with others in one transaction: all of them, or none", async () => {
    const other = await sheetOf(ledger(), { belt, root: hash(3), count, deadline });
    const { bookings } = ledger().as("bank");
    const call = (of: string, covered: number) =>
      bookings.interface.encodeFunctionData("report", [of, 0, covered, [], []]);
    expect(await refusal(bookings.multicall([call(sheet, 1), call(other, 1), call(other, 1)]))).toMatchObject(
      {
        ...{ error: "CoveredBefore", sheet: other, station: 0n, slots: 1n },
      },
    );
    expect(new Set(await statuses(0))).toEqual(new Set(["open"]));
    expect(
      (await eventsOf(bookings.multicall([call(sheet, 3), call(other, 1)]), bookings)).map((each) => [
        ...[each["event"], each["sheet"], each["covered"], each["member"]],
      ]),
    ).toEqual([
      ["SheetReported", sheet, 3n, ledger().address("bank")],
      ["SheetReported", other, 1n, ledger().address("bank")],
    ]);
  });

  it("is made once", async () => {
    await report([0], [1n]);
    expect(await refusal(report([], []))).toEqual({ error: "StationClosed", sheet, station: 0n });
    expect(await refusal(report([0], [1n]))).toEqual({ error: "StationClosed", sheet, station: 0n });
  });

  it("is made in the last second before the deadline passes, and not after", async () => {
    await ledger().nextBlockAt(deadline);
    await report([], []);
    await ledger().nextBlockAt(deadline + 1);
    expect(await refusal(report([], [], 1, "bureau"))).toEqual({
      error: "DeadlinePassed",
      sheet,
      deadline: BigInt(deadline),
      time: BigInt(deadline + 1),
    });
  });

  it("is of a sheet and a station that are there", async () => {
    const { bookings } = ledger().as("bank");
    expect(await refusal(bookings.report(hash(9), 0, 1, [], []))).toEqual({
      error: "SheetUnknown",
      sheet: hash(9),
    });
    for (const station of [2, 31, 32, 255]) {
      expect(await refusal(report([], [], station))).toEqual({
        error: "StationUnknown",
        sheet,
        station: BigInt(station),
        stations: 2n,
      });
    }
  });
});

describe("Bookings: words of a report", () => {
  const refused: { what: string; slots: number[]; words: bigint[]; error: object }[] = [
    {
      what: "a slot without a word",
      slots: [0],
      words: [],
      error: { error: "LengthsDiffer", slots: 1n, words: 0n },
    },
    {
      what: "a word without a slot",
      slots: [],
      words: [1n],
      error: { error: "LengthsDiffer", slots: 0n, words: 1n },
    },
    {
      what: "a slot twice",
      slots: [0, 0],
      words: [1n, 1n],
      error: { error: "SlotOutOfOrder", former: 0n, slot: 0n },
    },
    {
      what: "slots that go back",
      slots: [1, 0],
      words: [1n, 1n],
      error: { error: "SlotOutOfOrder", former: 1n, slot: 0n },
    },
    {
      what: "a slot beyond",
      slots: [2],
      words: [1n],
      error: { error: "SlotNotCovered", slot: 2n, covered: 3n },
    },
    {
      what: "the last slot there can be",
      slots: [65_535],
      words: [1n],
      error: { error: "SlotNotCovered", slot: 65_535n, covered: 3n },
    },
    { what: "a word of done only", slots: [1], words: [0n], error: { error: "WordEmpty", slot: 1n } },
  ];

  it.each(refused)("may not have $what", async ({ slots, words, error }) => {
    expect(await refusal(report(slots, words))).toEqual(error);
  });

  it("may not have a case beyond the sheet", async () => {
    await report([1], [1n << (4n * 35n)]);
    for (const place of [36n, 37n, 63n]) {
      expect(await refusal(report([1], [1n | (1n << (4n * place))], 1, "bureau"))).toEqual({
        error: "CaseUnknown",
        sheet,
        caseIndex: 64n + place,
        count: BigInt(count),
      });
    }
  });

  it.each([6n, 7n, 8n, 9n, 10n, 11n, 12n, 13n, 14n, 15n])("may not have the status %d", async (status) => {
    for (const [slot, place] of [
      [0, 0n],
      [0, 63n],
      [1, 35n],
    ] as const) {
      // The other statuses of the word are in order, the neighbours with all the bits that they may have.
      const others = [1n, 2n, 3n, 4n, 5n].reduce(
        (word, code, at) => word | (code << BigInt(4 * (at + 10))),
        0n,
      );
      const word = others | (status << (4n * place));
      expect(await refusal(report([slot], [word]))).toEqual({
        error: "StatusRefused",
        caseIndex: BigInt(slot) * 64n + place,
        status,
      });
    }
  });

  it("leaves nothing behind when one of them is refused", async () => {
    expect(await refusal(report([0, 1], [1n, 0n]))).toMatchObject({ error: "WordEmpty" });
    expect((await ledger().as("bank").bookings.stationOf(sheet, 0)).covered).toBe(0n);
    expect(new Set(await statuses(0))).toEqual(new Set(["open"]));
  });

  it("may fill all words of the largest sheet", async () => {
    const full = await sheetOf(ledger(), { belt, root: hash(3), count: 1_024, deadline });
    const all = Array.from({ length: 16 }, (_, slot) => slot);
    const word = BigInt(`0x${"4".repeat(64)}`);
    await ledger()
      .as("bank")
      .bookings.report(
        full,
        0,
        0xffff,
        all,
        all.map(() => word),
      );
    const { bookings } = ledger().as("stranger");
    for (const each of [0, 63, 64, 1_023]) expect(await bookings.statusOf(full, 0, each)).toBe(4n);
    expect(await refusal(ledger().as("bureau").bookings.report(full, 1, 0xffff, [16], [1n]))).toEqual({
      error: "SlotNotCovered",
      slot: 16n,
      covered: 0xffffn,
    });
  });
});
