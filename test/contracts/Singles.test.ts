import { MaxUint256, Signature, type TypedDataDomain, ZeroHash } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  eventsOf,
  hash,
  offersOf,
  offerTerms,
  plain,
  type Role,
  refusal,
  sheetId,
  useLedger,
} from "./fixture.ts";

const root = hash(2);
const { price } = offerTerms;
let offer: string;

const ledger = useLedger(async (fresh) => {
  [offer = ""] = await offersOf(fresh, "bank", 1);
  await fresh.as("bank").belts.publish(hash(1), ZeroHash, [offer]);
});

let deadline: number;
beforeEach(async () => {
  deadline = (await ledger().now()) + 86_400;
});

const address = (role: Role) => ledger().address(role);
const bookings = (role: Role) => ledger().as(role).bookings;

describe("Bookings: a single offer", () => {
  const book = (count: number, maxCost: bigint, role: Role = "consumer", which = offer) =>
    bookings(role).bookOffer(which, root, count, deadline, maxCost);

  it("is a sheet of one station, like any other", async () => {
    const sheet = sheetId(ledger(), "consumer", root);
    const cost = 10n * price;
    expect(await eventsOf(book(10, cost), bookings("bank"))).toEqual([
      {
        ...{ event: "OfferBooked", sheet, offer, consumer: address("consumer"), root, count: 10n },
        ...{ deadline: BigInt(deadline), cost },
      },
    ]);
    expect(plain(await bookings("bank").sheetOf(sheet))).toMatchObject({ stations: 1n, product: false });
    await bookings("bank").report(sheet, 0, 1, [0], [3n]);
    await bookings("consumer").accept(sheet, 1);
    expect(await bookings("bank").owedTo(address("bank"))).toBe(9n * price);
    expect(await refusal(bookings("consumer").book(hash(1), root, 1, deadline, cost))).toEqual({
      error: "SheetExists",
      sheet,
    });
  });

  it("is refused like a belt's", async () => {
    expect(await refusal(book(1, price - 1n))).toMatchObject({ error: "CostExceeded" });
    expect(await refusal(book(0, price))).toMatchObject({ error: "CountOutOfBounds" });
    expect(await refusal(book(1_025, MaxUint256))).toMatchObject({ error: "CountOutOfBounds" });
    expect(await refusal(book(1, price, "stranger"))).toMatchObject({ error: "NotActive" });
    expect(await refusal(book(1, price, "consumer", hash(9)))).toEqual({
      error: "OfferNotLive",
      offer: hash(9),
    });
    deadline = (await ledger().now()) + 60;
    expect(await refusal(book(1, price))).toMatchObject({ error: "DeadlineOutOfBounds" });
  });
});

describe("Bookings: with a permit", () => {
  /** The signature of an account that lets the bookings take credit. */
  async function permit(role: Role, value: bigint, until = MaxUint256, elsewhere: TypedDataDomain = {}) {
    const { credit } = ledger().as(role);
    const { name, version, chainId, verifyingContract } = await credit.eip712Domain();
    const spender = ledger().deployment.contracts.Bookings;
    const message = { owner: address(role), spender, value, nonce: await credit.nonces(address(role)) };
    const signature = await ledger().accounts[role].signTypedData(
      { name, version, chainId, verifyingContract, ...elsewhere },
      {
        Permit: [
          { name: "owner", type: "address" },
          { name: "spender", type: "address" },
          { name: "value", type: "uint256" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
      },
      { ...message, deadline: until },
    );
    const { v, r, s } = Signature.from(signature);
    return { value, deadline: until, v, r, s };
  }

  const allowed = () =>
    ledger().as("consumer").credit.allowance(address("consumer"), ledger().deployment.contracts.Bookings);

  beforeEach(async () => {
    await ledger().as("consumer").credit.approve(ledger().deployment.contracts.Bookings, 0);
  });

  it("needs no approval before, and takes the cost only", async () => {
    const signed = await permit("consumer", 10n * price);
    const sheet = sheetId(ledger(), "consumer", root);
    expect(
      await eventsOf(
        bookings("consumer").bookWithPermit(hash(1), root, 4, deadline, 4n * price, signed),
        bookings("bank"),
      ),
    ).toMatchObject([{ event: "SheetBooked", sheet, cost: 4n * price }]);
    expect(await allowed()).toBe(6n * price);
    // What is left is good for the next one.
    await bookings("consumer").book(hash(1), hash(3), 6, deadline, 6n * price);
    expect(await allowed()).toBe(0n);
  });

  it("front-run permit: somebody that uses the signature first hinders nothing", async () => {
    const signed = await permit("consumer", 4n * price);
    const { value, deadline: until, v, r, s } = signed;
    await ledger()
      .as("stranger")
      .credit.permit(address("consumer"), ledger().deployment.contracts.Bookings, value, until, v, r, s);
    await bookings("consumer").bookWithPermit(hash(1), root, 4, deadline, 4n * price, signed);
    expect(await allowed()).toBe(0n);
  });

  it("replay: what does not count books nothing: of another, for less, expired, from elsewhere, or used before", async () => {
    const book = (signed: Awaited<ReturnType<typeof permit>>, from = root) =>
      bookings("consumer").bookWithPermit(hash(1), from, 4, deadline, 4n * price, signed);
    const short = (allowance: bigint) => ({
      ...{ error: "ERC20InsufficientAllowance", allowance, needed: 4n * price },
    });
    expect(await refusal(book(await permit("bureau", 4n * price)))).toMatchObject(short(0n));
    expect(await refusal(book(await permit("consumer", 4n * price - 1n)))).toMatchObject(
      short(4n * price - 1n),
    );
    expect(await refusal(book(await permit("consumer", 4n * price, 1n)))).toMatchObject(short(0n));
    for (const elsewhere of [{ chainId: 1 }, { verifyingContract: address("bank") }]) {
      const foreign = await permit("consumer", 4n * price, MaxUint256, elsewhere);
      expect(await refusal(book(foreign))).toMatchObject(short(0n));
    }
    const signed = await permit("consumer", 4n * price);
    await book(signed);
    expect(await refusal(book(signed, hash(3)))).toMatchObject(short(0n));
  });

  it("books what can be booked only", async () => {
    const signed = await permit("consumer", MaxUint256);
    const book = (belt: string) =>
      refusal(bookings("consumer").bookWithPermit(belt, root, 4, deadline, 1, signed));
    expect(await book(hash(9))).toMatchObject({ error: "BeltUnknown" });
    expect(await book(hash(1))).toMatchObject({ error: "CostExceeded" });
    expect(await allowed()).toBe(0n);
  });
});
