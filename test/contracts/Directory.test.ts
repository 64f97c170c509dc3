import { encodeBytes32String, getAddress, ZeroAddress, ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import { directoryNames } from "../../nodes/ledger/deployment.ts";
import { decisions, eventsOf, refusal, useLedger } from "./fixture.ts";

const ledger = useLedger();
const name = encodeBytes32String("Profiles");

describe("Directory", () => {
  it("leads to every contract that was deployed", async () => {
    const { directory } = ledger().as("stranger");
    for (const each of directoryNames) {
      const address = await directory.addressOf(encodeBytes32String(each));
      expect(address.toLowerCase()).toBe(ledger().deployment.contracts[each]);
    }
    expect(await directory.deployedAt()).toBe(BigInt(ledger().deployment.block));
  });

  it("leads a name elsewhere when the members decide so", async () => {
    const { directory } = ledger().as("stranger");
    const target = getAddress(await directory.getAddress());
    const decided = ledger().govern(decisions(ledger()).set(name, target));
    expect(await eventsOf(decided, directory)).toEqual([{ event: "AddressSet", name, target }]);
    expect(await directory.addressOf(name)).toBe(target);
  });

  it("refuses every account", async () => {
    for (const role of ["deployer", "consumer", "stranger"] as const) {
      const { directory } = ledger().as(role);
      expect(await refusal(directory.set(name, await directory.getAddress()))).toEqual({
        error: "AccessManagedUnauthorized",
        caller: ledger().address(role),
      });
    }
  });

  it("refuses no name, and a target that is no contract", async () => {
    const { set } = decisions(ledger());
    expect(await refusal(ledger().govern(set(ZeroHash, ledger().deployment.directory)))).toEqual({
      error: "NameMissing",
    });
    for (const target of [ZeroAddress, ledger().address("stranger")]) {
      expect(await refusal(ledger().govern(set(name, target)))).toEqual({
        error: "TargetWithoutCode",
        name,
        target,
      });
    }
  });

  it("refuses to answer for a name that leads nowhere", async () => {
    const unknown = encodeBytes32String("Weather");
    expect(await refusal(ledger().as("stranger").directory.addressOf(unknown))).toEqual({
      error: "NameUnknown",
      name: unknown,
    });
  });
});
