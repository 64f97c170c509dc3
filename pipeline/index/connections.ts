import { position, refuse } from "./contradiction.ts";
import type { Address, EventOf, LedgerEvent } from "./events.ts";
import type { Connection, IndexView } from "./records.ts";
import type { Tables } from "./tables.ts";

/** The one key of a pair, whichever of the two comes first. */
const pairOf = (one: Address, other: Address): string =>
  one < other ? `${one}/${other}` : `${other}/${one}`;

export function connectionRequested(tables: Tables, event: EventOf<"ConnectionRequested">): void {
  const { requester, member } = event;
  const known = tables.connections.get(pairOf(requester, member));
  if (known && !known.ended) refuse(event, "the two are connected, or one of them has asked");
  const fresh = { requester, member, requested: position(event), accepted: undefined, ended: undefined };
  tables.connections.set(pairOf(requester, member), fresh);
}

export function connectionAccepted(tables: Tables, event: EventOf<"ConnectionAccepted">): void {
  const { requester, member } = event;
  const request = requestOf(tables, event, requester, member);
  tables.connections.set(pairOf(requester, member), { ...request, accepted: position(event) });
}

export function requestEnded(tables: Tables, event: EventOf<"RequestDeclined" | "RequestWithdrawn">): void {
  const { requester, member } = event;
  const request = requestOf(tables, event, requester, member);
  const declined = event.event === "RequestDeclined";
  const ended = {
    ...position(event),
    how: declined ? ("declined" as const) : ("withdrawn" as const),
    by: declined ? member : requester,
  };
  tables.connections.set(pairOf(requester, member), { ...request, ended });
}

export function connectionEnded(tables: Tables, event: EventOf<"ConnectionEnded">): void {
  const { member, partner } = event;
  const connection = tables.connections.get(pairOf(member, partner));
  if (!connection?.accepted || connection.ended) refuse(event, "the two are not connected");
  const ended = { ...position(event), how: "ended" as const, by: member };
  tables.connections.set(pairOf(member, partner), { ...connection, ended });
}

function requestOf(tables: Tables, event: LedgerEvent, requester: Address, member: Address): Connection {
  const known = tables.connections.get(pairOf(requester, member));
  const open = known?.requester === requester && !known.accepted && !known.ended;
  return open ? known : refuse(event, "there is no such request");
}

/** How two members stand with each other, or stood last; the order does not matter. */
export function connectionBetween(view: IndexView, one: Address, other: Address): Connection | undefined {
  return view.connections.get(pairOf(one, other));
}

/** All that a member has, or had, with others: oldest first, the last with each. */
export function connectionsOf(view: IndexView, member: Address): Connection[] {
  return [...view.connections.values()].filter(
    (connection) => connection.requester === member || connection.member === member,
  );
}

/** How far a connection is. */
export function connectionState({
  accepted,
  ended,
}: Connection): "requested" | "connected" | "declined" | "withdrawn" | "ended" {
  return ended?.how ?? (accepted ? "connected" : "requested");
}
