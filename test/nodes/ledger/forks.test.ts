import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryStore } from "../../../nodes/store/index.ts";
import type { EventName } from "../../../pipeline/index/index.ts";
import { contentsOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { actNames } from "./acts.ts";
import { type Act, createForkingChain } from "./forkingChain.ts";
import { useChain } from "./useChain.ts";

const used = useChain();

/** The deepest reorganisation. */
const deepest = 64;

const someAct: fc.Arbitrary<Act> = fc.record({
  what: fc.constantFrom(...actNames),
  member: fc.integer({ min: 1, max: 4 }),
  pick: fc.nat({ max: 7 }),
});
const someBlock = fc.array(someAct, { maxLength: 2 });
const someBlocks = fc
  .integer({ min: 0, max: deepest })
  .chain((length) => fc.array(someBlock, { minLength: length, maxLength: length }));

/** A reorganisation: so many blocks are taken back, and others come in their place, fewer or more. */
const someFork = fc.record({
  depth: fc.integer({ min: 1, max: deepest }),
  instead: someBlocks,
  /** Whether the follower gets to see what is there before the next one. */
  seen: fc.boolean(),
});

/** Everything that there is to do, each in a block of its own: whatever comes at random, every event is there. */
const tour: readonly (readonly Act[])[] = [
  ...[1, 2].map((member) => ({ what: "profile", member }) as const),
  { what: "offer", member: 1 } as const,
  { what: "belt", member: 1 } as const,
  { what: "book", member: 2 } as const,
  { what: "report", member: 1 } as const,
  { what: "dispute", member: 2 } as const,
  { what: "accept", member: 2 } as const,
  ...[3, 4].map((member) => ({ what: "decide", member }) as const),
  { what: "withdraw", member: 1 } as const,
  { what: "book", member: 2 } as const,
  { what: "decline", member: 1 } as const,
  { what: "book", member: 2 } as const,
  { what: "cancel", member: 2 } as const,
  { what: "bookOffer", member: 2 } as const,
  { what: "product", member: 1 } as const,
  { what: "bookProduct", member: 2 } as const,
  { what: "supersede", member: 1 } as const,
  { what: "anchor", member: 1 } as const,
  { what: "withdrawOffer", member: 1 } as const,
].map((act) => [{ ...act, pick: 0 }]);

it("whatever is taken back, from 1 to 64 blocks, the view is what a rebuild gives", {
  timeout: 120_000,
}, async () => {
  const ending = new AbortController();
  const chain = await createForkingChain(used.chain, ending.signal);
  const store = new MemoryStore();
  const reader = await used.read({ store, poll: 30 });
  const events = new Set<EventName>();
  let undone = 0;
  const heard = (async () => {
    for await (const change of reader.changes(ending.signal)) {
      for (const { event } of change.events) events.add(event);
      if (change.rolledBackTo !== undefined) undone++;
    }
  })();
  const agrees = async () => {
    const head = await chain.head();
    await until(() => reader.view.head?.hash === head, { what: "the newest block" });
    expect(contentsOf(reader.view)).toEqual(await used.rebuilt());
  };
  for (const block of fc.sample(someBlock, deepest - tour.length)) await chain.mine(block);
  for (let time = 0; time < 2; time++) {
    for (const block of tour) await chain.mine(block);
    await agrees();
    if (time === 0) await chain.takeBack(tour.length);
  }
  await fc.assert(
    fc.asyncProperty(fc.array(someFork, { minLength: 1, maxLength: 3 }), async (forks) => {
      for (const { depth, instead, seen } of forks) {
        while (chain.length < depth) await chain.mine([]);
        await chain.takeBack(depth);
        for (const block of instead) await chain.mine(block);
        if (seen) await agrees();
      }
      await agrees();
    }),
    { numRuns: 5, endOnFailure: true },
  );
  const resumed = await used.read({ store });
  expect(contentsOf(resumed.view)).toEqual(await used.rebuilt());
  await resumed.close();
  ending.abort();
  await heard;
  await reader.close();
  expect(undone).toBeGreaterThan(5);
  expect([...events].sort()).toEqual([
    "BeltPublished",
    "CasesDisputed",
    "CreditWithdrawn",
    "DecisionGiven",
    "DisputeResolved",
    "HeadAnchored",
    "KeysRotated",
    "OfferBooked",
    "OfferPublished",
    "OfferSuperseded",
    "OfferWithdrawn",
    "ProductBooked",
    "ProfilePublished",
    "SheetBooked",
    "SheetCancelled",
    "SheetReported",
    "StationDeclined",
    "StationSettled",
  ]);
});
