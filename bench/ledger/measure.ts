import { MaxUint256, ZeroHash } from "ethers";
import { deploy } from "../../nodes/ledger/deploy.ts";
import { Belts__factory } from "../../types/factories/Belts__factory.ts";
import { Bookings__factory } from "../../types/factories/Bookings__factory.ts";
import { Offers__factory } from "../../types/factories/Offers__factory.ts";
import { bytes32, call, deadline, gasOf, openSite, type Site } from "./chain.ts";

/** The sizes of the sheets that are measured. */
export const counts = [1, 64, 256, 1_024] as const;

/** Gas of each call in the life of something, in its order. */
export type Life = Readonly<Record<string, number>>;

export interface Measured {
  /** Of one case in the naive contract; each case of a sheet costs the same. */
  readonly naive: Life;
  /** Of a whole sheet, by its size. */
  readonly ours: ReadonlyMap<number, Life>;
  /** What a station pays for getting everything that is owed to it, however much has come together. */
  readonly withdraw: number;
}

const price = 250n;

/** Measures both on one chain, in one currency, between members that have done such business before. */
export async function measure(): Promise<Measured> {
  const site = await openSite();
  try {
    return { naive: await naiveLife(site), ...(await ourLives(site)) };
  } finally {
    await site.close();
  }
}

async function naiveLife({ naive, coin, consumer, station }: Site): Promise<Life> {
  await gasOf(call(coin, consumer, "approve", naive.target, MaxUint256));
  const life = async (number: number) => {
    const id = bytes32(number);
    const [input, result] = [bytes32(number + 100), bytes32(number + 200)];
    return {
      book: await gasOf(call(naive, consumer, "book", id, station.address, price, deadline, input)),
      accept: await gasOf(call(naive, station, "accept", id)),
      deliver: await gasOf(call(naive, station, "deliver", id, result)),
      settle: await gasOf(call(naive, consumer, "settle", id)),
    };
  };
  // Something stays in the contract, so that its balance is never a fresh word.
  await gasOf(call(naive, consumer, "book", bytes32(0), station.address, price, deadline, bytes32(100)));
  return life(1);
}

async function ourLives({ deployer, consumer, station, coin }: Site): Promise<Omit<Measured, "naive">> {
  const { contracts } = await deploy(deployer, {
    members: [
      { address: consumer.address, name: "consumer", kinds: ["consumer"] },
      { address: station.address, name: "station", kinds: ["producer"] },
    ],
    currency: await coin.getAddress(),
  });
  await gasOf(call(coin, consumer, "approve", contracts.Bookings, MaxUint256));
  const offers = Offers__factory.connect(contracts.Offers, station);
  const terms = [bytes32(300), 1, price, 3_600, 1_024, deadline] as const;
  const offer = await offers.publish.staticCall(...terms);
  await gasOf(offers.publish(...terms));
  const belt = bytes32(301);
  await gasOf(Belts__factory.connect(contracts.Belts, consumer).publish(belt, ZeroHash, [offer]));
  const ours = Bookings__factory.connect(contracts.Bookings, consumer);
  const theirs = ours.connect(station);
  let number = 400;
  const book = async (count: number) => {
    const booking = [belt, bytes32(number++), count, deadline, MaxUint256] as const;
    const sheet = await ours.book.staticCall(...booking);
    return { sheet, gas: await gasOf(ours.book(...booking)) };
  };
  const life = async (count: number): Promise<Life> => {
    const { sheet, gas } = await book(count);
    const report = await gasOf(theirs.report(sheet, 0, 2 ** Math.ceil(count / 64) - 1, [], []));
    return { book: gas, report, accept: await gasOf(ours.accept(sheet, 1)) };
  };
  // As above: both are owed something for the first time, and something stays in escrow.
  await life(1);
  await gasOf(theirs.withdraw());
  await book(1);
  const lives = new Map<number, Life>();
  for (const count of counts) lives.set(count, await life(count));
  return { ours: lives, withdraw: await gasOf(theirs.withdraw()) };
}
