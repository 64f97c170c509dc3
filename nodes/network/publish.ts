import { documentHash } from "../../pipeline/belt/index.ts";
import type { BeltTemplate, NodeOperations } from "../api/index.ts";
import type { BeltFolder } from "./beltFolder.ts";
import type { MemberNode } from "./memberNode.ts";
import type { RosterMember } from "./roster.ts";

/** A member's place in the network and its node. */
export interface Placed {
  readonly member: RosterMember;
  readonly node: MemberNode;
}

/**
 * Publishes the offers of a member's stations, through its node; what is on the ledger as it is stays.
 *
 * @returns the offers' ids by the names that a belt's template calls them: `member/offer` and `offer`
 * @throws {BeltError} what the node or the ledger refuses
 */
export async function publishOffers({ member, node }: Placed): Promise<ReadonlyMap<string, string>> {
  const { operations } = node;
  const { stations } = await operations.status();
  // The node has its stations in the order of its configuration.
  const offered = member.parts.flatMap((part) => part.stations.map((terms) => ({ part, terms })));
  const published = offered.map(async ({ part, terms }, place) => {
    const station = stations[place];
    if (station === undefined) throw new RangeError(`The node of ${node.name} has no station ${place}.`);
    const { price, deadlineSeconds, capacity } = terms;
    const { name } = station;
    const offer =
      station.offer ??
      (await operations.publishOffer({ station: name, price, deadlineSeconds, capacity, validDays: 365 }))
        .offer;
    return [
      [`${part.name}/${name}`, offer],
      [name, offer],
    ] as const;
  });
  return new Map((await Promise.all(published)).flat());
}

/**
 * Publishes the belt, its offers named by their ids, unless it is on the ledger.
 *
 * @returns the belt's id
 */
export async function publishBelt(
  { template }: BeltFolder,
  offers: ReadonlyMap<string, string>,
  operations: NodeOperations,
): Promise<string> {
  const stations = Object.entries(template.stations).map(
    ([name, place]) => [name, { ...place, offer: offers.get(place.offer) ?? place.offer }] as const,
  );
  const resolved: BeltTemplate = { ...template, stations: Object.fromEntries(stations) };
  const [belts, id] = [await operations.belts(), documentHash(resolved)];
  if (belts.some(({ belt, live }) => belt === id && live)) return id;
  return (await operations.publishBelt(resolved)).belt;
}
