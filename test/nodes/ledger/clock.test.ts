import { describe, expect, it } from "vitest";
import { checkClock } from "../../../nodes/ledger/clock.ts";

describe("the clock", () => {
  it("warns once when it begins, and once when it ends", () => {
    let now = 1_000_000_000_000;
    const told: (string | undefined)[] = [];
    const clock = checkClock({
      now: () => now,
      tolerance: 60,
      onChange: (warning) => told.push(warning?.message),
    });
    clock.sawDate(now - 60_000);
    clock.sawBlock(now / 1_000 + 60);
    expect(told).toEqual([]);
    clock.sawDate(now - 61_000);
    clock.sawDate(now - 62_000);
    expect(clock.warning()).toMatchObject({ code: "CLOCK_SKEWED", retryable: true });
    clock.sawBlock(now / 1_000 + 100);
    clock.sawDate(now);
    now -= 100_000;
    clock.sawDate(now);
    clock.sawBlock(now / 1_000);
    expect(clock.warning()).toBeUndefined();
    expect(told).toEqual([
      "This machine's clock is 61 seconds ahead of the ledger's node.",
      "This machine's clock is 100 seconds behind the ledger's newest block.",
      undefined,
    ]);
  });
});
