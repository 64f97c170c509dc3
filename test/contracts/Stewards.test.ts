import { ZeroAddress, ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import { decisions, eventsOf, hash, offersOf, plain, type Role, refusal, useLedger } from "./fixture.ts";

/** The consumer's belts 1 and 2, and the bureau's belt 3. */
const ledger = useLedger(async (fresh) => {
  const offers = await offersOf(fresh, "bank", 1);
  for (const [belt, role] of [
    [1, "consumer"],
    [2, "consumer"],
    [3, "bureau"],
  ] as const) {
    await fresh.as(role).belts.publish(hash(belt), ZeroHash, offers);
  }
});
const address = (role: Role) => ledger().address(role);
const by = (role: Role) => ledger().as(role).belts;
const record = async (belt: number) => plain(await by("stranger").beltOf(hash(belt)));

const belt = hash(1);
const unknown = { error: "BeltUnknown", belt: hash(9) };

describe("a steward", () => {
  it("is who published the belt, until another member takes it over", async () => {
    const [steward, candidate] = [address("consumer"), address("bank")];
    expect(await eventsOf(by("consumer").proposeSteward(belt, candidate), by("consumer"))).toEqual([
      { event: "StewardProposed", belt, steward, candidate },
    ]);
    expect(await by("stranger").stewardCandidateOf(belt)).toBe(candidate);
    expect((await record(1))["steward"]).toBe(steward);
    expect(await eventsOf(by("bank").acceptSteward(belt), by("bank"))).toEqual([
      { event: "StewardChanged", belt, former: steward, steward: candidate },
    ]);
    expect((await record(1))["steward"]).toBe(candidate);
    expect((await record(1))["member"]).toBe(steward);
    expect(await by("stranger").stewardCandidateOf(belt)).toBe(ZeroAddress);
    expect(await refusal(by("consumer").proposeSteward(belt, address("bureau")))).toEqual({
      ...{ error: "NotSteward", belt, steward: candidate, account: steward },
    });
    await by("bank").proposeSteward(belt, steward);
    await by("consumer").acceptSteward(belt);
    expect((await record(1))["steward"]).toBe(steward);
  });

  it("takes a proposal back, and nobody but who was proposed accepts", async () => {
    await by("consumer").proposeSteward(belt, address("bank"));
    expect(await refusal(by("bureau").acceptSteward(belt))).toEqual({
      ...{ error: "NotStewardCandidate", belt, candidate: address("bank"), account: address("bureau") },
    });
    await by("consumer").proposeSteward(belt, ZeroAddress);
    expect(await refusal(by("bank").acceptSteward(belt))).toEqual({
      ...{ error: "NotStewardCandidate", belt, candidate: ZeroAddress, account: address("bank") },
    });
  });

  it("is proposed among members alone, of a belt that there is", async () => {
    expect(await refusal(by("consumer").proposeSteward(belt, address("stranger")))).toEqual({
      ...{ error: "NotActive", account: address("stranger") },
    });
    for (const call of [
      () => by("consumer").proposeSteward(hash(9), address("bank")),
      () => by("consumer").acceptSteward(hash(9)),
      () => by("consumer").deprecate(hash(9), ZeroHash),
      () => by("consumer").endorse(hash(9)),
      () => by("consumer").withdrawEndorsement(hash(9)),
    ]) {
      expect(await refusal(call())).toEqual(unknown);
    }
  });
});

describe("a deprecation", () => {
  it("names a newer belt, or none yet, and stays", async () => {
    const { belts } = ledger().as("consumer");
    const steward = address("consumer");
    expect(await eventsOf(belts.deprecate(belt, ZeroHash), belts)).toEqual([
      { event: "BeltDeprecated", belt, steward, successor: ZeroHash },
    ]);
    const at = BigInt((await ledger().block()).number);
    expect(await record(1))["toMatchObject"]({ deprecatedAt: at, successor: ZeroHash });
    expect(await refusal(belts.deprecate(belt, ZeroHash))).toEqual({
      ...{ error: "BeltDeprecatedBefore", belt, successor: ZeroHash },
    });
    await belts.deprecate(belt, hash(3));
    expect(await record(1))["toMatchObject"]({ deprecatedAt: at, successor: hash(3) });
    expect(await refusal(belts.deprecate(belt, hash(2)))).toEqual({
      ...{ error: "BeltDeprecatedBefore", belt, successor: hash(3) },
    });
  });

  it("refuses a successor that is older, deprecated, unknown, or the belt itself", async () => {
    const { belts } = ledger().as("consumer");
    const refused = (successor: string, of = belt) => ({ error: "SuccessorRefused", belt: of, successor });
    expect(await refusal(belts.deprecate(belt, belt))).toEqual(refused(belt));
    expect(await refusal(belts.deprecate(hash(2), belt))).toEqual(refused(belt, hash(2)));
    expect(await refusal(belts.deprecate(belt, hash(9)))).toEqual(unknown);
    await belts.deprecate(hash(2), ZeroHash);
    expect(await refusal(belts.deprecate(belt, hash(2)))).toEqual(refused(hash(2)));
    expect(await record(1))["toMatchObject"]({ deprecatedAt: 0n, successor: ZeroHash });
  });

  it("is its steward's alone", async () => {
    expect(await refusal(by("bank").deprecate(belt, ZeroHash))).toEqual({
      ...{ error: "NotSteward", belt, steward: address("consumer"), account: address("bank") },
    });
    expect(await refusal(by("stranger").deprecate(belt, ZeroHash))).toEqual({
      ...{ error: "NotActive", account: address("stranger") },
    });
  });

  it("is advice: the belt can be booked, and the sheets go on", async () => {
    await by("consumer").deprecate(belt, hash(2));
    const { bookings } = ledger().as("consumer");
    const deadline = (await ledger().now()) + 100_000;
    await bookings.book(belt, hash(5), 3, deadline, 10n ** 30n);
    const sheet = await bookings.book.staticCall(belt, hash(6), 3, deadline, 10n ** 30n);
    expect(sheet).not.toBe(ZeroHash);
  });
});

describe("an endorsement", () => {
  it("is counted once a member, and can be taken back", async () => {
    const member = address("bank");
    expect(await eventsOf(by("bank").endorse(belt), by("bank"))).toEqual([
      { event: "BeltEndorsed", belt, member },
    ]);
    expect(await refusal(by("bank").endorse(belt))).toEqual({ error: "EndorsementExists", belt, member });
    await by("bureau").endorse(belt);
    expect((await record(1))["endorsements"]).toBe(2n);
    expect(await by("stranger").isEndorsedBy(belt, member)).toBe(true);
    expect(await by("stranger").isEndorsedBy(hash(2), member)).toBe(false);
    expect(await eventsOf(by("bank").withdrawEndorsement(belt), by("bank"))).toEqual([
      { event: "EndorsementWithdrawn", belt, member },
    ]);
    expect((await record(1))["endorsements"]).toBe(1n);
    expect(await refusal(by("bank").withdrawEndorsement(belt))).toEqual({
      ...{ error: "EndorsementUnknown", belt, member },
    });
    await by("bank").endorse(belt);
    expect((await record(1))["endorsements"]).toBe(2n);
  });

  it("is never of one's own belt, published or taken over", async () => {
    const own = (role: Role) => ({ error: "OwnBelt", belt, member: address(role) });
    expect(await refusal(by("consumer").endorse(belt))).toEqual(own("consumer"));
    await by("bank").endorse(belt);
    await by("consumer").proposeSteward(belt, address("bank"));
    // Whoever takes a belt over does not go on endorsing it.
    const taken = await eventsOf(by("bank").acceptSteward(belt), by("bank"));
    expect(taken.map(({ event }) => event)).toEqual(["StewardChanged", "EndorsementWithdrawn"]);
    expect((await record(1))["endorsements"]).toBe(0n);
    expect(await refusal(by("bank").endorse(belt))).toEqual(own("bank"));
    expect(await refusal(by("consumer").endorse(belt))).toEqual(own("consumer"));
  });

  it("and a belt are let go of by a suspended member too, which endorses and deprecates none", async () => {
    const consumer = address("consumer");
    await by("consumer").endorse(hash(3));
    await ledger().governBy(["bank", "bureau"], decisions(ledger()).suspend(consumer));
    const inactive = { error: "NotActive", account: consumer };
    expect(await refusal(by("consumer").deprecate(belt, ZeroHash))).toEqual(inactive);
    await by("consumer").withdrawEndorsement(hash(3));
    expect(await refusal(by("consumer").endorse(hash(3)))).toEqual(inactive);
    await by("consumer").proposeSteward(belt, address("bank"));
    await by("bank").acceptSteward(belt);
    expect((await record(1))["steward"]).toBe(address("bank"));
    await by("bank").proposeSteward(belt, address("bureau"));
    await ledger().governBy(["bank", "bureau"], decisions(ledger()).suspend(address("bureau")));
    expect(await refusal(by("bureau").acceptSteward(belt))).toEqual({
      ...inactive,
      account: address("bureau"),
    });
  });

  it("is a member's", async () => {
    expect(await refusal(by("stranger").endorse(belt))).toEqual({
      ...{ error: "NotActive", account: address("stranger") },
    });
  });
});
