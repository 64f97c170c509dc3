import { afterEach, describe, expect, it } from "vitest";
import { createAtHand } from "../../../nodes/engine/atHand.ts";
import type { BookedSheet } from "../../../nodes/engine/index.ts";
import { defineStation } from "../../../nodes/stations/index.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { until } from "../../support/until.ts";

/** A sheet of which the first stations, so many, are settled; the last offer is another member's. */
function booked(sheet: string, settled: number): BookedSheet {
  const report = (isSettled: boolean) => ({
    ...{ at: 1, settled: isSettled, inDispute: false, statusOf: () => "done" as const },
  });
  return {
    ...{ sheet, belt: "belt", offers: ["own", "other"], consumer: "shop", root: "root", count: 1 },
    ...{ deadline: 1, expired: false },
    reported: { has: () => true, get: (station) => report(station < settled) },
  };
}

function handOf(...sheets: readonly BookedSheet[]) {
  const forgotten: string[] = [];
  const opened: string[] = [];
  const forget = (id: string) => void forgotten.push(id);
  const hand = createAtHand({
    ledger: {
      sheet: (id) => sheets.find(({ sheet }) => sheet === id),
      offer: (offer) => ({ member: offer === "own" ? "north" : "south", document: offer }),
    },
    member: "north",
    sheets: {
      forget,
      open(id) {
        opened.push(id);
        return Promise.reject(new Error("nobody has its documents"));
      },
    },
    inbox: { forget, prepare: async () => {} },
    progress: { open: () => Promise.reject(new Error("there is no progress")) },
    cases: { forget },
    collector: { forget },
    signal: new AbortController().signal,
  });
  return { hand, forgotten, opened };
}

describe("what is at hand", () => {
  it("is let go of once every station of the sheet is settled, and no sooner", () => {
    const { hand, forgotten } = handOf(booked("paid", 2), booked("half", 1), booked("open", 0));
    hand.letGo(["open", "half", "unknown"]);
    expect(forgotten).toEqual([]);
    hand.letGo(["half", "paid"]);
    expect(forgotten).toEqual(["paid", "paid", "paid", "paid"]);
  });

  it("is prepared of a few sheets with a station of the member, and no sheet's failure is anybody's", async () => {
    const foreign = { ...booked("foreign", 0), offers: ["other"] };
    const { hand, opened } = handOf(booked("own", 0), foreign);
    hand.prepare(["own", "foreign", "unknown"]);
    hand.prepare(Array.from({ length: 17 }, () => "own"));
    expect(opened).toEqual(["own"]);
  });
});

describe("a sheet that was let go of", () => {
  const double = defineStation<{ n: number }, { twice: number }>({
    ...{ name: "double", version: "1.0.0", input: closed({ n: number }), output: closed({ twice: number }) },
    process: ({ n }) => ({ twice: 2 * n }),
  });
  const belt = {
    belt: "doubling",
    case: closed({ n: number }),
    stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
    result: { "/twice": "double#/twice" },
  };
  const consortium = new Consortium({ members: { shop: [], north: [double] } });
  afterEach(() => consortium.stop());

  it("is read again for whoever asks", async () => {
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    await until(() => consortium.ledger.sheets.get(sheet)?.settlers.size === 1);
    const { collector, cases } = consortium.engine("shop");
    expect((await collector.progress(sheet)).get("double")?.size).toBe(3);
    expect(
      (await Array.fromAsync(cases.outcomes(sheet))).map(({ receipt }) => receipt.case).toSorted(),
    ).toEqual([0, 1, 2]);
  });
});
