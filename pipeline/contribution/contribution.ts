import { type Address, endorsersOf, type IndexView, isActive } from "../index/index.ts";
import { between, type Cases, type Dealings, dealingsOf, servedBy } from "./dealings.ts";
import { isRing, take } from "./selfDealing.ts";

/** What each thing is worth in points: whole numbers, which a consortium may choose for itself. */
export interface Weights {
  /** A case that was served for another member, and counts. */
  readonly served: number;
  /** A member that endorses a belt which this one answers for. */
  readonly endorsed: number;
  /** What a case costs that it reported as done, and that supervisors found not to be. */
  readonly lost: number;
}

export const defaultWeights: Weights = { served: 1, endorsed: 25, lost: 5 };

/** What one member contributed, by the ledger alone. */
export interface Contribution {
  readonly member: Address;
  readonly name: string;
  readonly active: boolean;
  /** The index: the sum of what counts, each times its weight, less what was lost. */
  readonly points: number;
  /** Cases that count: done, settled, and confirmed by another member's acceptance, or by supervisors in a dispute. */
  readonly served: number;
  /** Cases that others served for it and that it accepted, whether they count for them or not. */
  readonly consumed: number;
  /** Active members that endorse a belt which it answers for, counted for each belt. */
  readonly endorsements: number;
  /** Cases that it reported as done, and of which supervisors decided for the consumer. */
  readonly lost: number;
  /** Cases that it served and that do not count, by why. */
  readonly apart: {
    /** It was the consumer itself. */
    readonly own: number;
    /** In a ring of two members that serve nobody else. */
    readonly ring: number;
    /** In return for as many from the same member, beyond what it served for others. */
    readonly mutual: number;
    /** No other member accepted them: they were settled because the window was over. */
    readonly unconfirmed: number;
    /** A dispute of them is not decided yet. */
    readonly disputed: number;
  };
}

export interface ContributionIndex {
  readonly weights: Weights;
  /** Who ever was a member: most points first, then by address. */
  readonly members: readonly Contribution[];
  /** The rings of two, each with the lower address first. */
  readonly rings: readonly (readonly [Address, Address])[];
}

/**
 * What every member contributed: a function of the ledger alone, whatever the order in which things happened.
 *
 * points = served · {@link Weights.served} + endorsements · {@link Weights.endorsed} − lost · {@link Weights.lost}
 *
 * Serving one more case for another member, and having it accepted, never lowers a member's own points. Cases of one's
 * own, and cases within a ring, change nobody's.
 */
export function contributionsOf(view: IndexView, weights: Weights = defaultWeights): ContributionIndex {
  const dealings = dealingsOf(view);
  const endorsements = endorsementsByMember(view);
  const members = [...view.profiles.values()].map(({ member, name }): Contribution => {
    const { served, ...apart } = servedOf(dealings, member);
    const endorsed = endorsements.get(member) ?? 0;
    const lost = servedBy(dealings.lost, member);
    return {
      ...{ member, name, active: isActive(view, member) },
      points: served * weights.served + endorsed * weights.endorsed - lost * weights.lost,
      ...{ served, consumed: consumedBy(dealings.confirmed, member), endorsements: endorsed, lost, apart },
    };
  });
  const ranked = members.toSorted(
    (one, other) => other.points - one.points || (one.member < other.member ? -1 : 1),
  );
  return { weights, members: ranked, rings: ringsOf(dealings.confirmed) };
}

function servedOf({ confirmed, unconfirmed, disputed, own }: Dealings, member: Address) {
  const sum = { served: 0, own: servedBy(own, member), ring: 0, mutual: 0 };
  for (const consumer of confirmed.get(member)?.keys() ?? []) {
    const { counted, ring, mutual } = take(confirmed, member, consumer);
    sum.served += counted;
    sum.ring += ring;
    sum.mutual += mutual;
  }
  return { ...sum, unconfirmed: servedBy(unconfirmed, member), disputed: servedBy(disputed, member) };
}

function consumedBy(confirmed: Cases, member: Address): number {
  let sum = 0;
  for (const server of confirmed.keys()) sum += between(confirmed, server, member);
  return sum;
}

/** How many active members endorse the belts that each member answers for. */
function endorsementsByMember(view: IndexView): ReadonlyMap<Address, number> {
  const sums = new Map<Address, number>();
  for (const belt of view.belts.values()) {
    const endorsers = endorsersOf(view, belt).filter((member) => member !== belt.steward);
    sums.set(belt.steward, (sums.get(belt.steward) ?? 0) + endorsers.length);
  }
  return sums;
}

function ringsOf(confirmed: Cases): (readonly [Address, Address])[] {
  const rings: (readonly [Address, Address])[] = [];
  for (const [server, consumers] of confirmed) {
    for (const consumer of consumers.keys()) {
      if (server < consumer && isRing(confirmed, server, consumer)) rings.push([server, consumer]);
    }
  }
  return rings.toSorted(([one], [other]) => (one < other ? -1 : 1));
}
