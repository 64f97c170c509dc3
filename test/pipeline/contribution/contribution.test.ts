import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContributionIndex, contributionsOf } from "../../../pipeline/contribution/index.ts";
import { applyBlock, createIndex, type LedgerBlock, rollbackTo } from "../../../pipeline/index/index.ts";
import { endorsed } from "../index/agreements.ts";
import {
  addressOf,
  admitted,
  before,
  blockOf,
  booked,
  chained,
  type Fact,
  hashOf,
  indexOf,
  offered,
} from "../index/ledger.ts";

const names = ["ada", "bob", "carl", "dora"] as const;
type Name = (typeof names)[number];
const others = (name: Name) => names.filter((each) => each !== name);

/** One station of one sheet: so many cases, all but some done, accepted by the consumer or left to the window. */
interface Deal {
  readonly server: Name;
  readonly consumer: Name;
  readonly count: number;
  readonly failed?: number;
  readonly accepted?: boolean;
  /** So many of the cases that are done are disputed; how that ended, if it has: for the consumer, or the station. */
  readonly disputed?: number;
  readonly end?: "upheld" | "dismissed" | "lapsed";
}

const offerOf = (name: Name) => hashOf("offer", name);
const beltOf = (name: Name) => hashOf("belt", name);

/** Every member with an offer, and a belt of it alone. */
const consortium: readonly Fact[] = names.flatMap((name) => [
  admitted(addressOf(name), name),
  offered(offerOf(name), addressOf(name)),
  { ...chained(beltOf(name), [offerOf(name)]), member: addressOf(name) },
]);

/** The words of a report or a dispute: a code for each of so many cases of the first slot, after some others. */
function wordOf(code: bigint, count: number, after = 0) {
  let word = 0n;
  for (let place = after; place < after + count; place++) word |= code << BigInt(4 * place);
  return word === 0n ? { slots: [], words: [] } : { slots: [0], words: [word] };
}

/** What the ledger says of a deal: booked, reported, disputed, settled and decided. */
function factsOf(deal: Deal, place: number): Fact[] {
  const { server, consumer, count, failed = 0, accepted = true, disputed = 0, end } = deal;
  const sheet = hashOf("sheet", place);
  const [member, account] = [addressOf(server), addressOf(consumer)];
  const station = { sheet, station: 0 };
  const paid = BigInt(count - failed - disputed);
  const settler = accepted ? account : addressOf("anybody");
  const facts: Fact[] = [
    { ...booked(sheet, beltOf(server), count), consumer: account, cost: BigInt(count) },
    { event: "SheetReported", ...station, member, covered: 1, ...wordOf(3n, failed) },
    { event: "StationSettled", ...station, member, settler, paid, refunded: BigInt(failed) },
  ];
  if (disputed === 0) return facts;
  const cases = wordOf(1n, disputed, failed);
  facts.splice(2, 0, { event: "CasesDisputed", ...station, evidence: hashOf("evidence"), ...cases });
  if (end === "lapsed") facts.push({ event: "DisputeLapsed", ...station, paid: BigInt(disputed) });
  if (end !== "upheld" && end !== "dismissed") return facts;
  const [first, second] = [addressOf("carl"), addressOf("dora")];
  const upheld = end === "upheld" ? BigInt(disputed) : 0n;
  const decision = end === "upheld" ? cases : wordOf(1n, 0);
  return [
    ...facts,
    { event: "DecisionGiven", ...station, supervisor: first, ...decision },
    { event: "DecisionGiven", ...station, supervisor: second, ...decision },
    {
      ...{ event: "DisputeResolved", ...station, first, second },
      ...{ paid: BigInt(disputed) - upheld, refunded: upheld },
    },
  ];
}

const facts = (deals: readonly Deal[]): readonly Fact[][] => deals.map(factsOf);

const contributions = (deals: readonly Deal[], more: readonly Fact[] = []): ContributionIndex =>
  contributionsOf(indexOf(consortium, ...facts(deals), more).view);

const of = (index: ContributionIndex, name: Name) =>
  index.members.find((each) => each.name === name) ?? expect.fail();

const none = { own: 0, ring: 0, mutual: 0, unconfirmed: 0, disputed: 0 };

