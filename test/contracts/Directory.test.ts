import { encodeBytes32String, getAddress, ZeroAddress, ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import { directoryNames } from "../../nodes/ledger/deployment.ts";
import { eventsOf, refusal, useLedger } from "./fixture.ts";

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

  it("lets its administrator lead a name elsewhere", async () => {
    const { directory } = ledger().as("administrator");
    const target = getAddress(await directory.getAddress());
    expect(await eventsOf(directory.set(name, target), directory)).toEqual([
      { event: "AddressSet", name, target },
    ]);
    expect(await directory.addressOf(name)).toBe(target);
  });

  it("refuses an account that is not the administrator", async () => {
    for (const role of ["consumer", "stranger"] as const) {
      const { directory } = ledger().as(role);
      expect(await refusal(directory.set(name, await directory.getAddress()))).toEqual({
        error: "OwnableUnauthorizedAccount",
        account: ledger().address(role),
      });
    }
  });

  it("refuses no name, and a target that is no contract", async () => {
    const { directory } = ledger().as("administrator");
    expect(await refusal(directory.set(ZeroHash, await directory.getAddress()))).toEqual({
      error: "NameMissing",
    });
    for (const target of [ZeroAddress, ledger().address("stranger")]) {
      expect(await refusal(directory.set(name, target))).toEqual({
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

  it("is handed over in two steps, and only to whom it was offered", async () => {
    const successor = ledger().address("bank");
    const { directory } = ledger().as("administrator");
    await directory.transferOwnership(successor);
    expect(await directory.owner()).toBe(ledger().address("administrator"));
    expect(await refusal(ledger().as("stranger").directory.acceptOwnership())).toMatchObject({
      error: "OwnableUnauthorizedAccount",
    });
    await ledger().as("bank").directory.acceptOwnership();
    expect(await directory.owner()).toBe(successor);
    expect(await refusal(directory.set(name, await directory.getAddress()))).toMatchObject({
      error: "OwnableUnauthorizedAccount",
    });
  });
});
