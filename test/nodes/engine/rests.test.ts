import { expect, test } from "vitest";
import { createSignals, type EngineEvents } from "../../../nodes/engine/index.ts";
import { createRests } from "../../../nodes/engine/rests.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { SteppingClock } from "../../support/steppingClock.ts";

const start = Date.parse("2026-03-02T12:00:00Z");
const refusal = new BeltError("LEDGER_STATE_REFUSED", "No.");
const away = new BeltError("LEDGER_UNREACHABLE", "It does not answer.");

function resting() {
  const clock = new SteppingClock(start);
  const signals = createSignals();
  const troubles: EngineEvents["trouble"][] = [];
  signals.on("trouble", (trouble) => troubles.push(trouble));
  const rests = createRests({ clock, signals, random: () => 1, signal: new AbortController().signal });
  let tries = 0;
  const failing = (problem: unknown, sheet = "sheet") =>
    rests.attempt(sheet, "do it", async () => {
      tries++;
      throw problem;
    });
  return { clock, rests, troubles, failing, tries: () => tries };
}

test("what is refused rests longer each time, and is not tried meanwhile", async () => {
  const { clock, failing, tries, rests } = resting();
  const pauses: number[] = [];
  for (let n = 0; n < 9; n++) {
    const until = await failing(refusal);
    expect(await failing(refusal)).toBe(until);
    expect(rests.until("sheet", "do it")).toBe(until);
    pauses.push((until - clock.now()) / 1_000);
    clock.set(until - clock.now());
  }
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
  expect(tries()).toBe(9);
  expect(rests.until("sheet", "do it")).toBeUndefined();
});

test("nothing rests for long whose clock was set back", async () => {
  const { clock, failing, tries } = resting();
  await failing(refusal);
  clock.set(-3_600_000);
  await failing(refusal);
  expect(tries()).toBe(2);
});

test("what only failed can be tried at once, and is less and less often when there is no news", async () => {
  const { clock, failing, tries, rests, troubles } = resting();
  const pauses: number[] = [];
  for (let n = 0; n < 6; n++) {
    pauses.push(((await failing(away)) - clock.now()) / 1_000);
    expect(rests.until("sheet", "do it")).toBeUndefined();
  }
  expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
  expect([tries(), troubles.length]).toEqual([6, 1]);
});

test("a failure is told again when it says something else, or after a success", async () => {
  const { clock, failing, troubles, rests } = resting();
  const other = new BeltError("LEDGER_STATE_REFUSED", "No, for another reason.");
  for (const problem of [refusal, refusal, other, away, other]) {
    await failing(problem);
    await clock.pass(300_000);
  }
  expect(troubles.map(({ problem }) => problem)).toEqual([refusal, other, away, other]);
  expect(await rests.attempt("sheet", "do it", async () => "done")).toBe("done");
  await failing(other);
  expect(troubles).toHaveLength(5);
});

test("what is forgotten of one sheet is tried again at once, and of the others not", async () => {
  const { failing, rests, tries } = resting();
  for (const sheet of ["one", "other"]) await failing(refusal, sheet);
  rests.forget("one");
  for (const sheet of ["one", "other"]) await failing(refusal, sheet);
  expect(tries()).toBe(3);
  rests.forget();
  for (const sheet of ["one", "other"]) await failing(refusal, sheet);
  expect(tries()).toBe(5);
});
