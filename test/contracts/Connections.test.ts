import { ZeroAddress } from "ethers";
import { describe, expect, it } from "vitest";
import { decisions, eventsOf, plain, type Role, refusal, useLedger } from "./fixture.ts";

const ledger = useLedger();
const address = (role: Role) => ledger().address(role);
const by = (role: Role) => ledger().as(role).connections;

const nothing = { requester: ZeroAddress, since: 0n, accepted: false };
/** How two stand with each other: the same from both sides. */
async function between(one: Role, other: Role) {
  const { connections } = ledger().as("stranger");
  const [seen, back] = [
    plain(await connections.connectionOf(address(one), address(other))),
    plain(await connections.connectionOf(address(other), address(one))),
  ];
  expect(back).toEqual(seen);
  expect(await connections.areConnected(address(one), address(other))).toBe(seen["accepted"]);
  expect(await connections.areConnected(address(other), address(one))).toBe(seen["accepted"]);
  return seen;
}
const connect = async (one: Role, other: Role) => {
  await by(one).request(address(other));
  await by(other).accept(address(one));
};

describe("Connections", () => {
  it("connect two members, one of whom asks and the other agrees", async () => {
    const [requester, member] = [address("bank"), address("consumer")];
    expect(await between("bank", "consumer")).toEqual(nothing);
    expect(await eventsOf(by("bank").request(member), by("bank"))).toEqual([
      { event: "ConnectionRequested", requester, member },
    ]);
    const asked = BigInt((await ledger().block()).number);
    expect(await between("bank", "consumer")).toEqual({ requester, since: asked, accepted: false });
    expect(await eventsOf(by("consumer").accept(requester), by("consumer"))).toEqual([
      { event: "ConnectionAccepted", requester, member },
    ]);
    expect(await between("consumer", "bank")).toEqual({ requester, since: asked + 1n, accepted: true });
    expect(await between("consumer", "bureau")).toEqual(nothing);
  });

  it("are not made of a request that is declined, or taken back", async () => {
    const [requester, member] = [address("consumer"), address("bank")];
    await by("consumer").request(member);
    expect(await eventsOf(by("bank").decline(requester), by("bank"))).toEqual([
      { event: "RequestDeclined", requester, member },
    ]);
    expect(await between("consumer", "bank")).toEqual(nothing);
    await by("consumer").request(member);
    expect(await eventsOf(by("consumer").withdraw(member), by("consumer"))).toEqual([
      { event: "RequestWithdrawn", requester, member },
    ]);
    expect(await between("consumer", "bank")).toEqual(nothing);
    // Who was asked before can ask in its turn.
    await connect("bank", "consumer");
  });

  it.each([
    ["bank", "consumer"],
    ["consumer", "bank"],
  ] as const)("are ended by the %s", async (one, other) => {
    await connect("bank", "consumer");
    const [member, partner] = [address(one), address(other)];
    expect(await eventsOf(by(one).end(partner), by(one))).toEqual([
      { event: "ConnectionEnded", member, partner },
    ]);
    expect(await between("bank", "consumer")).toEqual(nothing);
    expect(await refusal(by(other).end(member))).toEqual({
      error: "ConnectionUnknown",
      ...{ member: partner, partner: member },
    });
    await connect("consumer", "bank");
  });

  it("refuse a second request, from either side, and one of who is connected", async () => {
    const [requester, member] = [address("bank"), address("consumer")];
    await by("bank").request(member);
    const exists = { error: "RequestExists", requester, member };
    expect(await refusal(by("bank").request(member))).toEqual(exists);
    expect(await refusal(by("consumer").request(requester))).toEqual(exists);
    await by("consumer").accept(requester);
    expect(await refusal(by("consumer").request(requester))).toEqual({
      ...{ error: "ConnectionExists", member, partner: requester },
    });
  });

  it("refuse to answer a request that there is not, or that is one's own", async () => {
    const [bank, consumer] = [address("bank"), address("consumer")];
    const unknown = { error: "RequestUnknown", requester: bank, member: consumer };
    for (const answer of [
      () => by("consumer").accept(bank),
      () => by("consumer").decline(bank),
      () => by("bank").withdraw(consumer),
    ]) {
      expect(await refusal(answer())).toEqual(unknown);
    }
    await by("bank").request(consumer);
    const own = { ...unknown, requester: consumer, member: bank };
    expect(await refusal(by("bank").accept(consumer))).toEqual(own);
    expect(await refusal(by("bank").decline(consumer))).toEqual(own);
    expect(await refusal(by("consumer").withdraw(bank))).toEqual(own);
    expect(await refusal(by("bureau").accept(bank))).toEqual({ ...unknown, member: address("bureau") });
    await by("consumer").accept(bank);
    // An agreement is no request any more.
    expect(await refusal(by("consumer").accept(bank))).toEqual(unknown);
    expect(await refusal(by("consumer").decline(bank))).toEqual(unknown);
    expect(await refusal(by("bank").withdraw(consumer))).toEqual(unknown);
    expect(await refusal(by("bank").decline(ZeroAddress))).toMatchObject({ error: "RequestUnknown" });
  });

  it("are ended, declined and withdrawn by a suspended member too, which asks for none and accepts none", async () => {
    const [bank, consumer, bureau] = [address("bank"), address("consumer"), address("bureau")];
    await connect("bank", "consumer");
    await by("bank").request(bureau);
    await ledger().governBy(["consumer", "bureau"], decisions(ledger()).suspend(bank));
    const inactive = { error: "NotActive", account: bank };
    expect(await refusal(by("bureau").accept(bank))).toEqual(inactive);
    await by("bank").end(consumer);
    await by("bank").withdraw(bureau);
    expect(await refusal(by("bank").request(consumer))).toEqual(inactive);
    expect(await between("bank", "consumer")).toEqual(nothing);
    expect(await between("bank", "bureau")).toEqual(nothing);
  });

  it("refuse who is no member, on either side, and oneself", async () => {
    for (const nobody of ["deployer", "stranger"] as const) {
      const inactive = { error: "NotActive", account: address(nobody) };
      expect(await refusal(by(nobody).request(address("bank")))).toEqual(inactive);
      expect(await refusal(by(nobody).accept(address("bank")))).toEqual(inactive);
      expect(await refusal(by("bank").request(address(nobody)))).toEqual(inactive);
      expect(await refusal(by("bank").accept(address(nobody)))).toEqual(inactive);
    }
    expect(await refusal(by("bank").request(address("bank")))).toEqual({
      ...{ error: "SelfConnection", member: address("bank") },
    });
    expect(await refusal(by("bank").end(address("consumer")))).toEqual({
      ...{ error: "ConnectionUnknown", member: address("bank"), partner: address("consumer") },
    });
  });
});
