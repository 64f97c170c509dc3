import { describe, expect, it } from "vitest";
import { raiseFees } from "../../../nodes/ledger/fees.ts";

describe("fees", () => {
  it("are raised by an eighth at least, also from nothing", () => {
    const none = { type: 2, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n } as const;
    expect(raiseFees(none, none)).toEqual({ type: 2, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n });
    const some = { type: 2, maxFeePerGas: 800n, maxPriorityFeePerGas: 80n } as const;
    expect(raiseFees(some, none)).toEqual({ type: 2, maxFeePerGas: 901n, maxPriorityFeePerGas: 91n });
    expect(raiseFees(none, some)).toEqual(some);
    expect(raiseFees(some, { type: 0, gasPrice: 5n })).toEqual({ type: 0, gasPrice: 901n });
  });
});
