import { describe, expect, it } from "vitest";
import {
  applyBlock,
  isActive,
  isLive,
  isSupervisor,
  keysAt,
  openMotion,
  pausedUntil,
  tally,
} from "../../../pipeline/index/index.ts";
import { community, moved, proposed, voted } from "./governed.ts";
import {
  ada,
  addressOf,
  admitted,
  before,
  beltId,
  blockOf,
  bob,
  type Fact,
  hashOf,
  indexOf,
  offerId,
  oneSheet,
  rotated,
} from "./ledger.ts";

const members: readonly Fact[] = [admitted(ada, "ada"), admitted(bob, "bob")];
const id = hashOf("proposal", "one");

describe("a member", () => {
  it("stands as the members decided last, or as it wanted, and is kept whatever it is", () => {
    const steps: [Fact, string][] = [
      [{ event: "MemberSuspended", member: ada }, "suspended"],
      [{ event: "MemberReinstated", member: ada }, "active"],
      [{ event: "MemberRemoved", member: ada }, "removed"],
      [admitted(ada, "ada"), "active"],
      [{ event: "MemberLeft", member: ada }, "left"],
    ];
    const index = indexOf(members, [
      { event: "ProfilePublished", member: ada, url: "https://ada.test" },
      rotated(ada, "first", 1),
    ]);
    expect(index.view.profiles.get(ada)?.standing).toBe("active");
    for (const [fact, standing] of steps) {
      applyBlock(index, blockOf(index.view.head ?? before, [fact]));
      const block = index.view.head?.number;
      expect(index.view.profiles.get(ada)).toMatchObject({
        ...{ name: "ada", url: "https://ada.test", standing, since: { block }, admitted: { block: 0 } },
      });
      expect(isActive(index.view, ada)).toBe(standing === "active");
    }
    expect(keysAt(index.view, ada)?.fromBlock).toBe(1);
    expect(isActive(index.view, addressOf("eve"))).toBe(false);
  });

  it("is a supervisor while it is active and of that kind", () => {
    const index = indexOf(members, [{ event: "KindsChanged", member: ada, kinds: 17 }]);
    expect([isSupervisor(index.view, ada), isSupervisor(index.view, bob)]).toEqual([true, false]);
    applyBlock(
      index,
      blockOf(index.view.head ?? before, [
        { event: "MemberSuspended", member: ada },
        { event: "KindsChanged", member: bob, kinds: 16 },
      ]),
    );
    expect([isSupervisor(index.view, ada), isSupervisor(index.view, bob)]).toEqual([false, true]);
  });

  it("that may not act offers nothing that can be booked", () => {
    const { view } = indexOf(...oneSheet, [{ event: "MemberSuspended", member: ada }]);
    const offer = view.offers.get(offerId) ?? expect.fail();
    expect(isLive(view, offer, 0)).toBe(false);
    const other = view.offers.get(hashOf("other")) ?? expect.fail();
    expect(isLive(view, other, 0)).toBe(true);
  });

  it.each(["MemberSuspended", "MemberReinstated", "MemberRemoved", "MemberLeft"])(
    "that is unknown is not the subject of %s",
    (event) => {
      const { head } = indexOf(members).view;
      const index = indexOf(members);
      const block = blockOf(head ?? before, [{ event, member: addressOf("eve") }]);
      expect(() => applyBlock(index, block)).toThrow("is not a member");
    },
  );
});

describe("a proposal", () => {
  it("is kept with its calls, its votes, and what became of it", () => {
    const { view } = indexOf(
      members,
      [proposed("one", ada, 2)],
      [voted("one", ada, 1), voted("one", bob, 0)],
      [moved("Queued", "one")],
      [moved("Executed", "one")],
    );
    expect(view.proposals.get(id)).toMatchObject({
      ...{ id, proposer: ada, description: "minutes-one", opens: 1_700_000_100, closes: 1_700_000_900 },
      calls: [
        { target: addressOf("target", 0), value: 0n, data: "0x00" },
        { target: addressOf("target", 1), value: 0n, data: "0x01" },
      ],
      due: 1_700_001_000,
      proposed: { block: 1 },
      queued: { block: 3 },
      executed: { block: 4 },
      canceled: undefined,
    });
    expect(view.votes.get(id)).toMatchObject([
      { voter: ada, support: "for", cast: { block: 2 } },
      { voter: bob, support: "against", cast: { block: 2 } },
    ]);
    expect(tally(view, id)).toEqual({ for: 1, against: 1, abstain: 0 });
    expect(tally(view, hashOf("none"))).toEqual({ for: 0, against: 0, abstain: 0 });
  });

  it("can be taken back, and cannot be made twice or by halves", () => {
    const index = indexOf(members, [proposed("one", ada), moved("Canceled", "one")]);
    expect(index.view.proposals.get(id)?.canceled).toMatchObject({ block: 1 });
    const next = (fact: Fact) => () => applyBlock(index, blockOf(index.view.head ?? before, [fact]));
    expect(next(proposed("one", ada))).toThrow("was made before");
    expect(next({ ...proposed("two", ada), calldatas: [] })).toThrow("not complete");
  });

  it("from before the directory named its contract is passed over, and so are votes that mean nothing", () => {
    const { view } = indexOf(members, [
      ...[voted("one", ada, 1), moved("Queued", "one"), moved("Executed", "one"), moved("Canceled", "one")],
    ]);
    expect([view.proposals.size, view.votes.size]).toEqual([0, 0]);
    expect(indexOf(members, [proposed("one", ada), voted("one", ada, 3)]).view.votes.size).toBe(0);
  });
});