describe("a contribution", () => {
  it("is what was done for another member, who accepted it", () => {
    const index = contributions([
      { server: "ada", consumer: "bob", count: 10, failed: 3 },
      { server: "ada", consumer: "carl", count: 5 },
      { server: "bob", consumer: "carl", count: 4, accepted: false },
    ]);
    expect(of(index, "ada")).toMatchObject({ served: 12, points: 12, consumed: 0, apart: none });
    expect(of(index, "bob")).toMatchObject({ served: 0, consumed: 7, apart: { ...none, unconfirmed: 4 } });
    expect(of(index, "carl")).toMatchObject({ served: 0, consumed: 5, apart: none });
    expect(index.members.map(({ name }) => name).slice(0, 1)).toEqual(["ada"]);
    expect(index.rings).toEqual([]);
  });

  it("is not what a member did for itself", () => {
    const index = contributions([{ server: "ada", consumer: "ada", count: 10 }]);
    expect(of(index, "ada")).toMatchObject({
      served: 0,
      points: 0,
      consumed: 0,
      apart: { ...none, own: 10 },
    });
  });

  it("is not what two did for each other alone, however unequal", () => {
    const ring: readonly Deal[] = [
      { server: "ada", consumer: "bob", count: 10 },
      { server: "bob", consumer: "ada", count: 1 },
    ];
    const index = contributions([...ring, { server: "carl", consumer: "ada", count: 2 }]);
    expect(of(index, "ada")).toMatchObject({ served: 0, points: 0, apart: { ...none, ring: 10 } });
    expect(of(index, "bob")).toMatchObject({ served: 0, points: 0, apart: { ...none, ring: 1 } });
    expect(of(index, "carl")).toMatchObject({ served: 2, points: 2 });
    expect(index.rings).toEqual([[addressOf("ada"), addressOf("bob")].toSorted()]);
  });

  it("of two for each other counts as far as each serves others too", () => {
    const index = contributions([
      { server: "ada", consumer: "bob", count: 10 },
      { server: "bob", consumer: "ada", count: 7 },
      { server: "ada", consumer: "carl", count: 2 },
    ]);
    // Of seven in return for seven, two are matched by what ada did for carl.
    expect(of(index, "ada")).toMatchObject({ served: 7, apart: { ...none, mutual: 5 } });
    expect(of(index, "bob")).toMatchObject({ served: 0, apart: { ...none, mutual: 7 } });
    expect(index.rings).toEqual([]);
  });

  it("is also that others endorse what a member answers for", () => {
    const index = contributions(
      [],
      [
        endorsed(beltOf("ada"), addressOf("bob")),
        endorsed(beltOf("ada"), addressOf("carl")),
        endorsed(beltOf("bob"), addressOf("carl")),
        // Who is no member (any more) does not count.
        endorsed(beltOf("dora"), addressOf("stranger")),
        { event: "StewardChanged", belt: beltOf("bob"), former: addressOf("bob"), steward: addressOf("ada") },
      ],
    );
    expect(of(index, "ada")).toMatchObject({ endorsements: 3, points: 75 });
    expect(of(index, "bob")).toMatchObject({ endorsements: 0, points: 0 });
    expect(of(index, "dora")).toMatchObject({ endorsements: 0, points: 0 });
  });

  it("is less for what two supervisors found not to be done, and waits for them", () => {
    const deal = { server: "ada", consumer: "bob", count: 10, failed: 1, disputed: 3 } as const;
    const ended = (end: Deal["end"], accepted = true) =>
      of(contributions([end ? { ...deal, end, accepted } : { ...deal, accepted }]), "ada");
    expect(ended(undefined)).toMatchObject({ served: 6, points: 6, apart: { ...none, disputed: 3 } });
    expect(ended("upheld")).toMatchObject({ served: 6, lost: 3, points: 6 - 15, apart: none });
    expect(ended("dismissed")).toMatchObject({ served: 9, lost: 0, points: 9, apart: none });
    expect(ended("dismissed", false)).toMatchObject({
      served: 3,
      points: 3,
      apart: { ...none, unconfirmed: 6 },
    });
    expect(ended("lapsed")).toMatchObject({ served: 6, lost: 0, apart: { ...none, unconfirmed: 3 } });
  });

  it("weighs as the consortium says", () => {
    const { view } = indexOf(consortium, ...facts([{ server: "ada", consumer: "bob", count: 3 }]), [
      endorsed(beltOf("ada"), addressOf("bob")),
    ]);
    const weights = { served: 10, endorsed: 1, lost: 0 };
    const index = contributionsOf(view, weights);
    expect(index.weights).toEqual(weights);
    expect(of(index, "ada").points).toBe(31);
  });
});

