import fc from "fast-check";
import { expect, test } from "vitest";
import { defineTimerStation, Unprocessable } from "../../../nodes/stations/index.ts";
import { run } from "./support.ts";

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);
const contract = {
  name: "certificate",
  version: "1.0.0",
  input: { type: "object", properties: { days: { type: "integer" } }, required: ["days"] },
  output: { type: "object", properties: { readyOn: { type: "string" } } },
};
interface Input {
  days: number;
}
const station = defineTimerStation({
  ...contract,
  until: ({ days }: Input, { startedAt }) => startedAt + days * day,
  after: ({ days }, { startedAt }) => ({ readyOn: new Date(startedAt + days * day).toISOString() }),
});

test("a case waits until its time, then gives what comes after", async () => {
  expect(await run(station, { days: 5 }, { now: start })).toEqual({
    status: "timer",
    until: start + 5 * day,
  });
  const resumed = { from: "timer", startedAt: start } as const;
  expect(await run(station, { days: 5 }, { now: start + 5 * day }, { resumed })).toEqual({
    status: "done",
    output: { readyOn: "2026-01-06T00:00:00.000Z" },
  });
});

test("whenever the node restarts meanwhile, the time does not move", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5 * day - 1)), async (restarts) => {
      for (const offset of restarts) {
        const resumed = { from: "timer", startedAt: start } as const;
        const outcome = await run(station, { days: 5 }, { now: start + offset }, { resumed });
        expect(outcome).toEqual({ status: "timer", until: start + 5 * day });
      }
    }),
  );
});

test("a node that was down beyond the time goes on at once", async () => {
  const resumed = { from: "timer", startedAt: start } as const;
  expect(await run(station, { days: 5 }, { now: start + 40 * day }, { resumed })).toEqual({
    status: "done",
    output: { readyOn: "2026-01-06T00:00:00.000Z" },
  });
});

test("the settings shorten the wait, and never lengthen it", async () => {
  const settings = { waitMs: 2_000 };
  expect(await run(station, { days: 5 }, { now: start, settings })).toEqual({
    status: "timer",
    until: start + 2_000,
  });
  expect(await run(station, { days: 0 }, { now: start, settings })).toMatchObject({ status: "done" });
});

test("a date will do as well as milliseconds, and a time that is past is no wait", async () => {
  const dated = defineTimerStation<Input>({ ...contract, until: () => new Date("2026-02-01T00:00:00Z") });
  expect(await run(dated, { days: 0 }, { now: start })).toEqual({
    status: "timer",
    until: Date.UTC(2026, 1, 1),
  });
  expect(await run(dated, { days: 0 }, { now: Date.UTC(2026, 1, 1) })).toEqual({
    status: "done",
    output: {},
  });
});

test("a wait without an end fails the station", async () => {
  for (const until of [Number.NaN, Number.POSITIVE_INFINITY, new Date("never")]) {
    const endless = defineTimerStation<Input>({ ...contract, until: () => until });
    expect(await run(endless, { days: 0 })).toMatchObject({
      status: "failed",
      reason: "The wait has no end.",
    });
  }
});

test("the case may turn out to be unprocessable before the wait", async () => {
  const refusing = defineTimerStation<Input>({
    ...contract,
    until() {
      throw new Unprocessable("No certificate for a minor.");
    },
  });
  expect(await run(refusing, { days: 0 })).toMatchObject({ status: "unprocessable" });
});

test("a setting that is no wait is refused when the node starts", () => {
  expect(() => station.ready?.({ waitMs: -1 })).toThrow(
    expect.objectContaining({ code: "STATION_SETTINGS_INVALID", at: "/waitMs" }),
  );
});
