import { FunctionFragment, type Interface } from "ethers";
import { describe, expect, it } from "vitest";
import { interfaces } from "../../nodes/ledger/contracts.ts";
import { directoryNames } from "../../nodes/ledger/deployment.ts";
import { plain, refusal, rules, useLedger } from "./fixture.ts";

const ledger = useLedger();

/** Every contract of the ledger by its name, with its address. */
const contracts = (): [name: string, address: string, known: Interface][] => [
  ["Directory", ledger().deployment.directory, interfaces.Directory],
  ...directoryNames.map((name): [string, string, Interface] => [
    name,
    ledger().deployment.contracts[name],
    interfaces[name],
  ]),
];

/** Everything that the access contract ever said, in order. */
async function saidByAccess(): Promise<{ event: string; [parameter: string]: unknown }[]> {
  const logs = await ledger().provider.getLogs({
    address: ledger().deployment.contracts.Access,
    fromBlock: 0,
  });
  return logs.map((log) => {
    const event = interfaces.Access.parseLog(log);
    if (event === null) throw new Error("the access contract says something unknown");
    return { event: event.name, ...plain(event.args) };
  });
}

const hasCode = async (address: string) => (await ledger().provider.getCode(address)) !== "0x";

describe("who has rights after the deployment", () => {
  it("is Governance alone, and no account", async () => {
    const { access } = ledger().as("stranger");
    const holders = new Map<string, { readonly role: bigint; readonly account: string }>();
    for (const { event, roleId, account } of await saidByAccess()) {
      const key = `${String(roleId)} ${String(account)}`;
      if (event === "RoleGranted")
        holders.set(key, { role: BigInt(String(roleId)), account: String(account) });
      else if (event === "RoleRevoked") holders.delete(key);
      // No role has an administrator or a guardian of its own, no function another role, and nothing waits.
      else throw new Error(`the deployment left more behind: ${event}`);
    }
    const { Governance } = ledger().deployment.contracts;
    const held = [...holders.values()].map(({ role, account }) => [role, account.toLowerCase()]);
    expect(held).toEqual([[await access.ADMIN_ROLE(), Governance]]);
    expect(await hasCode(Governance)).toBe(true);
    expect([...(await access.hasRole(0, Governance))]).toEqual([true, BigInt(rules.executionDelay)]);
    for (const role of ["deployer", "consumer", "bank", "bureau", "stranger"] as const) {
      expect(await hasCode(ledger().address(role))).toBe(false);
      expect(await access.hasRole(0, ledger().address(role))).toEqual([false, 0n]);
    }
    // Who grants and revokes the one role is the role itself.
    expect([await access.getRoleAdmin(0), await access.getRoleGuardian(0)]).toEqual([0n, 0n]);
  });

  it("is asked by every contract that has anything to govern, for every such function", async () => {
    const { access } = ledger().as("stranger");
    const { Access } = ledger().deployment.contracts;
    const governed: string[] = [];
    for (const [name, address, known] of contracts()) {
      const functions = known.fragments.filter((fragment) => FunctionFragment.isFragment(fragment));
      // Nothing has an owner, an administrator or roles of its own; but the access contract, which is looked at above.
      const own = functions.filter(({ name: each }) => /owner|admin|role|guardian|minter|pauser/i.test(each));
      expect(name === "Access" ? [] : own.map(({ name: each }) => each)).toEqual([]);
      if (!known.hasFunction("authority")) continue;
      governed.push(name);
      const data = known.encodeFunctionData("authority");
      const answer = await ledger().provider.call({ to: address, data });
      expect(String(known.decodeFunctionResult("authority", answer)[0]).toLowerCase()).toBe(Access);
      expect(await access.isTargetClosed(address)).toBe(false);
      expect(await access.getTargetAdminDelay(address)).toBe(0n);
      for (const { selector } of functions) {
        expect(await access.getTargetFunctionRole(address, selector)).toBe(0n);
      }
    }
    expect(governed).toEqual(["Directory", "Profiles", "Credit", "Supervision", "Communities"]);
  });

  it("leaves the deployer no way back", async () => {
    const { access, profiles, directory } = ledger().as("deployer");
    const { deployer } = ledger().accounts;
    const denied = { error: "AccessManagerUnauthorizedAccount", msgsender: deployer.address, roleId: 0n };
    expect(await refusal(access.grantRole(0, deployer, 0))).toEqual(denied);
    expect(await refusal(access.revokeRole(0, ledger().deployment.contracts.Governance))).toEqual(denied);
    expect(await refusal(access.updateAuthority(profiles, deployer))).toEqual(denied);
    expect(await refusal(access.setTargetClosed(profiles, true))).toEqual(denied);
    const admit = profiles.interface.encodeFunctionData("admit", [deployer.address, "deployer", 1]);
    expect(await refusal(access.execute(profiles, admit))).toMatchObject({
      error: "AccessManagerUnauthorizedCall",
      caller: deployer.address,
    });
    expect(await refusal(access.schedule(profiles, admit, 0))).toMatchObject({
      error: "AccessManagerUnauthorizedCall",
    });
    expect(await refusal(directory.setAuthority(deployer))).toEqual({
      error: "AccessManagedUnauthorized",
      caller: deployer.address,
    });
  });
});
