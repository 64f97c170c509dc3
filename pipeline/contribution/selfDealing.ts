import type { Address } from "../index/index.ts";
import { between, type Cases, servedBy } from "./dealings.ts";

/** Whether two members serve each other, and nobody else: what they say of each other is worth nothing. */
export function isRing(confirmed: Cases, one: Address, other: Address): boolean {
  return servesOnly(confirmed, one, other) && servesOnly(confirmed, other, one);
}

function servesOnly(confirmed: Cases, server: Address, consumer: Address): boolean {
  return confirmed.get(server)?.size === 1 && between(confirmed, server, consumer) > 0;
}

/** How the cases that one member served for another are taken. */
export interface Taken {
  readonly counted: number;
  /** Served in a ring of the two. */
  readonly ring: number;
  /** Served in return for as many, beyond what the member served for others. */
  readonly mutual: number;
}

/**
 * Takes the cases that one member served for another, all of them confirmed.
 *
 * In a ring nothing counts. Otherwise what the two did for each other in equal measure counts only up to what the server
 * did for third members, so that one case for a third does not make an arrangement of two into work for the consortium.
 */
export function take(confirmed: Cases, server: Address, consumer: Address): Taken {
  const served = between(confirmed, server, consumer);
  if (isRing(confirmed, server, consumer)) return { counted: 0, ring: served, mutual: 0 };
  const returned = Math.min(served, between(confirmed, consumer, server));
  const elsewhere = servedBy(confirmed, server) - served;
  const mutual = Math.max(0, returned - elsewhere);
  return { counted: served - mutual, ring: 0, mutual };
}