describe("a pause", () => {
  const supervisors: readonly Fact[] = [ada, bob].map((member) => ({
    event: "KindsChanged",
    member,
    kinds: 16,
  }));

  it("is moved by one supervisor, begun by another, and over at its time", () => {
    const index = indexOf(members, supervisors, [{ event: "PauseMoved", supervisor: ada, lapsesAt: 100 }]);
    expect(openMotion(index.view, 99)).toMatchObject({ supervisor: ada, lapsesAt: 100 });
    expect(openMotion(index.view, 100)).toBeUndefined();
    expect(pausedUntil(index.view, 0)).toBeUndefined();
    applyBlock(
      index,
      blockOf(index.view.head ?? before, [{ event: "PauseBegun", first: ada, second: bob, until: 500 }]),
    );
    expect(index.view.supervision.pause).toMatchObject({ supervisors: [ada, bob], began: { block: 3 } });
    expect([openMotion(index.view, 99), pausedUntil(index.view, 499), pausedUntil(index.view, 500)]).toEqual([
      ...[undefined, 500, undefined],
    ]);
    applyBlock(index, blockOf(index.view.head ?? before, [{ event: "PauseLifted" }]));
    expect(pausedUntil(index.view, 499)).toBeUndefined();
    expect(index.view.supervision.pause?.lifted).toMatchObject({ block: 4 });
  });

  it("is not moved any more by who is no supervisor any more", () => {
    const { view } = indexOf(members, supervisors, [
      { event: "PauseMoved", supervisor: ada, lapsesAt: 100 },
      { event: "MemberSuspended", member: ada },
    ]);
    expect(openMotion(view, 0)).toBeUndefined();
  });
});

describe("a community", () => {
  const care = community("care");
  const founded: Fact = { event: "CommunityFounded", community: care, name: "care" };
  const change = (event: string, rest: object): Fact => ({ event, community: care, ...rest });

  it("has the stewards, members, belts and channels that it has now", () => {
    const belt = beltId;
    const { view } = indexOf(
      members,
      [founded, change("CommunityJoined", { member: ada }), change("StewardAdded", { member: ada })],
      [change("CommunityJoined", { member: bob }), change("StewardAdded", { member: bob })],
      [change("StewardRemoved", { member: ada }), change("CommunityLeft", { member: ada })],
      [change("BeltAdopted", { belt }), change("BeltAdopted", { belt: hashOf("other") })],
      [change("BeltDropped", { belt: hashOf("other") })],
      [change("ChannelSet", { channel: "chat", url: "https://a.test" })],
      [change("ChannelSet", { channel: "mail", url: "mailto:a@a.test" })],
      [change("ChannelSet", { channel: "mail", url: "" })],
    );
    const found = view.communities.get(care) ?? expect.fail();
    expect(found).toMatchObject({ id: care, name: "care", founded: { block: 1 } });
    expect([...found.stewards]).toEqual([bob]);
    expect([...found.members.keys()]).toEqual([bob]);
    expect([...found.belts.keys()]).toEqual([belt]);
    expect([...found.channels]).toEqual([["chat", "https://a.test"]]);
  });

  it("is founded once, and one that is unknown is passed over", () => {
    const index = indexOf(members, [change("CommunityJoined", { member: ada })], [founded]);
    expect(index.view.communities.get(care)?.members.size).toBe(0);
    const again = blockOf(index.view.head ?? before, [founded]);
    expect(() => applyBlock(index, again)).toThrow("was founded before");
  });
});
