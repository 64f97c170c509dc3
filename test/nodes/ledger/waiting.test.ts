import { describe, expect, it } from "vitest";
import { atMostEvery, createBell, createConditions } from "../../../nodes/ledger/waiting.ts";
import { until } from "../../support/until.ts";

describe("waiting", () => {
  it("ends with the first answer, an error, or the signal", async () => {
    const conditions = createConditions();
    let value: number | undefined;
    const waits = conditions.until(() => value);
    const giving = new AbortController();
    const given = conditions.until(() => undefined, giving.signal);
    let broken = false;
    const fails = conditions.until(() => {
      if (broken) throw new Error("broken");
      return undefined;
    });
    conditions.check();
    giving.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    value = 5;
    broken = true;
    conditions.check();
    expect(await waits).toBe(5);
    await expect(fails).rejects.toThrow("broken");
    expect(await conditions.until(() => value)).toBe(5);
  });

  it("hears a bell that rang before, or rings meanwhile", async () => {
    const bell = createBell();
    const never = new AbortController();
    bell.ring();
    await bell.heard(Number.POSITIVE_INFINITY, never.signal);
    const heard = bell.heard(Number.POSITIVE_INFINITY, never.signal);
    bell.ring();
    await heard;
    await bell.heard(1, never.signal);
    const aborted = bell.heard(Number.POSITIVE_INFINITY, never.signal);
    never.abort();
    await aborted;
  });

  it("calls at once a few times, and once more for all that was asked for beyond them", async () => {
    const ends = new AbortController();
    let calls = 0;
    const ask = atMostEvery(20, () => calls++, { inARow: 3, signal: ends.signal });
    for (let count = 0; count < 100; count++) ask();
    expect(calls).toBe(3);
    await until(() => calls === 4);
    ends.abort();
    ask();
    expect(calls).toBe(4);
  });
});
