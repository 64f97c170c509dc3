import { describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { decodeRevert } from "../../../nodes/ledger/revert.ts";
import { ada } from "../../pipeline/index/ledger.ts";

describe("reverts", () => {
  it("are decoded by every contract's errors", () => {
    const data = interfaces.Bookings.encodeErrorResult("CostExceeded", [10n, 9n]);
    expect(decodeRevert(data)).toEqual({ error: "CostExceeded", parameters: { cost: "10", maxCost: "9" } });
    const active = interfaces.Profiles.encodeErrorResult("NotActive", [ada]);
    expect(decodeRevert(active)).toEqual({ error: "NotActive", parameters: { account: ada } });
  });

  it("that nobody knows are given as they are", () => {
    expect(decodeRevert("0xdeadbeef")).toEqual({ error: "", parameters: { data: "0xdeadbeef" } });
    expect(decodeRevert(undefined)).toEqual({ error: "", parameters: {} });
    const cut = interfaces.Bookings.encodeErrorResult("CostExceeded", [10n, 9n]).slice(0, 40);
    expect(decodeRevert(cut)).toEqual({ error: "", parameters: { data: cut } });
  });
});
