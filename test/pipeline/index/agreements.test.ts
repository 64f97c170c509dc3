import { describe, expect, it } from "vitest";
import {
  applyBlock,
  connectionBetween,
  connectionState,
  connectionsOf,
  consentState,
  endorsersOf,
  lineageOf,
  mayUse,
  newestSuccessor,
} from "../../../pipeline/index/index.ts";
import { accepted, asked, consentId, deprecated, endorsed, granted, revoked } from "./agreements.ts";
import {
  ada,
  addressOf,
  admitted,
  before,
  beltId,
  blockOf,
  bob,
  chained,
  contentsOf,
  type Fact,
  hashOf,
  indexOf,
  offerId,
  oneSheet,
} from "./ledger.ts";

const owner = addressOf("owner");
const fork = hashOf("fork");
const newest = hashOf("newest");

describe("a consent", () => {
  const id = consentId(owner, ada);

  it("allows its use from its grant until its expiry", () => {
    const { view } = indexOf(...oneSheet, [granted(owner, ada)]);
    expect(view.consents.get(id)).toMatchObject({ owner, grantee: ada, nonce: 1, relayer: owner });
    expect(mayUse(view, id, 1_700_000_100)).toBe(true);
    expect(mayUse(view, id, 1_700_000_101)).toBe(false);
    expect(mayUse(view, consentId(owner, bob), 1_700_000_000)).toBe(false);
    const consent = view.consents.get(id) ?? expect.fail();
    expect(consentState(consent, 1_700_000_100)).toBe("granted");
    expect(consentState(consent, 1_700_000_101)).toBe("expired");
  });

  it("ends with its revocation, and can be granted anew", () => {
    const index = indexOf(...oneSheet, [granted(owner, ada)], [revoked(owner, ada)]);
    const { view } = index;
    expect(mayUse(view, id, 1_700_000_000)).toBe(false);
    const consent = view.consents.get(id) ?? expect.fail();
    expect(consent).toMatchObject({
      expiry: undefined,
      nonce: 1,
      granted: { block: 3 },
      revoked: { block: 4 },
    });
    expect(consentState(consent, 0)).toBe("revoked");
    applyBlock(index, blockOf(view.head ?? before, [granted(owner, ada, { nonce: 1 })]));
    expect(mayUse(view, id, 1_700_000_000)).toBe(true);
    expect(view.consents.get(id)).toMatchObject({ nonce: 2, revoked: { block: 4 } });
  });

  it("can be revoked before it is granted", () => {
    const { view } = indexOf(...oneSheet, [revoked(owner, ada)]);
    expect(view.consents.get(id)).toMatchObject({ expiry: undefined, nonce: 1, granted: undefined });
  });

  it("allows nothing to a suspended member, until it is reinstated", () => {
    const index = indexOf(...oneSheet, [granted(owner, ada)], [{ event: "MemberSuspended", member: ada }]);
    expect(mayUse(index.view, id, 1_700_000_000)).toBe(false);
    const reinstated = { event: "MemberReinstated", member: ada };
    applyBlock(index, blockOf(index.view.head ?? before, [reinstated]));
    expect(mayUse(index.view, id, 1_700_000_000)).toBe(true);
  });

  it("allows nothing to who is no member", () => {
    const stranger = addressOf("stranger");
    const { view } = indexOf(...oneSheet, [granted(owner, stranger)]);
    expect(mayUse(view, consentId(owner, stranger), 1_700_000_000)).toBe(false);
  });
});

describe("a connection", () => {
  const state = (...facts: Fact[]) => {
    const { view } = indexOf(...oneSheet, facts);
    const known = connectionBetween(view, ada, bob);
    expect(connectionBetween(view, bob, ada)).toBe(known);
    expect(connectionsOf(view, ada)).toEqual(known ? [known] : []);
    expect(connectionsOf(view, bob)).toEqual(known ? [known] : []);
    expect(connectionsOf(view, owner)).toEqual([]);
    return known && { ...known, state: connectionState(known) };
  };
  const pair = { requester: bob, member: ada };

  it("is requested, then accepted, and seen from both sides", () => {
    expect(state()).toBeUndefined();
    expect(state(asked(bob, ada))).toMatchObject({ ...pair, state: "requested", accepted: undefined });
    expect(state(asked(bob, ada), accepted(bob, ada))).toMatchObject({ ...pair, state: "connected" });
  });

  it("says how it ended, and by whom, until it begins anew", () => {
    const declined = { event: "RequestDeclined", ...pair };
    const withdrawn = { event: "RequestWithdrawn", ...pair };
    const ended = { event: "ConnectionEnded", member: ada, partner: bob };
    expect(state(asked(bob, ada), declined)).toMatchObject({ state: "declined", ended: { by: ada } });
    expect(state(asked(bob, ada), withdrawn)).toMatchObject({ state: "withdrawn", ended: { by: bob } });
    expect(state(asked(bob, ada), accepted(bob, ada), ended)).toMatchObject({
      ...{ state: "ended", accepted: { logIndex: 1 }, ended: { by: ada, logIndex: 2 } },
    });
    expect(state(asked(bob, ada), declined, asked(ada, bob))).toMatchObject({
      ...{ state: "requested", requester: ada, ended: undefined },
    });
  });
});

