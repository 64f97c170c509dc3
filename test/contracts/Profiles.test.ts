import { ZeroAddress, ZeroHash } from "ethers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Name } from "../../pipeline/belt/index.ts";
import { eventsOf, hash, plain, refusal, useLedger } from "./fixture.ts";

const ledger = useLedger();
const url = "https://node.bank.example/v1";

describe("Profiles: admission", () => {
  it("makes an account a member that may act", async () => {
    const { profiles } = ledger().as("administrator");
    const member = ledger().address("stranger");
    expect(await profiles.isActive(member)).toBe(false);
    expect(await eventsOf(profiles.admit(member, "late-comer", 24), profiles)).toEqual([
      { event: "MemberAdmitted", member, name: "late-comer", kinds: 24n },
    ]);
    expect(await profiles.isActive(member)).toBe(true);
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
      active: true,
    });
  });

  it("refuses everybody but the administrator", async () => {
    for (const role of ["bank", "stranger"] as const) {
      expect(await refusal(ledger().as(role).profiles.admit(ledger().address(role), "me", 1))).toEqual({
        error: "OwnableUnauthorizedAccount",
        account: ledger().address(role),
      });
    }
  });

  it("refuses nobody, a member, a name that is taken, and kinds that are none", async () => {
    const { profiles } = ledger().as("administrator");
    const [stranger, bank] = [ledger().address("stranger"), ledger().address("bank")];
    expect(await refusal(profiles.admit(ZeroAddress, "nobody", 1))).toEqual({ error: "MemberMissing" });
    expect(await refusal(profiles.admit(bank, "bank-2", 1))).toEqual({ error: "MemberExists", member: bank });
    expect(await refusal(profiles.admit(stranger, "bank", 1))).toEqual({
      error: "NameTaken",
      name: "bank",
      member: bank,
    });
    for (const kinds of [0n, 32n, 33n, 0x8000n]) {
      expect(await refusal(profiles.admit(stranger, "new", kinds))).toEqual({ error: "KindsInvalid", kinds });
    }
  });

  it("takes the names that documents take, and no others", async () => {
    const { profiles } = ledger().as("administrator");
    const member = ledger().address("stranger");
    const accepts = async (name: string) => {
      try {
        await profiles.admit.staticCall(member, name, 1);
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
