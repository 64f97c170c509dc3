import { describe, expect, it } from "vitest";
import { checkStall } from "../../../nodes/ledger/stall.ts";
import type { BeltError } from "../../../pipeline/errors.ts";
import { until } from "../../support/until.ts";
import { only, useChain } from "./useChain.ts";

describe("a ledger that stands still", () => {
  const used = useChain();

  it("is told of while it answers, and until its blocks come again", async () => {
    const ledger = await used.chain.open(1, { stallAfter: 200 });
    await ledger.caughtUp();
    await used.chain.rpc("evm_setAutomine", false);
    const anchored = ledger.anchor(used.head());
    await until(() => ledger.state().phase === "stalled");
    expect(ledger.state().reason).toMatchObject({
      code: "LEDGER_STALLED",
      retryable: true,
      message: expect.stringContaining(`after block ${await used.chain.height()}`),
    });
    // It can be read all the same.
    await ledger.caughtUp();
    expect(only(ledger).state).toBe("sent");
    await used.chain.mine(1);
    await anchored;
    await until(() => ledger.state().phase === "following");
    expect(ledger.state().reason).toBeUndefined();
  });
});

describe("the check", () => {
  const check = () => {
    const told: (BeltError | undefined)[] = [];
    let time = 0;
    const stall = checkStall({ now: () => time, tolerance: 10, onChange: (warning) => told.push(warning) });
    const look = (at: number, latest: number, waits: boolean) => {
      time = at;
      stall.looked(latest, waits);
      return stall.warning()?.code;
    };
    return { told, look };
  };

  it("begins with the transaction that waits, not with the last block", () => {
    const { look } = check();
    expect(look(0, 7, false)).toBeUndefined();
    expect(look(100, 7, true)).toBeUndefined();
    expect(look(109, 7, true)).toBeUndefined();
    expect(look(110, 7, true)).toBe("LEDGER_STALLED");
  });

  it("begins anew with every block, and is told once", () => {
    const { look, told } = check();
    for (const [at, latest] of [
      [0, 1],
      [9, 2],
      [18, 3],
      [27, 3],
    ] as const) {
      expect(look(at, latest, true)).toBeUndefined();
    }
    expect(look(28, 3, true)).toBe("LEDGER_STALLED");
    expect(look(40, 3, true)).toBe("LEDGER_STALLED");
    expect(look(41, 4, true)).toBeUndefined();
    expect(told).toHaveLength(2);
  });

  it("ends when nothing waits any more", () => {
    const { look } = check();
    look(0, 1, true);
    expect(look(10, 1, true)).toBe("LEDGER_STALLED");
    expect(look(11, 1, false)).toBeUndefined();
  });
});
