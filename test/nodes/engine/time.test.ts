import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  defineHumanStation,
  defineStation,
  defineTimerStation,
  type TimerContext,
} from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { SteppingClock } from "../../support/steppingClock.ts";

const minute = 60_000;
const hour = 60 * minute;
const start = Date.parse("2026-03-02T12:00:00Z");

const input = closed({ until: { type: "string" } });
const output = closed({ rang: number });

/** When cases rang, in milliseconds since 1970. */
let rang: number[];
/** Rings two hours after it began to wait, or at the local time that the case names. */
const wait = defineTimerStation<{ until: string }, { rang: number }>({
  name: "wait",
  version: "1.0.0",
  input,
  output,
  until: ({ until }, { startedAt }: TimerContext) => (until === "" ? startedAt + 2 * hour : new Date(until)),
  after(_, { now }) {
    rang.push(now);
    return { rang: now };
  },
});
const ask = defineHumanStation<{ until: string }>({
  name: "ask",
  version: "1.0.0",
  input,
  output,
  form: () => ({}),
});
const hang = defineStation<{ until: string }, { rang: number }>({
  name: "hang",
  version: "1.0.0",
  input,
  output,
  process() {
    throw new BeltError("STATION_TIMEOUT", "The work took too long.");
  },
});

let clock: SteppingClock;
let consortium: Consortium;
beforeEach(() => {
  rang = [];
  begin(start);
});
afterEach(() => consortium.stop());

function begin(at: number): void {
  clock = new SteppingClock(at);
  const members = { shop: [], north: [wait, ask, hang] };
  const settings = { attempts: 1, quarantineMs: 2 * hour };
  const limits = { anchorAfter: minute, withdrawAfter: minute / 2 };
  consortium = new Consortium({ members, clock, settings, limits });
  consortium.ledger.now = () => clock.now();
}

/** Books one case at a station; its deadline is so long after what the clock shows. */
async function book(station: string, { until = "", deadline = 24 * hour } = {}): Promise<string> {
  await consortium.start();
  const template = {
    belt: station,
    case: input,
    stations: { [station]: { offer: `north/${station}`, needs: { "/until": "case#/until" } } },
    result: { "/rang": `${station}#/rang` },
  };
  const belt = await consortium.publish(template, "shop");
  const seconds = Math.floor((clock.now() + deadline) / 1000);
  const sheet = await consortium.book("shop", belt, [{ until }], { deadline: seconds });
  await clock.pass(1_000);
  return sheet;
}

const statusOf = async (sheet: string, station: string) =>
  (await consortium.engine("shop").collector.progress(sheet)).get(station)?.get(0);
const isExpired = (sheet: string) => consortium.ledger.sheets.get(sheet)?.expired;
/** Lets time pass until the clock shows this time. */
const passUntil = (time: number): Promise<void> => clock.pass(time - clock.now());

async function restart(name: string, meanwhile = (): void => {}): Promise<void> {
  consortium.kill(name);
  meanwhile();
  await consortium.start(name);
  await clock.pass(1_000);
}

const steps = [
  ["set forward by an hour", hour],
  ["set back by an hour", -hour],
] as const;

describe.each(steps)("with a clock that is %s", (_, step) => {
  test("a timer rings once, at the time that the clock then shows", async () => {
    await book("wait");
    await clock.pass(30 * minute);
    clock.set(step);
    await passUntil(start + 2 * hour - minute);
    expect(rang).toEqual([]);
    await clock.pass(3 * minute);
    expect(rang.length).toBe(1);
    await clock.pass(hour / 2);
    expect(rang.length).toBe(1);
  });

  test("a timer rings at its time also when its node was restarted, and the clock set meanwhile", async () => {
    const sheet = await book("wait");
    await clock.pass(20 * minute);
    await restart("north", () => clock.set(step));
    await passUntil(start + 2 * hour - minute);
    expect(rang).toEqual([]);
    await restart("north");
    await clock.pass(3 * minute);
    expect(rang.length).toBe(1);
    expect(await statusOf(sheet, "wait")).toBe("done");
  });

  test("a sheet is closed after its deadline and not before, over restarts of its consumer too", async () => {
    const sheet = await book("ask", { deadline: 3 * hour });
    await clock.pass(20 * minute);
    await restart("shop");
    await clock.pass(10 * minute);
    clock.set(step);
    await passUntil(start + 3 * hour - minute);
    expect(isExpired(sheet)).toBe(false);
    await clock.pass(2 * minute);
    expect(isExpired(sheet)).toBe(true);
    expect(consortium.engine("north").waits.tasks()).toEqual([]);
  });

  test("a case in quarantine is failed at the time that was named, over restarts too", async () => {
    const sheet = await book("hang");
    const [held] = consortium.engine("north").quarantine.list();
    const until = held?.until ?? expect.unreachable("it is held");
    await clock.pass(20 * minute);
    await restart("north");
    expect(consortium.engine("north").quarantine.list()).toEqual([held]);
    clock.set(step);
    await passUntil(until - minute);
    expect(await statusOf(sheet, "hang")).toBeUndefined();
    await clock.pass(2 * minute);
    expect(await statusOf(sheet, "hang")).toBe("failed");
  });

  test("what is owed is withdrawn no later than otherwise", async () => {
    const { address } = consortium.member("north");
    consortium.ledger.owed.set(address, 5n);
    await consortium.start();
    await clock.pass(10_000);
    clock.set(step);
    await clock.pass(minute);
    expect(consortium.ledger.withdrawals).toEqual([{ member: address, amount: 5n }]);
  });
});

describe("across daylight saving, in Amsterdam", () => {
  beforeEach(() => {
    vi.stubEnv("TZ", "Europe/Amsterdam");
    const [winter, summer] = [new Date(2026, 0, 1), new Date(2026, 6, 1)];
    expect([winter.getTimezoneOffset(), summer.getTimezoneOffset()]).toEqual([-60, -120]);
  });
  afterEach(() => vi.unstubAllEnvs());

  const nights = [
    ["begins", "2026-03-29T00:30:00Z", "2026-03-29T09:00", "2026-03-29T07:00:00Z"],
    ["ends", "2026-10-25T00:30:00Z", "2026-10-25T09:00", "2026-10-25T08:00:00Z"],
  ] as const;

  test.each(nights)("two hours are two hours in the night in which it %s", async (_, night) => {
    begin(Date.parse(night));
    const sheet = await book("wait", { deadline: 3 * hour });
    await passUntil(Date.parse(night) + 2 * hour - minute);
    expect(rang).toEqual([]);
    await clock.pass(2 * minute);
    expect(rang.length).toBe(1);
    expect(await statusOf(sheet, "wait")).toBe("done");
    expect(isExpired(sheet)).toBe(false);
  });

  test.each(nights)(
    "nine in the morning is nine on the clock after the night in which it %s",
    async (...row) => {
      const [, night, local, instant] = row;
      begin(Date.parse(night));
      await book("wait", { until: local });
      await passUntil(Date.parse(instant) - minute);
      expect(rang).toEqual([]);
      await clock.pass(2 * minute);
      expect(rang.length).toBe(1);
    },
  );

  test.each(nights)("a deadline in the night in which it %s is met to the second", async (_, night) => {
    begin(Date.parse(night));
    const sheet = await book("ask", { deadline: hour });
    await passUntil(Date.parse(night) + hour - 1_000);
    expect(isExpired(sheet)).toBe(false);
    await clock.pass(31_000);
    expect(isExpired(sheet)).toBe(true);
  });
});
