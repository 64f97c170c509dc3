import { id, type Wallet, ZeroHash } from "ethers";
import { chainAccount } from "../../../nodes/ledger/chainAccounts.ts";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { kindBits } from "../../../pipeline/governance/index.ts";
import { acceptanceWindow, decisions, hash, type Ledger, offerId, sheetOf } from "../fixture.ts";
import { signAll } from "./signed.ts";

/** Every kind of caller. What each of them is besides, {@link setScene} says. */
export const callers = [
  "deployer",
  "stranger",
  "member",
  "suspended",
  "removed",
  "left",
  "consumer",
  "producer",
  "steward",
  "supervisor",
] as const;
export type Caller = (typeof callers)[number];

const day = 86_400;
const station = { kind: 1, price: 250n, deadlineSeconds: 3_600, capacity: 1_024 } as const;

/** How the members' rules make one vote enough, so that a hundred decisions are made in a moment. */
const oneVote = [
  interfaces.Governance.encodeFunctionData("updateQuorumNumerator", [1]),
  interfaces.Governance.encodeFunctionData("updateSuperQuorumNumerator", [1]),
];

const name = "care";
const purpose = hash(0x90);
const source = hash(0x50);

export type Scene = Awaited<ReturnType<typeof setScene>>;

/**
 * A ledger on which everything that the contracts have a function for is under way, so that who is entitled to a call
 * succeeds with it:
 *
 * - the **consumer** booked the sheets, asked the producer to connect and is connected with the steward, endorsed the
 *   belt, let the producer spend credit, joined the community, and made the proposal that is pending;
 * - the **producer** has the offers, the sheets' one station, and money to withdraw;
 * - the **steward** is the belt's and the community's;
 * - the **supervisor** is to be the belt's next steward, and may decide the dispute of which another one has decided;
 * - the **member** is nothing else, and relays what others have signed;
 * - who is **suspended**, was **removed** or **left** was a supervisor and a steward of the community;
 * - the **deployer** and the **stranger** never were anything.
 *
 * All who are or were members hold credit.
 */
