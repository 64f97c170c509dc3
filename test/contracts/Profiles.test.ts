import { type ContractTransactionResponse, Signature, ZeroAddress, ZeroHash } from "ethers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Name } from "../../pipeline/belt/index.ts";
import { Access__factory } from "../../types/factories/Access__factory.ts";
import { Profiles__factory } from "../../types/factories/Profiles__factory.ts";
import { decisions, eventsOf, hash, plain, refusal, useLedger } from "./fixture.ts";

const ledger = useLedger();
const url = "https://node.bank.example/v1";
const standing = { active: 1n, suspended: 2n, left: 3n, removed: 4n } as const;

describe("Profiles: admission", () => {
  it("makes an account a member that may act", async () => {
    const { profiles } = ledger().as("stranger");
    const member = ledger().address("stranger");
    expect([await profiles.isActive(member), await profiles.isSupervisor(member)]).toEqual([false, false]);
    const decided = ledger().govern(decisions(ledger()).admit(member, "late-comer", 24));
    expect(await eventsOf(decided, profiles)).toEqual([
      { event: "DelegateVotesChanged", delegate: member, previousVotes: 0n, newVotes: 1n },
      { event: "MemberAdmitted", member, name: "late-comer", kinds: 24n },
    ]);
    expect([await profiles.isActive(member), await profiles.isSupervisor(member)]).toEqual([true, true]);
    expect(await profiles.memberNamed("late-comer")).toBe(member);
    const { number } = await ledger().block();
    expect(plain(await profiles.profileOf(member))).toEqual({
      name: "late-comer",
      url: "",
      signingKey: ZeroHash,
      sealingKey: ZeroHash,
      keysFrom: 0n,
      admittedAt: BigInt(number),
      kinds: 24n,
      standing: standing.active,
    });
  });

  it("refuses every account, members and who deployed it as well", async () => {
    for (const role of ["deployer", "bank", "stranger"] as const) {
      expect(await refusal(ledger().as(role).profiles.admit(ledger().address(role), "me", 1))).toEqual({
        error: "AccessManagedUnauthorized",
        caller: ledger().address(role),
      });
    }
  });

  it("refuses nobody, a member, a name that is taken, and kinds that are none", async () => {
    const { admit } = decisions(ledger());
    const refused = (...what: Parameters<typeof admit>) => refusal(ledger().govern(admit(...what)));
    const [stranger, bank] = [ledger().address("stranger"), ledger().address("bank")];
    expect(await refused(ZeroAddress, "nobody", 1)).toEqual({ error: "MemberMissing" });
    expect(await refused(bank, "bank", 1)).toEqual({ error: "MemberExists", member: bank });
    expect(await refused(bank, "bank-2", 1)).toEqual({ error: "MemberExists", member: bank });
    expect(await refused(stranger, "bank", 1)).toEqual({ error: "NameTaken", name: "bank", member: bank });
    for (const kinds of [0, 32, 33, 0x8000]) {
      expect(await refused(stranger, "new", kinds)).toEqual({ error: "KindsInvalid", kinds: BigInt(kinds) });
    }
  });

  it("takes the names that documents take, and no others", async () => {
    const { stranger } = ledger().accounts;
    // A consortium that is still to be handed over: its founder admits without a vote.
    const access = await new Access__factory(stranger).deploy(stranger);
    const profiles = await new Profiles__factory(stranger).deploy(access);
    const accepts = async (name: string) => {
      try {
        await profiles.admit.staticCall(stranger, name, 1);
        return true;
      } catch (error) {
        expect(await refusal(Promise.reject(error))).toEqual({ error: "NameInvalid", name });
        return false;
      }
    };
    const chosen = [
      "a",
      "a1",
      "a-1",
      "x".repeat(48),
      "",
      "1a",
      "-a",
      "a-",
      "a--b",
      "A",
      "a_b",
      "é",
      "x".repeat(49),
    ];
    for (const name of chosen)
      expect([name, await accepts(name)]).toEqual([name, Name.safeParse(name).success]);
    for (const name of ["az", "z0-9a", "a`", "a{", "a/", "a:"]) {
      expect([name, await accepts(name)]).toEqual([name, Name.safeParse(name).success]);
    }
    const nearName = fc.string({ unit: fc.constantFrom(..."az09-A_{/:`é"), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(nearName, async (name) => {
        expect(await accepts(name)).toBe(Name.safeParse(name).success);
      }),
      { numRuns: 100 },
    );
  });
});

describe("Profiles: publishing", () => {
  it("publishes the member's own URL and keys, which count from this block", async () => {
    const { profiles } = ledger().as("bank");
    const member = ledger().address("bank");
    const events = await eventsOf(profiles.publish(url, hash(1), hash(2)), profiles);
    const fromBlock = BigInt((await ledger().block()).number);
    expect(events).toEqual([
      { event: "ProfilePublished", member, url },
      { event: "KeysRotated", member, signingKey: hash(1), sealingKey: hash(2), fromBlock },
    ]);
    expect(plain(await profiles.profileOf(member))).toMatchObject({
      name: "bank",
      url,
      signingKey: hash(1),
      sealingKey: hash(2),
      keysFrom: fromBlock,
    });
  });

  it("rotates keys only when one of them changes", async () => {
    const { profiles } = ledger().as("bank");
    const member = ledger().address("bank");
    await profiles.publish(url, hash(1), hash(2));
    const { keysFrom } = await profiles.profileOf(member);
    expect(await eventsOf(profiles.publish("http://localhost:4100", hash(1), hash(2)), profiles)).toEqual([
      { event: "ProfilePublished", member, url: "http://localhost:4100" },
    ]);
    expect((await profiles.profileOf(member)).keysFrom).toBe(keysFrom);
    for (const [signingKey, sealingKey] of [
      [hash(1), hash(3)],
      [hash(4), hash(3)],
    ] as const) {
      const events = await eventsOf(profiles.publish(url, signingKey, sealingKey), profiles);
      const fromBlock = BigInt((await ledger().block()).number);
      expect(events[1]).toEqual({ event: "KeysRotated", member, signingKey, sealingKey, fromBlock });
      expect((await profiles.profileOf(member)).keysFrom).toBe(fromBlock);
    }
  });

  it("refuses an account that is no member", async () => {
    expect(await refusal(ledger().as("stranger").profiles.publish(url, hash(1), hash(2)))).toEqual({
      error: "NotActive",
      account: ledger().address("stranger"),
    });
  });

  it("refuses a URL that is too long or has other than visible ASCII characters", async () => {
    const { profiles } = ledger().as("bank");
    const longest = `https://${"x".repeat(248)}`;
    expect(longest).toHaveLength(256);
    await profiles.publish(longest, hash(1), hash(2));
    await profiles.publish("http://a!~", hash(1), hash(2));
    for (const each of ["", `${longest}x`, "http://a b", "http://a\u001b[2J", "http://a\u007f", "http://é"]) {
      expect(await refusal(profiles.publish(each, hash(1), hash(2)))).toEqual({
        error: "UrlInvalid",
        url: each,
      });
    }
  });

  it("refuses a missing key", async () => {
    const { profiles } = ledger().as("bank");
    for (const [signingKey, sealingKey] of [
      [ZeroHash, hash(2)],
      [hash(1), ZeroHash],
    ] as const) {
      expect(await refusal(profiles.publish(url, signingKey, sealingKey))).toEqual({
        error: "KeyMissing",
        signingKey,
        sealingKey,
      });
    }
  });
});

describe("Profiles: standing", () => {
  const of = async (member: string) => (await ledger().as("stranger").profiles.profileOf(member)).standing;

  it("suspends and reinstates: a suspended member publishes nothing and has no vote", async () => {
    const { profiles } = ledger().as("bank");
    const member = ledger().address("bank");
    const { suspend, reinstate } = decisions(ledger());
    expect(await eventsOf(ledger().govern(suspend(member)), profiles)).toEqual([
      { event: "DelegateVotesChanged", delegate: member, previousVotes: 1n, newVotes: 0n },
      { event: "MemberSuspended", member },
    ]);
    expect([await of(member), await profiles.isActive(member)]).toEqual([standing.suspended, false]);
    expect(await refusal(profiles.publish(url, hash(1), hash(2)))).toEqual({
      error: "NotActive",
      account: member,
    });
    // The consumer and the bureau are left to decide: both are needed for more than half.
    const decided = ledger().governBy(["consumer", "bureau"], reinstate(member));
    expect(await eventsOf(decided, profiles)).toEqual([
      { event: "DelegateVotesChanged", delegate: member, previousVotes: 0n, newVotes: 1n },
      { event: "MemberReinstated", member },
    ]);
    expect([await of(member), await profiles.isActive(member)]).toEqual([standing.active, true]);
    await profiles.publish(url, hash(1), hash(2));
  });

  it("removes a member, suspended or not; admitted again it has its name, URL and keys", async () => {
    const { profiles } = ledger().as("bureau");
    const member = ledger().address("bureau");
    await profiles.publish(url, hash(1), hash(2));
    const { admittedAt } = await profiles.profileOf(member);
    const { admit, suspend, remove } = decisions(ledger());
    const events = await eventsOf(ledger().govern(suspend(member), remove(member)), profiles);
    expect(events.map(({ event }) => event)).toEqual([
      "DelegateVotesChanged",
      "MemberSuspended",
      "MemberRemoved",
    ]);
    expect(await of(member)).toBe(standing.removed);
    expect(await profiles.memberNamed("bureau")).toBe(member);
    expect(await refusal(ledger().govern(admit(member, "other", 1)))).toEqual({
      error: "NameChanged",
      name: "other",
      former: "bureau",
    });
    await ledger().govern(admit(member, "bureau", 8));
    expect(plain(await profiles.profileOf(member))).toMatchObject({
      ...{ name: "bureau", url, signingKey: hash(1), kinds: 8n, standing: standing.active, admittedAt },
    });
    expect(await profiles.memberCount()).toBe(3n);
  });

  it("lets a member resign, once, and come back only by the members' decision", async () => {
    const { profiles } = ledger().as("bureau");
    const member = ledger().address("bureau");
    expect(await eventsOf(profiles.resign(), profiles)).toEqual([
      { event: "DelegateVotesChanged", delegate: member, previousVotes: 1n, newVotes: 0n },
      { event: "MemberLeft", member },
    ]);
    expect(await of(member)).toBe(standing.left);
    const unknown = { error: "MemberUnknown", account: member };
    expect(await refusal(profiles.resign())).toEqual(unknown);
    const { admit, remove, changeKinds } = decisions(ledger());
    expect(await refusal(ledger().govern(remove(member)))).toEqual(unknown);
    expect(await refusal(ledger().govern(changeKinds(member, 1)))).toEqual(unknown);
    await ledger().govern(admit(member, "bureau", 1));
    expect(await of(member)).toBe(standing.active);
  });

  it("lets a suspended member resign", async () => {
    const member = ledger().address("bank");
    await ledger().govern(decisions(ledger()).suspend(member));
    await ledger().as("bank").profiles.resign();
    expect(await of(member)).toBe(standing.left);
  });

  it("changes what a member is: a supervisor is one while it may act", async () => {
    const { profiles } = ledger().as("stranger");
    const member = ledger().address("bank");
    const { changeKinds, suspend } = decisions(ledger());
    expect(await profiles.isSupervisor(member)).toBe(false);
    expect(await eventsOf(ledger().govern(changeKinds(member, 17)), profiles)).toEqual([
      { event: "KindsChanged", member, kinds: 17n },
    ]);
    expect(await profiles.isSupervisor(member)).toBe(true);
    await ledger().govern(suspend(member));
    expect(await profiles.isSupervisor(member)).toBe(false);
  });

  it("refuses what does not fit the standing", async () => {
    const [bank, stranger] = [ledger().address("bank"), ledger().address("stranger")];
    const { suspend, reinstate, remove, changeKinds } = decisions(ledger());
    const refused = (call: ReturnType<typeof suspend>) => refusal(ledger().govern(call));
    expect(await refused(suspend(stranger))).toEqual({ error: "NotActive", account: stranger });
    expect(await refused(reinstate(bank))).toEqual({
      error: "NotSuspended",
      member: bank,
      standing: standing.active,
    });
    expect(await refused(remove(stranger))).toEqual({ error: "MemberUnknown", account: stranger });
    expect(await refused(changeKinds(stranger, 1))).toEqual({ error: "MemberUnknown", account: stranger });
    expect(await refused(changeKinds(bank, 0))).toEqual({ error: "KindsInvalid", kinds: 0n });
  });

  it("is nobody's to change alone", async () => {
    const bank = ledger().address("bank");
    for (const role of ["deployer", "consumer", "bank", "stranger"] as const) {
      const { profiles } = ledger().as(role);
      const denied = { error: "AccessManagedUnauthorized", caller: ledger().address(role) };
      expect(await refusal(profiles.suspend(bank))).toEqual(denied);
      expect(await refusal(profiles.reinstate(bank))).toEqual(denied);
      expect(await refusal(profiles.remove(bank))).toEqual(denied);
      expect(await refusal(profiles.changeKinds(bank, 1))).toEqual(denied);
    }
  });

  it("keeps the last active member, so that somebody can always decide", async () => {
    const consumer = ledger().address("consumer");
    await ledger().as("bank").profiles.resign();
    await ledger().as("bureau").profiles.resign();
    const last = { error: "LastMember", member: consumer };
    expect(await refusal(ledger().as("consumer").profiles.resign())).toEqual(last);
    const { admit, suspend, remove } = decisions(ledger());
    expect(await refusal(ledger().governBy(["consumer"], suspend(consumer)))).toEqual(last);
    expect(await refusal(ledger().governBy(["consumer"], remove(consumer)))).toEqual(last);
    await ledger().governBy(["consumer"], admit(ledger().address("bank"), "bank", 1));
    await ledger().as("consumer").profiles.resign();
    expect(await ledger().as("stranger").profiles.activeCount()).toBe(1n);
  });
});

describe("Profiles: keys of long ago", () => {
  it("answers for every block which keys counted, also when the member is gone", async () => {
    const { profiles } = ledger().as("bank");
    const member = ledger().address("bank");
    const rotations: { readonly from: number; readonly key: number }[] = [];
    for (let key = 1; key <= 7; key++) {
      await profiles.publish(url, hash(key), hash(100 + key));
      rotations.push({ from: (await ledger().block()).number, key });
      await ledger().provider.send("hardhat_mine", [`0x${(key % 3).toString(16)}`]);
    }
    await profiles.resign();
    const [first] = rotations;
    const newest = (await ledger().block()).number;
    for (let block = (first?.from ?? 0) - 1; block <= newest + 1; block++) {
      const counts = rotations.findLast(({ from }) => from <= block);
      if (counts === undefined) {
        expect(await refusal(profiles.keysAt(member, block))).toEqual({
          ...{ error: "KeysUnknown", member, atBlock: BigInt(block) },
        });
      } else {
        const { from, key } = counts;
        expect(plain(await profiles.keysAt(member, block))).toEqual({
          ...{ signing: hash(key), sealing: hash(100 + key), fromBlock: BigInt(from) },
        });
      }
    }
    expect(await refusal(profiles.keysAt(ledger().address("stranger"), newest))).toMatchObject({
      error: "KeysUnknown",
    });
  });

  it("has one pair of keys a block: the last", async () => {
    const { profiles } = ledger().as("bank");
    await profiles.publish(url, hash(1), hash(2));
    await ledger().provider.send("evm_setAutomine", [false]);
    const nonce = await ledger().accounts.bank.getNonce();
    const gasLimit = 300_000;
    await profiles.publish(url, hash(3), hash(4), { nonce, gasLimit });
    await profiles.publish(url, hash(5), hash(6), { nonce: nonce + 1, gasLimit });
    await ledger().provider.send("evm_mine", []);
    await ledger().provider.send("evm_setAutomine", [true]);
    const { number } = await ledger().block();
    const keysAt = async (block: number) => (await profiles.keysAt(ledger().address("bank"), block)).signing;
    expect([await keysAt(number - 1), await keysAt(number)]).toEqual([hash(1), hash(5)]);
  });
});

describe("Profiles: votes", () => {
  it("are one for each active member, now and at any time before", async () => {
    const { profiles } = ledger().as("stranger");
    const member = ledger().address("bureau");
    const before = await ledger().now();
    await ledger().as("bureau").profiles.resign();
    const after = await ledger().now();
    await ledger().travelTo(after + 10);
    expect([await profiles.getVotes(member), await profiles.activeCount()]).toEqual([0n, 2n]);
    expect([await profiles.getPastVotes(member, before), await profiles.getPastTotalSupply(before)]).toEqual([
      1n,
      3n,
    ]);
    expect([await profiles.getPastVotes(member, after), await profiles.getPastTotalSupply(after)]).toEqual([
      0n,
      2n,
    ]);
    expect(await profiles.CLOCK_MODE()).toBe("mode=timestamp");
    expect(await profiles.clock()).toBe(BigInt(await ledger().now()));
  });

  it("stay with their members", async () => {
    const { profiles } = ledger().as("bank");
    const [member, delegatee] = [ledger().address("bank"), ledger().address("consumer")];
    expect(await profiles.delegates(member)).toBe(member);
    const refused = { error: "DelegationRefused", member, delegatee };
    expect(await refusal(profiles.delegate(delegatee))).toEqual(refused);
    const { chainId, contracts } = ledger().deployment;
    const domain = { name: "Belt profiles", version: "1", chainId, verifyingContract: contracts.Profiles };
    const expiry = (await ledger().now()) + 1_000;
    const types = {
      Delegation: [
        { name: "delegatee", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "expiry", type: "uint256" },
      ],
    };
    const value = { delegatee, nonce: 0, expiry };
    const { v, r, s } = Signature.from(await ledger().accounts.bank.signTypedData(domain, types, value));
    const relayed = ledger().as("stranger").profiles.delegateBySig(delegatee, 0, expiry, v, r, s);
    expect(await refusal(relayed)).toEqual(refused);
  });

  it("cost the same to give and to take, however many there are", { timeout: 60_000 }, async () => {
    const { stranger } = ledger().accounts;
    const access = await new Access__factory(stranger).deploy(stranger);
    const profiles = await new Profiles__factory(stranger).deploy(access);
    const gas: { admit: bigint; suspend: bigint; reinstate: bigint }[] = [];
    const used = async (sent: Promise<ContractTransactionResponse>) =>
      (await (await sent).wait())?.gasUsed ?? 0n;
    for (let number = 0; number < 64; number++) {
      const member = `0x${(0xf000 + number).toString(16).padStart(40, "0")}`;
      const admit = await used(profiles.admit(member, `m-${1_000 + number}`, 1));
      if (number !== 1 && number !== 63) continue;
      const suspend = await used(profiles.suspend(member));
      gas.push({ admit, suspend, reinstate: await used(profiles.reinstate(member)) });
    }
    const [early, late] = gas;
    expect(late).toEqual(early);
  });
});

describe("Profiles: reading", () => {
  it("lists the members in pages, in the order of their admission", async () => {
    const { profiles } = ledger().as("stranger");
    const all = (["consumer", "bank", "bureau"] as const).map((role) => ledger().address(role));
    expect(await profiles.memberCount()).toBe(3n);
    const page = async (start: number | bigint, limit: number | bigint) => [
      ...(await profiles.members(start, limit)),
    ];
    expect(await page(0, 2)).toEqual(all.slice(0, 2));
    expect(await page(2, 2)).toEqual(all.slice(2));
    expect(await page(0, 2n ** 256n - 1n)).toEqual(all);
    expect(await page(3, 1)).toEqual([]);
    expect(await page(2n ** 256n - 1n, 2n ** 256n - 1n)).toEqual([]);
    expect(await page(0, 0)).toEqual([]);
  });

  it("has no profile and no name of who is no member", async () => {
    const { profiles } = ledger().as("stranger");
    const account = ledger().address("stranger");
    expect(await refusal(profiles.profileOf(account))).toEqual({ error: "MemberUnknown", account });
    expect(await profiles.memberNamed("nobody")).toBe(ZeroAddress);
  });
});
