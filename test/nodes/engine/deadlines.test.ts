import { expect, test } from "vitest";
import { createDeadlines } from "../../../nodes/engine/deadlines.ts";
import { type BookedSheet, createSignals, type EngineEvents } from "../../../nodes/engine/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { SteppingClock } from "../../support/steppingClock.ts";

const start = Date.parse("2026-03-02T12:00:00Z");
const seconds = start / 1_000;

type Sheet = { -readonly [K in keyof BookedSheet]: BookedSheet[K] };

/** A member's ledger with so many closed sheets, and its deadlines. */
function watch(closed: number) {
  const clock = new SteppingClock(start);
  const sheets = new Map<string, Sheet>();
  const looks = { at: [] as string[], all: 0 };
  const expired: { readonly sheet: string; readonly at: number }[] = [];
  let refuses = false;
  const signals = createSignals();
  const troubles: EngineEvents["trouble"][] = [];
  signals.on("trouble", (trouble) => troubles.push(trouble));

  function book(sheet: string, { consumer = "shop", deadline = seconds, isReported = false } = {}): void {
    const reported = { has: () => isReported, get: () => undefined };
    const belt = { belt: "belt", offers: ["offer"], root: "root", count: 1 };
    sheets.set(sheet, { ...belt, sheet, consumer, deadline, expired: false, reported });
  }
  for (let n = 0; n < closed; n++) book(`closed ${n}`, { isReported: true });

  const deadlines = createDeadlines({
    ...{ clock, signals, member: "shop" },
    ledger: {
      sheet(id) {
        looks.at.push(id);
        return sheets.get(id);
      },
      *sheets() {
        looks.all++;
        yield* sheets.values();
      },
      async expire(id) {
        if (refuses) throw new BeltError("LEDGER_TOO_EARLY", "Not yet.");
        const sheet = sheets.get(id) ?? expect.fail(`there is no ${id}`);
        sheet.expired = true;
        expired.push({ sheet: id, at: clock.now() / 1_000 - seconds });
      },
    },
  });
  const ended = new AbortController();
  const running = deadlines.run(ended.signal);
  return {
    ...{ clock, sheets, looks, expired, troubles, deadlines, book },
    refuse: (whether: boolean) => {
      refuses = whether;
    },
    stop: () => {
      ended.abort();
      return running;
    },
  };
}

test("what is closed is not looked at again, however much of it there is", async () => {
  const { clock, looks, deadlines, book, expired, stop } = watch(1_000);
  book("open", { deadline: seconds + 3_600 });
  book("another's", { consumer: "north", deadline: seconds + 60 });
  deadlines.heard({ booked: ["open", "another's"], takenBack: false });
  await clock.pass(3_000_000);
  expect(looks.all).toBe(1);
  expect(new Set(looks.at)).toEqual(new Set(["open", "another's"]));
  expect(looks.at.filter((sheet) => sheet === "another's")).toHaveLength(1);
  await clock.pass(3_600_000);
  expect(expired).toEqual([{ sheet: "open", at: 3_601 }]);
  const before = looks.at.length;
  await clock.pass(3_600_000);
  expect(looks.at.length).toBe(before);
  await stop();
});

test("what could not be closed is tried again", async () => {
  const { clock, deadlines, book, expired, refuse, troubles, stop } = watch(0);
  book("open", { deadline: seconds + 10 });
  deadlines.heard({ booked: ["open"], takenBack: false });
  refuse(true);
  await clock.pass(45_000);
  expect(troubles).toMatchObject([{ what: "close sheet open after its deadline" }]);
  refuse(false);
  await clock.pass(30_000);
  expect(expired).toHaveLength(1);
  await stop();
});

test("a sheet is closed again when the block in which it was closed was taken back", async () => {
  const { clock, sheets, deadlines, book, expired, stop } = watch(0);
  book("open", { deadline: seconds + 10 });
  deadlines.heard({ booked: ["open"], takenBack: false });
  await clock.pass(90_000);
  expect(expired).toHaveLength(1);
  const sheet = sheets.get("open") ?? expect.fail();
  sheet.expired = false;
  await clock.pass(60_000);
  expect(expired).toHaveLength(1);
  deadlines.heard({ booked: [], takenBack: true });
  await clock.pass(60_000);
  expect(expired).toHaveLength(2);
  await stop();
});
