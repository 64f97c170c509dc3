import { ZeroAddress, ZeroHash } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import { decisions, eventsOf, hash, offerId, plain, type Role, refusal, useLedger } from "./fixture.ts";

const ledger = useLedger();
const terms = { kind: 1n, price: 250n, deadlineSeconds: 3_600n, capacity: 256n };
const longest = 366n * 86_400n;
let validUntil: bigint;

beforeEach(async () => {
  validUntil = BigInt(await ledger().now()) + 86_400n;
});

/** Publishes an offer of the bank, with some terms replaced. */
function publish(changes: Partial<typeof terms & { document: string; validUntil: bigint }> = {}) {
  const all = { document: hash(7), ...terms, validUntil, ...changes };
  return ledger()
    .as("bank")
    .offers.publish(all.document, all.kind, all.price, all.deadlineSeconds, all.capacity, all.validUntil);
}

describe("Offers", () => {
  it("records an offer under the hash of its member and document", async () => {
    const { offers } = ledger().as("stranger");
    const member = ledger().address("bank");
    const id = offerId(member, hash(7));
    expect(await offers.memberOf(id)).toBe(ZeroAddress);
    expect(await eventsOf(publish(), offers)).toEqual([
      { event: "OfferPublished", id, member, document: hash(7), ...terms, validUntil },
    ]);
    expect(plain(await offers.offerOf(id))).toEqual({
      member,
      document: hash(7),
      ...terms,
      validUntil,
      publishedAt: BigInt((await ledger().block()).number),
      withdrawn: false,
    });
    expect(await offers.memberOf(id)).toBe(member);
    expect(await offers.isLive(id)).toBe(true);
    const { price, deadlineSeconds, capacity } = terms;
    expect(plain(await offers.quoteOf(id))).toEqual({
      ...{ member, price, deadlineSeconds, capacity, kind: 1n },
    });
    expect(await offers.calendarOf(id)).toBe(id);
  });

  it("takes the largest terms there are, both kinds, and no price", async () => {
    const most = { price: 2n ** 128n - 1n, deadlineSeconds: longest, capacity: 2n ** 32n - 1n };
    await publish({ ...most, validUntil: 2n ** 64n - 1n });
    const { offers } = ledger().as("stranger");
    const id = offerId(ledger().address("bank"), hash(7));
    expect(plain(await offers.offerOf(id))).toMatchObject(most);
    await publish({ ...most, document: hash(9), kind: 2n, capacity: 65_535n });
    await publish({ document: hash(8), price: 0n, deadlineSeconds: 1n, capacity: 1n });
  });

  it("keeps one document of two members apart, and refuses one of the same member twice", async () => {
    await publish();
    await ledger().as("bureau").offers.publish(hash(7), 1, 1, 1, 1, validUntil);
    const id = offerId(ledger().address("bank"), hash(7));
    expect(await refusal(publish())).toEqual({ error: "OfferExists", id });
    await ledger().as("bank").offers.withdraw(id);
    expect(await refusal(publish())).toEqual({ error: "OfferExists", id });
  });

  it("refuses an account that is no member", async () => {
    for (const role of ["deployer", "stranger"] as const) {
      expect(await refusal(ledger().as(role).offers.publish(hash(7), 1, 1, 1, 1, validUntil))).toEqual({
        error: "NotActive",
        account: ledger().address(role),
      });
    }
  });

  it("refuses terms that are out of bounds, and says which", async () => {
    expect(await refusal(publish({ document: ZeroHash }))).toEqual({ error: "DocumentMissing" });
    for (const kind of [0n, 3n, 255n]) {
      expect(await refusal(publish({ kind }))).toEqual({ error: "OfferKindInvalid", kind });
    }
    for (const deadlineSeconds of [0n, longest + 1n]) {
      expect(await refusal(publish({ deadlineSeconds }))).toEqual({
        error: "DeadlineOutOfBounds",
        deadlineSeconds,
      });
    }
    for (const [kind, capacity, limit] of [
      [1n, 0n, 2n ** 32n - 1n],
      [2n, 0n, 65_535n],
      [2n, 65_536n, 65_535n],
    ] as const) {
      expect(await refusal(publish({ kind, capacity }))).toEqual({
        ...{ error: "CapacityOutOfBounds", capacity, limit },
      });
    }
    const time = BigInt(await ledger().now()) + 100n;
    await ledger().travelTo(Number(time));
    await ledger().nextBlockAt(Number(time) + 100);
    await publish({ document: hash(8), validUntil: time + 100n });
    const { time: refusedAt, ...past } = await refusal(publish({ validUntil: time - 1n }));
    expect(past).toEqual({ error: "ValidityPast", validUntil: time - 1n });
    expect(refusedAt).toBeGreaterThanOrEqual(time);
  });

  it("is live to the last second of its validity", async () => {
    await publish();
    const { offers } = ledger().as("stranger");
    const id = offerId(ledger().address("bank"), hash(7));
    await ledger().travelTo(Number(validUntil));
    expect(await offers.isLive(id)).toBe(true);
    await ledger().travelTo(Number(validUntil) + 1);
    expect(await offers.isLive(id)).toBe(false);
    expect((await offers.quoteOf(id)).kind).toBe(0n);
  });

  it("is withdrawn by its member, once and for good", async () => {
    await publish();
    const { offers } = ledger().as("bank");
    const [member, account] = [ledger().address("bank"), ledger().address("bureau")];
    const id = offerId(member, hash(7));
    for (const role of ["bureau", "deployer"] as const) {
      expect(await refusal(ledger().as(role).offers.withdraw(id))).toEqual({
        error: "NotOfferMember",
        id,
        member,
        account: role === "bureau" ? account : ledger().address(role),
      });
    }
    expect(await eventsOf(offers.withdraw(id), offers)).toEqual([{ event: "OfferWithdrawn", id }]);
    expect(await offers.isLive(id)).toBe(false);
    expect((await offers.offerOf(id)).withdrawn).toBe(true);
    expect(await refusal(offers.withdraw(id))).toEqual({ error: "OfferWithdrawnBefore", id });
  });

  it("is superseded by a new version: withdrawn, and followed by one in the same calendar", async () => {
    await publish({ kind: 2n });
    const { offers } = ledger().as("bank");
    const member = ledger().address("bank");
    const [former, id, third] = [7, 8, 9].map((each) => offerId(member, hash(each)));
    const newer = { price: 300n, deadlineSeconds: 60n, capacity: 9n } as const;
    const supersede = (old = former ?? "", document = hash(8), role: Role = "bank") =>
      ledger().as(role).offers.supersede(old, document, 300n, 60n, 9n, validUntil);
    expect(await eventsOf(supersede(), offers)).toEqual([
      { event: "OfferWithdrawn", id: former },
      { event: "OfferPublished", id, member, document: hash(8), kind: 2n, ...newer, validUntil },
      { event: "OfferSuperseded", former, id },
    ]);
    expect(await Promise.all([former, id].map((each) => offers.isLive(each ?? "")))).toEqual([false, true]);
    expect(await offers.calendarOf(id ?? "")).toBe(former);
    // What was withdrawn before can still be followed, and a calendar goes on from version to version.
    await offers.withdraw(id ?? "");
    expect((await eventsOf(supersede(id, hash(9)), offers)).map(({ event }) => event)).toEqual([
      "OfferPublished",
      "OfferSuperseded",
    ]);
    expect(await offers.calendarOf(third ?? "")).toBe(former);
  });

  it("is superseded by its member only, with another document, and while that is active", async () => {
    await publish();
    const id = offerId(ledger().address("bank"), hash(7));
    const { offers } = ledger().as("bureau");
    expect(await refusal(offers.supersede(id, hash(8), 1, 1, 1, validUntil))).toEqual({
      ...{ error: "NotOfferMember", id },
      ...{ member: ledger().address("bank"), account: ledger().address("bureau") },
    });
    const own = ledger().as("bank").offers;
    expect(await refusal(own.supersede(hash(9), hash(8), 1, 1, 1, validUntil))).toEqual({
      ...{ error: "OfferUnknown", id: hash(9) },
    });
    expect(await refusal(own.supersede(id, hash(7), 1, 1, 1, validUntil))).toEqual({
      error: "OfferExists",
      id,
    });
    expect(await own.isLive(id)).toBe(true);
    await ledger().govern(decisions(ledger()).suspend(ledger().address("bank")));
    expect(await refusal(own.supersede(id, hash(8), 1, 1, 1, validUntil))).toMatchObject({
      ...{ error: "NotActive" },
    });
  });

  it("does not know what was never offered", async () => {
    const { offers } = ledger().as("bank");
    expect(await refusal(offers.offerOf(hash(9)))).toEqual({ error: "OfferUnknown", id: hash(9) });
    expect(await refusal(offers.withdraw(hash(9)))).toEqual({ error: "OfferUnknown", id: hash(9) });
    expect(await offers.isLive(hash(9))).toBe(false);
    expect((await offers.quoteOf(hash(9))).kind).toBe(0n);
  });
});