describe("a belt", () => {
  const child = (belt: typeof fork, parent: typeof fork): Fact => ({ ...chained(belt, [offerId]), parent });
  const forks: readonly (readonly Fact[])[] = [...oneSheet, [child(fork, beltId), child(newest, fork)]];

  it("is endorsed by members, and those count that are active", () => {
    const index = indexOf(...oneSheet, [endorsed(beltId, bob), endorsed(beltId, owner)]);
    const belt = () => index.view.belts.get(beltId) ?? expect.fail();
    expect([...belt().endorsements.keys()]).toEqual([bob, owner]);
    expect(endorsersOf(index.view, belt())).toEqual([bob]);
    const suspended = { event: "MemberSuspended", member: bob };
    expect(endorsersOf(indexOf(...oneSheet, [endorsed(beltId, bob), suspended]).view, belt())).toEqual([]);
    const taken = { event: "EndorsementWithdrawn", belt: beltId, member: bob };
    applyBlock(index, blockOf(index.view.head ?? before, [taken]));
    expect(endorsersOf(index.view, belt())).toEqual([]);
    expect(belt().endorsements.get(bob)).toMatchObject({ endorsed: { block: 3 }, withdrawn: { block: 4 } });
    applyBlock(index, blockOf(index.view.head ?? before, [endorsed(beltId, bob)]));
    expect(endorsersOf(index.view, belt())).toEqual([bob]);
  });

  it("changes its steward", () => {
    const proposed = { event: "StewardProposed", belt: beltId, steward: ada, candidate: bob };
    const changed = { event: "StewardChanged", belt: beltId, former: ada, steward: bob };
    const back = { ...proposed, candidate: `0x${"0".repeat(40)}` };
    const belt = (...facts: Fact[]) => indexOf(...oneSheet, facts).view.belts.get(beltId);
    expect(belt()).toMatchObject({ member: ada, steward: ada, candidate: undefined });
    expect(belt(proposed)).toMatchObject({ steward: ada, candidate: bob });
    expect(belt(proposed, back)).toMatchObject({ steward: ada, candidate: undefined });
    expect(belt(proposed, changed)).toMatchObject({ member: ada, steward: bob, candidate: undefined });
  });

  it("has a lineage, and successors to the newest one", () => {
    const { view } = indexOf(...forks, [deprecated(beltId, ada, fork), deprecated(fork, ada, newest)]);
    expect(lineageOf(view, newest).map(({ id }) => id)).toEqual([newest, fork, beltId]);
    expect(lineageOf(view, hashOf("none"))).toEqual([]);
    const belt = view.belts.get(beltId) ?? expect.fail();
    expect(belt).toMatchObject({ successor: fork, deprecated: { logIndex: 0 } });
    expect(newestSuccessor(view, belt).id).toBe(newest);
    const last = view.belts.get(newest) ?? expect.fail();
    expect(newestSuccessor(view, last)).toBe(last);
  });

  it("keeps the moment of its deprecation when the successor is named later", () => {
    const { view } = indexOf(...forks, [deprecated(beltId, ada)], [deprecated(beltId, ada, fork)]);
    expect(view.belts.get(beltId)).toMatchObject({ successor: fork, deprecated: { block: 4 } });
  });
});

describe("a block counts not at all with", () => {
  const refused: [string, Fact[]][] = [
    ["an endorsement twice", [endorsed(beltId, bob), endorsed(beltId, bob)]],
    ["an endorsement of no belt", [endorsed(fork, bob)]],
    ["the end of no endorsement", [{ event: "EndorsementWithdrawn", belt: beltId, member: bob }]],
    ["a deprecation of no belt", [deprecated(fork, ada)]],
    ["an unknown successor", [deprecated(beltId, ada, fork)]],
    ["a steward of no belt", [{ event: "StewardChanged", belt: fork, former: ada, steward: bob }]],
    ["a request that is open", [asked(ada, bob), asked(bob, ada)]],
    ["an acceptance without a request", [accepted(ada, bob)]],
    ["an acceptance of one's own request", [asked(ada, bob), accepted(bob, ada)]],
    ["an acceptance twice", [asked(ada, bob), accepted(ada, bob), accepted(ada, bob)]],
    ["a refusal of no request", [{ event: "RequestDeclined", requester: ada, member: bob }]],
    ["the end of no connection", [asked(ada, bob), { event: "ConnectionEnded", member: ada, partner: bob }]],
    ["a consent of nobody", [{ ...granted(owner, ada), owner: "0x12" }]],
    ["a consent without a number", [{ ...granted(owner, ada), nonce: -1 }]],
  ];
  it.each(refused)("%s", (_, facts) => {
    const index = indexOf(...oneSheet);
    const known = contentsOf(index.view);
    const block = blockOf(index.view.head ?? before, [admitted(addressOf("carl"), "carl"), ...facts]);
    expect(() => applyBlock(index, block)).toThrow(expect.objectContaining({ code: "LEDGER_EVENT_INVALID" }));
    expect(contentsOf(index.view)).toEqual(known);
  });
});
