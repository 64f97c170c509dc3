import { position, refuse } from "./contradiction.ts";
import type { EventOf } from "./events.ts";
import type { Community } from "./records.ts";
import type { Tables } from "./tables.ts";

export function communityFounded(tables: Tables, event: EventOf<"CommunityFounded">): void {
  const { community: id, name } = event;
  if (tables.communities.get(id)) refuse(event, "the community was founded before");
  tables.communities.set(id, {
    ...{ id, name, founded: position(event), stewards: new Set(), members: new Map() },
    ...{ belts: new Map(), channels: new Map() },
  });
}

type Change = EventOf<
  | "StewardAdded"
  | "StewardRemoved"
  | "CommunityJoined"
  | "CommunityLeft"
  | "BeltAdopted"
  | "BeltDropped"
  | "ChannelSet"
>;

/** A community from before the directory named its contract is passed over, as are proposals from before. */
export function communityChanged(tables: Tables, event: Change): void {
  const community = tables.communities.get(event.community);
  if (community) tables.communities.set(community.id, { ...community, ...changeOf(community, event) });
}

function changeOf({ stewards, members, belts, channels }: Community, event: Change): Partial<Community> {
  const at = position(event);
  switch (event.event) {
    case "StewardAdded":
      return { stewards: new Set([...stewards, event.member]) };
    case "StewardRemoved":
      return { stewards: new Set([...stewards].filter((steward) => steward !== event.member)) };
    case "CommunityJoined":
      return { members: new Map(members).set(event.member, at) };
    case "CommunityLeft":
      return { members: without(members, event.member) };
    case "BeltAdopted":
      return { belts: new Map(belts).set(event.belt, at) };
    case "BeltDropped":
      return { belts: without(belts, event.belt) };
    case "ChannelSet":
      if (event.url === "") return { channels: without(channels, event.channel) };
      return { channels: new Map(channels).set(event.channel, event.url) };
  }
}

function without<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  const left = new Map(map);
  left.delete(key);
  return left;
}