const name = fc.constantFrom(...names);
const deal: fc.Arbitrary<Deal> = fc
  .record({
    server: name,
    consumer: name,
    count: fc.integer({ min: 1, max: 12 }),
    failed: fc.nat(3),
    accepted: fc.boolean(),
    disputed: fc.nat(3),
    end: fc.constantFrom("upheld", "dismissed", "lapsed"),
  })
  .map((each) => {
    const failed = Math.min(each.failed, each.count);
    return { ...each, failed, disputed: Math.min(each.disputed, each.count - failed) };
  });
const deals = fc.array(deal, { maxLength: 14 });

describe("whatever members do", () => {
  it("the order of it does not matter", () => {
    fc.assert(
      fc.property(
        fc
          .array(deal, { maxLength: 10 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(contributions(shuffled)).toEqual(contributions(all));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("serving one more case for another never lowers one's own points", () => {
    let raised = 0;
    fc.assert(
      fc.property(deals, name, fc.nat(2), (all, server, other) => {
        const consumer = others(server)[other] ?? expect.fail();
        const more = [...all, { server, consumer, count: 1 }];
        const [less, grown] = [of(contributions(all), server), of(contributions(more), server)];
        expect(grown.points).toBeGreaterThanOrEqual(less.points);
        if (grown.points > less.points) raised++;
      }),
      { numRuns: 100 },
    );
    expect(raised).toBeGreaterThan(20);
  });

  it("an endorsement raises its steward's points, and nobody else's", () => {
    fc.assert(
      fc.property(deals, name, fc.nat(2), (all, steward, other) => {
        const member = others(steward)[other] ?? expect.fail();
        const index = contributions(all, [endorsed(beltOf(steward), addressOf(member))]);
        for (const each of names) {
          const more = each === steward ? index.weights.endorsed : 0;
          expect(of(index, each).points).toBe(of(contributions(all), each).points + more);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("serving oneself, or what nobody accepts, changes nobody's points", () => {
    fc.assert(
      fc.property(deals, deal, (all, { server, consumer, ...rest }) => {
        const own = [...all, { ...rest, server, consumer: server }];
        const unaccepted = [...all, { ...rest, server, consumer, accepted: false, disputed: 0 }];
        for (const each of names) {
          const { points } = of(contributions(all), each);
          expect(of(contributions(own), each).points).toBe(points);
          expect(of(contributions(unaccepted), each).points).toBe(points);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("two that serve nobody but each other gain nothing by any number of cases", () => {
    const inRing = fc.record({ count: fc.integer({ min: 1, max: 40 }), turned: fc.boolean() });
    fc.assert(
      fc.property(deals, fc.array(inRing, { minLength: 1, maxLength: 8 }), (all, ring) => {
        const outside = all.filter(({ server }) => server !== "ada" && server !== "bob");
        const pair = (turned: boolean): Pick<Deal, "server" | "consumer"> =>
          turned ? { server: "bob", consumer: "ada" } : { server: "ada", consumer: "bob" };
        const both = [
          { ...pair(false), count: 1 },
          { ...pair(true), count: 1 },
        ];
        const more = ring.map(({ count, turned }) => ({ ...pair(turned), count }));
        const index = contributions([...outside, ...both, ...more]);
        for (const each of names) {
          expect(of(index, each).points).toBe(of(contributions(outside), each).points);
        }
        expect(index.rings).toContainEqual([addressOf("ada"), addressOf("bob")].toSorted());
      }),
      { numRuns: 60 },
    );
  });

  it("every case that is done and settled counts, or is shown apart", () => {
    fc.assert(
      fc.property(deals, (all) => {
        const index = contributions(all);
        for (const each of names) {
          const { served, lost, apart } = of(index, each);
          const done = all
            .filter(({ server }) => server === each)
            .reduce((sum, { count, failed = 0 }) => sum + count - failed, 0);
          const ownLost = all
            .filter(({ server, consumer, end }) => server === each && consumer === each && end === "upheld")
            .reduce((sum, { disputed = 0 }) => sum + disputed, 0);
          const { own, ring, mutual, unconfirmed, disputed } = apart;
          const shown = own + ring + mutual + unconfirmed + disputed;
          expect(served + lost + shown + ownLost).toBe(done);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("blocks that the ledger takes back leave what there was before them", () => {
    fc.assert(
      fc.property(deals, deals, (kept, taken) => {
        const chain: LedgerBlock[] = [];
        const index = createIndex();
        for (const each of [consortium, ...facts([...kept, ...taken])]) {
          const block = blockOf(chain.at(-1) ?? before, each);
          applyBlock(index, block);
          chain.push(block);
        }
        rollbackTo(index, kept.length);
        expect(contributionsOf(index.view)).toEqual(contributions(kept));
      }),
      { numRuns: 40 },
    );
  });
});
