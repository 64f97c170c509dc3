import { ZeroHash } from "ethers";
import { describe, expect, it } from "vitest";
import { eventsOf, hash, offersOf, plain, refusal, useLedger } from "./fixture.ts";

const ledger = useLedger(async (fresh) => {
  await offersOf(fresh, "bank", 33);
});

/** The ids of so many offers of the bank. */
const offers = async (count: number) => (await offersOf(ledger(), "bank", 33)).slice(0, count);

describe("Belts", () => {
  it("records a belt under its document's hash, with the offers in their order", async () => {
    const { belts } = ledger().as("consumer");
    const member = ledger().address("consumer");
    const three = (await offers(3)).toReversed();
    expect(await eventsOf(belts.publish(hash(1), ZeroHash, three), belts)).toEqual([
      { event: "BeltPublished", belt: hash(1), member, parent: ZeroHash, offers: three },
    ]);
    expect(plain(await belts.beltOf(hash(1)))).toEqual({
      member,
      publishedAt: BigInt((await ledger().block()).number),
      ...{ endorsements: 0n, steward: member, deprecatedAt: 0n, successor: ZeroHash },
      parent: ZeroHash,
      offers: three,
    });
    expect([...(await belts.offersOf(hash(1)))]).toEqual(three);
    expect(await Promise.all([0, 1, 2].map((station) => belts.offerAt(hash(1), station)))).toEqual(three);
    expect(await refusal(belts.offerAt(hash(1), 3))).toEqual({
      error: "StationUnknown",
      belt: hash(1),
      station: 3n,
      stations: 3n,
    });
  });

  it("forks a belt that is known, and no other", async () => {
    const { belts } = ledger().as("consumer");
    const one = await offers(1);
    expect(await refusal(belts.publish(hash(2), hash(1), one))).toEqual({
      error: "BeltUnknown",
      belt: hash(1),
    });
    expect(await refusal(belts.publish(hash(2), hash(2), one))).toEqual({
      error: "BeltUnknown",
      belt: hash(2),
    });
    await belts.publish(hash(1), ZeroHash, one);
    await ledger().as("bureau").belts.publish(hash(2), hash(1), one);
    expect((await belts.beltOf(hash(2))).parent).toBe(hash(1));
  });

  it("takes 1 to 32 stations, of which several may be the same offer", async () => {
    const { belts } = ledger().as("consumer");
    for (const count of [0, 33]) {
      expect(await refusal(belts.publish(hash(1), ZeroHash, await offers(count)))).toEqual({
        error: "StationsOutOfBounds",
        stations: BigInt(count),
      });
    }
    await belts.publish(hash(1), ZeroHash, await offers(32));
    const [offer = ""] = await offers(1);
    await belts.publish(hash(2), ZeroHash, [offer, offer]);
  });

  it("refuses a belt twice, one without a document, and an account that is no member", async () => {
    const { belts } = ledger().as("consumer");
    const one = await offers(1);
    await belts.publish(hash(1), ZeroHash, one);
    expect(await refusal(ledger().as("bank").belts.publish(hash(1), ZeroHash, one))).toEqual({
      error: "BeltExists",
      belt: hash(1),
    });
    expect(await refusal(belts.publish(ZeroHash, ZeroHash, one))).toEqual({ error: "BeltMissing" });
    for (const role of ["deployer", "stranger"] as const) {
      expect(await refusal(ledger().as(role).belts.publish(hash(3), ZeroHash, one))).toEqual({
        error: "NotActive",
        account: ledger().address(role),
      });
    }
  });

  it("refuses an offer that is unknown, withdrawn or past its validity", async () => {
    const { belts } = ledger().as("consumer");
    const [first = "", second = ""] = await offers(2);
    const refused = (offer: string) => ({ error: "OfferNotLive", offer });
    expect(await refusal(belts.publish(hash(1), ZeroHash, [first, hash(9)]))).toEqual(refused(hash(9)));
    await ledger().as("bank").offers.withdraw(second);
    expect(await refusal(belts.publish(hash(1), ZeroHash, [first, second]))).toEqual(refused(second));
    const { validUntil } = await ledger().as("bank").offers.offerOf(first);
    await ledger().travelTo(Number(validUntil) + 1);
    expect(await refusal(belts.publish(hash(1), ZeroHash, [first]))).toEqual(refused(first));
  });

  it("does not know what was never published", async () => {
    const { belts } = ledger().as("consumer");
    expect(await refusal(belts.beltOf(hash(9)))).toEqual({ error: "BeltUnknown", belt: hash(9) });
    expect([...(await belts.offersOf(hash(9)))]).toEqual([]);
    expect(await refusal(belts.offerAt(hash(9), 0))).toMatchObject({ error: "StationUnknown", stations: 0n });
  });
});
