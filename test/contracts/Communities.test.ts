import { id, MaxUint256, ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import { decisions, eventsOf, hash, offersOf, type Role, refusal, useLedger } from "./fixture.ts";

const name = "care-north";
const community = id(name);
const belt = hash(1);

/** The community has one steward, the bank, and a belt is there that it may adopt. */
const ledger = useLedger(async (fresh) => {
  await fresh.govern(decisions(fresh).found(name, [fresh.address("bank")]));
  await fresh.as("bank").belts.publish(belt, ZeroHash, await offersOf(fresh, "bank", 1));
});

const communities = (role: Role) => ledger().as(role).communities;
const address = (role: Role) => ledger().address(role);
const notSteward = (role: Role) => ({ error: "NotSteward", community, account: address(role) });

describe("a community", () => {
  it("is founded by the members' decision, with its first stewards, who belong to it", async () => {
    const known = communities("stranger");
    const stewards = [address("bureau"), address("consumer")];
    const founded = ledger().govern(decisions(ledger()).found("energy", stewards));
    expect(await eventsOf(founded, known)).toEqual([
      { event: "CommunityFounded", community: id("energy"), name: "energy" },
      ...stewards.flatMap((member) => [
        { event: "CommunityJoined", community: id("energy"), member },
        { event: "StewardAdded", community: id("energy"), member },
      ]),
    ]);
    expect(await known.nameOf(id("energy"))).toBe("energy");
    expect([...(await known.stewardsOf(id("energy")))]).toEqual(stewards);
    expect([...(await known.membersOf(id("energy"), 0, 9))]).toEqual(stewards);
    expect(await known.communityCount()).toBe(2n);
    expect([...(await known.communities(0, MaxUint256))]).toEqual([community, id("energy")]);
    expect([...(await known.communities(1, 1))]).toEqual([id("energy")]);
    expect([...(await known.communities(MaxUint256, MaxUint256))]).toEqual([]);
  });

  it("is founded by nobody alone", async () => {
    for (const role of ["deployer", "bank", "stranger"] as const) {
      const denied = { error: "AccessManagedUnauthorized", caller: address(role) };
      expect(await refusal(communities(role).found("mine", [address("bank")]))).toEqual(denied);
      expect(await refusal(communities(role).replaceStewards(community, [address("bank")]))).toEqual(denied);
    }
  });

  it("has a name of its own, and 1 to 32 stewards that are active members, once each", async () => {
    const { found } = decisions(ledger());
    const refused = (...what: Parameters<typeof found>) => refusal(ledger().govern(found(...what)));
    const bank = address("bank");
    expect(await refused("Care", [bank])).toEqual({ error: "NameInvalid", name: "Care" });
    expect(await refused(name, [bank])).toEqual({ error: "CommunityExists", community });
    expect(await refused("new", [])).toEqual({ error: "StewardsOutOfBounds", stewards: 0n });
    const many = Array.from({ length: 33 }, () => bank);
    expect(await refused("new", many)).toEqual({ error: "StewardsOutOfBounds", stewards: 33n });
    const twice = { error: "StewardExists", community: id("new"), member: bank };
    expect(await refused("new", [bank, bank])).toEqual(twice);
    const stranger = address("stranger");
    expect(await refused("new", [stranger])).toEqual({ error: "NotActive", account: stranger });
    expect(await refusal(communities("bank").nameOf(id("new")))).toEqual({
      ...{ error: "CommunityUnknown", community: id("new") },
    });
  });

  it("can be taken from stewards that have fallen silent, by the members' decision", async () => {
    const { replaceStewards } = decisions(ledger());
    const [bank, bureau] = [address("bank"), address("bureau")];
    const replaced = ledger().govern(replaceStewards(community, [bureau]));
    expect(await eventsOf(replaced, communities("stranger"))).toEqual([
      { event: "StewardRemoved", community, member: bank },
      { event: "CommunityJoined", community, member: bureau },
      { event: "StewardAdded", community, member: bureau },
    ]);
    expect([
      await communities("stranger").isSteward(community, bank),
      await communities("stranger").hasJoined(community, bank),
      await communities("stranger").isSteward(community, bureau),
    ]).toEqual([false, true, true]);
    expect(await refusal(communities("bank").adopt(community, belt))).toEqual(notSteward("bank"));
    // Who belongs to it already does not join once more.
    expect(
      await eventsOf(ledger().govern(replaceStewards(community, [bank])), communities("stranger")),
    ).toEqual([
      { event: "StewardRemoved", community, member: bureau },
      { event: "StewardAdded", community, member: bank },
    ]);
    expect(await refusal(ledger().govern(replaceStewards(id("none"), [bureau])))).toEqual({
      ...{ error: "CommunityUnknown", community: id("none") },
    });
  });
});

describe("belonging to a community", () => {
  it("is open to every active member, and to each by itself", async () => {
    const known = communities("stranger");
    expect(await known.hasJoined(community, address("consumer"))).toBe(false);
    expect(await eventsOf(communities("consumer").join(community), known)).toEqual([
      { event: "CommunityJoined", community, member: address("consumer") },
    ]);
    expect(await known.hasJoined(community, address("consumer"))).toBe(true);
    expect(await refusal(communities("consumer").join(community))).toEqual({
      ...{ error: "JoinedAlready", community, member: address("consumer") },
    });
    expect(await refusal(communities("stranger").join(community))).toEqual({
      ...{ error: "NotActive", account: address("stranger") },
    });
    expect(await refusal(communities("bureau").join(id("none")))).toEqual({
      ...{ error: "CommunityUnknown", community: id("none") },
    });
    expect([...(await known.membersOf(community, 0, 1))]).toEqual([address("bank")]);
    expect([...(await known.membersOf(community, 1, MaxUint256))]).toEqual([address("consumer")]);
    expect([...(await known.membersOf(community, MaxUint256, 1))]).toEqual([]);
  });

  it("ends when a member wants it to, also when it may not act", async () => {
    const known = communities("stranger");
    await communities("consumer").join(community);
    await ledger().govern(decisions(ledger()).suspend(address("consumer")));
    expect(await eventsOf(communities("consumer").quit(community), known)).toEqual([
      { event: "CommunityLeft", community, member: address("consumer") },
    ]);
    expect(await known.hasJoined(community, address("consumer"))).toBe(false);
    for (const role of ["consumer", "stranger"] as const) {
      expect(await refusal(communities(role).quit(community))).toEqual({
        ...{ error: "NotJoined", community, account: address(role) },
      });
    }
  });
});

describe("the stewards of a community", () => {
  it("make others of its members stewards, and end stewardships, but never the last", async () => {
    const known = communities("stranger");
    const [bank, bureau, consumer] = [address("bank"), address("bureau"), address("consumer")];
    expect(await refusal(communities("bank").addSteward(community, bureau))).toEqual({
      ...{ error: "NotJoined", community, account: bureau },
    });
    await communities("bureau").join(community);
    expect(await eventsOf(communities("bank").addSteward(community, bureau), known)).toEqual([
      { event: "StewardAdded", community, member: bureau },
    ]);
    expect(await refusal(communities("bank").addSteward(community, bureau))).toEqual({
      ...{ error: "StewardExists", community, member: bureau },
    });
    expect(await refusal(communities("bank").removeSteward(community, consumer))).toEqual({
      ...{ error: "NotSteward", community, account: consumer },
    });
    expect(await eventsOf(communities("bureau").removeSteward(community, bank), known)).toEqual([
      { event: "StewardRemoved", community, member: bank },
    ]);
    const last = { error: "StewardsOutOfBounds", stewards: 0n };
    expect(await refusal(communities("bureau").removeSteward(community, bureau))).toEqual(last);
    expect(await refusal(communities("bureau").quit(community))).toEqual(last);
    await communities("bureau").addSteward(community, bank);
    expect(await eventsOf(communities("bureau").quit(community), known)).toEqual([
      { event: "StewardRemoved", community, member: bureau },
      { event: "CommunityLeft", community, member: bureau },
    ]);
    expect([...(await known.stewardsOf(community))]).toEqual([bank]);
  });

  it("make no steward of who may not act, and do nothing while they may not", async () => {
    const { suspend } = decisions(ledger());
    await communities("consumer").join(community);
    await ledger().govern(suspend(address("consumer")));
    expect(await refusal(communities("bank").addSteward(community, address("consumer")))).toEqual({
      ...{ error: "NotActive", account: address("consumer") },
    });
    await ledger().governBy(["bank", "bureau"], suspend(address("bank")));
    expect(await refusal(communities("bank").adopt(community, belt))).toEqual(notSteward("bank"));
    expect(await communities("stranger").isSteward(community, address("bank"))).toBe(false);
  });

  it("are at most 32", async () => {
    const { admit, found } = decisions(ledger());
    const crowd = Array.from(
      { length: 31 },
      (_, place) => `0x${(0xc0de + place).toString(16).padStart(40, "0")}`,
    );
    const admissions = crowd.map((member, place) => admit(member, `steward-${place}`, 1));
    await ledger().govern(...admissions, found("full", [...crowd, address("bank")]));
    expect(await communities("stranger").stewardsOf(id("full"))).toHaveLength(32);
    await communities("consumer").join(id("full"));
    expect(await refusal(communities("bank").addSteward(id("full"), address("consumer")))).toEqual({
      ...{ error: "StewardsOutOfBounds", stewards: 33n },
    });
  });

  it("adopt and drop belts that exist", async () => {
    const known = communities("stranger");
    expect(await eventsOf(communities("bank").adopt(community, belt), known)).toEqual([
      { event: "BeltAdopted", community, belt },
    ]);
    expect([await known.hasAdopted(community, belt), [...(await known.beltsOf(community, 0, 9))]]).toEqual([
      ...[true, [belt]],
    ]);
    expect(await refusal(communities("bank").adopt(community, belt))).toEqual({
      ...{ error: "BeltAdoptedAlready", community, belt },
    });
    expect(await refusal(communities("bank").adopt(community, hash(9)))).toEqual({
      ...{ error: "BeltUnknown", belt: hash(9) },
    });
    expect(await eventsOf(communities("bank").drop(community, belt), known)).toEqual([
      { event: "BeltDropped", community, belt },
    ]);
    expect(await known.hasAdopted(community, belt)).toBe(false);
    expect(await refusal(communities("bank").drop(community, belt))).toEqual({
      ...{ error: "BeltNotAdopted", community, belt },
    });
  });

  it("open, move and close channels", async () => {
    const known = communities("stranger");
    const url = "https://chat.example/care";
    const set = () => communities("bank").setChannel(community, "chat", url);
    expect(await eventsOf(set(), known)).toEqual([{ event: "ChannelSet", community, channel: "chat", url }]);
    await communities("bank").setChannel(community, "mail", "mailto:care@example.org");
    await communities("bank").setChannel(community, "chat", `${url}/2`);
    expect([...(await known.channelsOf(community, 0, 9))]).toEqual(["chat", "mail"]);
    expect(await known.urlOf(community, "chat")).toBe(`${url}/2`);
    expect(await eventsOf(communities("bank").removeChannel(community, "chat"), known)).toEqual([
      { event: "ChannelSet", community, channel: "chat", url: "" },
    ]);
    expect([[...(await known.channelsOf(community, 0, 9))], await known.urlOf(community, "chat")]).toEqual([
      ...[["mail"], ""],
    ]);
    expect(await refusal(communities("bank").removeChannel(community, "chat"))).toEqual({
      ...{ error: "ChannelUnknown", community, channel: "chat" },
    });
    expect(await refusal(communities("bank").setChannel(community, "Chat", url))).toEqual({
      ...{ error: "NameInvalid", name: "Chat" },
    });
    for (const wrong of ["", "https://a b", `https://${"x".repeat(249)}`]) {
      expect(await refusal(communities("bank").setChannel(community, "chat", wrong))).toEqual({
        ...{ error: "UrlInvalid", url: wrong },
      });
    }
  });

  it("are the only ones who can", async () => {
    await communities("consumer").join(community);
    for (const role of ["deployer", "consumer", "bureau", "stranger"] as const) {
      const by = communities(role);
      const denied = notSteward(role);
      expect(await refusal(by.addSteward(community, address("consumer")))).toEqual(denied);
      expect(await refusal(by.removeSteward(community, address("bank")))).toEqual(denied);
      expect(await refusal(by.adopt(community, belt))).toEqual(denied);
      expect(await refusal(by.drop(community, belt))).toEqual(denied);
      expect(await refusal(by.setChannel(community, "chat", "https://a.example"))).toEqual(denied);
      expect(await refusal(by.removeChannel(community, "chat"))).toEqual(denied);
    }
    expect(await refusal(communities("bank").adopt(id("none"), belt))).toEqual({
      ...{ error: "CommunityUnknown", community: id("none") },
    });
  });
});