export async function setScene(ledger: Ledger) {
  const { contracts, directory } = ledger.deployment;
  const former = { suspended: 8, removed: 9, left: 10 };
  const formerAccount = (who: keyof typeof former) => chainAccount(former[who]).connect(ledger.provider);
  const accounts: Readonly<Record<Caller, Wallet>> = {
    deployer: ledger.accounts.deployer,
    stranger: ledger.accounts.stranger,
    member: ledger.accounts.third,
    suspended: formerAccount("suspended"),
    removed: formerAccount("removed"),
    left: formerAccount("left"),
    consumer: ledger.accounts.consumer,
    producer: ledger.accounts.bank,
    steward: ledger.accounts.bureau,
    supervisor: ledger.accounts.overseer,
  };
  const address = (caller: Caller) => accounts[caller].address;
  const { admit, mint, found, suspend, remove } = decisions(ledger);

  // --- members, their standings, and a community
  const newcomers = [address("suspended"), address("removed"), address("left"), address("member")];
  const supervisors = [address("supervisor"), ledger.address("deputy")];
  await ledger.govern(
    ...oneVote.map((data) => ({ target: contracts.Governance, data })),
    ...newcomers.map((account, place) => admit(account, `newcomer-${place}`, kindBits(["supervisor"]))),
    ...supervisors.map((account, place) => admit(account, `supervisor-${place}`, kindBits(["supervisor"]))),
    ...[...newcomers, ...supervisors, address("producer")].map((account) => mint(account, 1_000n)),
    {
      target: contracts.Profiles,
      data: interfaces.Profiles.encodeFunctionData("changeKinds", [
        address("member"),
        kindBits(["producer"]),
      ]),
    },
    found(name, [address("steward"), address("suspended"), address("removed"), address("left")]),
  );
  await ledger.governBy(["consumer"], suspend(address("suspended")), remove(address("removed")));
  const { profiles } = ledger.as("stranger");
  await profiles.connect(accounts.left).resign();

  // --- offers, a belt, its successor, and what the community has
  const [consumer, producer, steward] = [ledger.as("consumer"), ledger.as("bank"), ledger.as("bureau")];
  const offer = hash(1_000);
  const validUntil = (await ledger.now()) + 365 * day;
  const { kind, price, deadlineSeconds, capacity } = station;
  for (const document of [offer, hash(1_001)]) {
    await producer.offers.publish(document, kind, price, deadlineSeconds, capacity, validUntil);
  }
  const product = hash(1_002);
  await producer.offers.publish(product, 2, price, deadlineSeconds, 10, validUntil);
  const offerIdOf = (document: string) => offerId(address("producer"), document);
  const [belt, successor, community] = [hash(1), hash(2), id(name)];
  for (const document of [belt, successor])
    await steward.belts.publish(document, ZeroHash, [offerIdOf(offer)]);
  await consumer.belts.endorse(belt);
  await steward.belts.proposeSteward(belt, address("supervisor"));
  await steward.communities.adopt(community, successor);
  await steward.communities.setChannel(community, "chat", "https://chat.example");
  await consumer.communities.join(community);

  // --- connections and money
  await consumer.connections.request(address("producer"));
  await consumer.connections.request(address("steward"));
  await steward.connections.accept(address("consumer"));
  await consumer.credit.approve(address("producer"), 100n);

  // --- sheets: what has run out of time comes first
  const book = async (root: number, seconds: number) =>
    sheetOf(ledger, { belt, root: hash(root), count: 3, deadline: (await ledger.now()) + seconds });
  const report = async (sheet: string) => producer.bookings.report(sheet, 0, 1, [], []);
  /** Has case 0 disputed, and the others settled. */
  async function quarrel(sheet: string): Promise<void> {
    await report(sheet);
    await consumer.bookings.dispute(sheet, 0, [0], [1n], hash(0xe71));
    await consumer.bookings.accept(sheet, 1);
  }
  const sheets = {
    /** Its dispute was not decided in time. */
    lapsed: await book(11, day),
    /** The deadline has passed without a report. */
    due: await book(12, day),
    /** Reported, and the consumer did not answer in time. */
    unanswered: await book(13, day),
    open: "",
    reported: "",
    /** One supervisor has dismissed its dispute. */
    disputed: "",
  };
  await quarrel(sheets.lapsed);
  await report(sheets.unanswered);
  await ledger.travelTo((await ledger.now()) + 31 * day + acceptanceWindow);
  sheets.open = await book(14, 30 * day);
  sheets.reported = await book(15, 30 * day);
  sheets.disputed = await book(16, 30 * day);
  await report(sheets.reported);
  await quarrel(sheets.disputed);
  await ledger.as("deputy").bookings.resolve(sheets.disputed, 0, [], []);

  // --- proposals
  const renaming = (number: number) => ({
    target: directory,
    data: interfaces.Directory.encodeFunctionData("set", [hash(number), directory]),
  });
  const active = await ledger.proposal("consumer", renaming(1));
  await active.propose();
  const passed = await ledger.proposal("consumer", renaming(2));
  await passed.propose();
  const queued = await ledger.proposal("consumer", renaming(3));
  await queued.propose();
  await ledger.travelTo(await queued.opens());
  for (const { content } of [passed, queued]) await consumer.governance.castVote(content.proposal, 1);
  await queued.queue();
  // Its vote does not open until later.
  const pending = await ledger.proposal("consumer", renaming(4));

  const { signed, grant, revocation, soon } = await signAll(ledger, {
    ...{ member: accounts.member, consumer: accounts.consumer, grantee: address("producer") },
    ...{ source, purpose, proposal: active.content.proposal },
  });

  return {
    ...{ ledger, accounts, address, directory, contracts, belt, successor, community, source, purpose },
    ...{ sheets, grant, revocation, signed, soon },
    /** Offers of the producer: one that is booked, one that is not, and a product. */
    offers: { booked: offerIdOf(offer), free: offerIdOf(hash(1_001)), product: offerIdOf(product) },
    /** A day, as calendars count them, on which the product is free. */
    tomorrow: Math.ceil(Number(soon) / day),
    proposals: {
      active: active.content,
      passed: passed.content,
      queued: queued.content,
      pending: pending.content,
    },
    propose: pending.propose,
  };
}
