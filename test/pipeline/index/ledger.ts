import { createHash } from "node:crypto";
import {
  type Address,
  applyBlock,
  createIndex,
  type Hash,
  type IndexView,
  type LedgerBlock,
  type LedgerIndex,
} from "../../../pipeline/index/index.ts";

/** A hash that depends on nothing but the words. */
export const hashOf = (...words: readonly (string | number)[]): Hash =>
  `0x${createHash("sha256").update(words.join(" ")).digest("hex")}`;

export const addressOf = (...words: readonly (string | number)[]): Address =>
  `0x${hashOf(...words).slice(2, 42)}`;

export const genesis: Hash = `0x${"0".repeat(64)}`;

/** What an event says besides its place, which {@link blockOf} fills in. */
export type Fact = { readonly event: string } & Record<string, unknown>;

/** A block on a parent, with the facts as its events. `fork` makes its hash another one than its rival's. */
export function blockOf(
  parent: { number: number; hash: Hash },
  facts: readonly Fact[],
  fork = 0,
): LedgerBlock {
  const number = parent.number + 1;
  const hash = hashOf("block", parent.hash, number, fork);
  const events = facts.map((fact, logIndex) => ({
    ...fact,
    block: number,
    blockHash: hash,
    transaction: hashOf("transaction", hash, logIndex),
    logIndex,
    at: 1_700_000_000 + 12 * number,
  }));
  return { number, hash, parentHash: parent.hash, events };
}

export const before = { number: -1, hash: genesis };

/** An index that has read one block after another, each with these facts. */
export function indexOf(...blocks: readonly (readonly Fact[])[]): LedgerIndex {
  const index = createIndex();
  for (const facts of blocks) applyBlock(index, blockOf(index.view.head ?? before, facts));
  return index;
}

/** Everything a view says, in the order in which it says it. */
export function contentsOf(view: IndexView): unknown {
  return Object.entries(view).map(([name, part]) => [name, part instanceof Map ? [...part] : part]);
}

export const ada = addressOf("ada");
export const bob = addressOf("bob");
export const offerId = hashOf("offer");
export const beltId = hashOf("belt");
export const sheetId = hashOf("sheet");

export const admitted = (member: Address, name: string): Fact => ({
  event: "MemberAdmitted",
  member,
  name,
  kinds: 3,
});

export const rotated = (member: Address, key: string, fromBlock: number): Fact => ({
  event: "KeysRotated",
  member,
  signingKey: hashOf("signing", key),
  sealingKey: hashOf("sealing", key),
  fromBlock,
});

export const offered = (id: Hash, member: Address): Fact => ({
  event: "OfferPublished",
  id,
  member,
  document: hashOf("document", id),
  kind: 1,
  price: 5n,
  deadlineSeconds: 60,
  capacity: 64,
  validUntil: 2_000_000_000,
});

export const chained = (belt: Hash, offers: readonly Hash[]): Fact => ({
  event: "BeltPublished",
  belt,
  member: ada,
  parent: genesis,
  offers,
});

export const booked = (sheet: Hash, belt: Hash, count = 130): Fact => ({
  event: "SheetBooked",
  sheet,
  belt,
  consumer: bob,
  root: hashOf("root", sheet),
  count,
  deadline: 1_700_001_000,
  cost: 650n,
});

/** A sheet on a single offer, and one of a product: ten cases each. */
export const offerBooked = (sheet: Hash, offer: Hash): Fact => {
  const { belt: _, ...rest } = booked(sheet, offer, 10);
  return { ...rest, event: "OfferBooked", offer };
};

export const productBooked = (sheet: Hash, offer: Hash): Fact => {
  const { count: _, ...rest } = offerBooked(sheet, offer);
  return { ...rest, event: "ProductBooked", firstDay: 20_000, dayCount: 5, units: 2 };
};

export const superseded = (former: Hash, id: Hash): Fact => ({ event: "OfferSuperseded", former, id });

/** A report of a station, of all 130 cases unless it covers fewer slots. */
export const reported = (station: number, exceptions: readonly bigint[] = [], covered = 7): Fact => ({
  event: "SheetReported",
  sheet: sheetId,
  station,
  member: station === 0 ? ada : bob,
  covered,
  slots: exceptions.map((_, slot) => slot),
  words: exceptions,
});

/** A station of the sheet is settled: half of the price is its own. */
export const settled = (station: number, changes: Record<string, unknown> = {}): Fact => ({
  event: "StationSettled",
  sheet: sheetId,
  station,
  member: station === 0 ? ada : bob,
  settler: bob,
  paid: 325n,
  refunded: 0n,
  ...changes,
});

export const declined = (station: number, refunded = 325n): Fact => ({
  event: "StationDeclined",
  sheet: sheetId,
  station,
  member: station === 0 ? ada : bob,
  refunded,
});

export const expired = (unreported: number, refunded: bigint): Fact => ({
  event: "SheetExpired",
  sheet: sheetId,
  unreported,
  refunded,
});

export const lapsed = (paid: bigint, station = 0): Fact => ({
  event: "DisputeLapsed",
  sheet: sheetId,
  station,
  paid,
});

/** Cases of slot 0 of a station are disputed, in the words of a report. */
export const disputed = (station: number, word: bigint, evidence = hashOf("evidence")): Fact => ({
  ...{ event: "CasesDisputed", sheet: sheetId, station, evidence },
  ...{ slots: [0], words: [word] },
});

/** A supervisor decides a dispute: which cases of slot 0 are refunded. */
export const decided = (station: number, supervisor: Address, word: bigint): Fact => ({
  ...{ event: "DecisionGiven", sheet: sheetId, station, supervisor },
  ...(word === 0n ? { slots: [], words: [] } : { slots: [0], words: [word] }),
});

/** A case of station 0 is in dispute, the others are settled; 330 is held: for it, and for the other station. */
export const openDispute: readonly Fact[] = [reported(0), disputed(0, 1n), settled(0, { paid: 320n })];

/** Two members, a belt of two stations (ada's, then bob's), and one sheet of 130 cases. */
export const oneSheet: readonly (readonly Fact[])[] = [
  [admitted(ada, "ada"), admitted(bob, "bob")],
  [offered(offerId, ada), offered(hashOf("other"), bob)],
  [chained(beltId, [offerId, hashOf("other")]), booked(sheetId, beltId)],
];
