import { position, refuse } from "./contradiction.ts";
import type { Address, EventOf, Hash, LedgerEvent } from "./events.ts";
import { isActive } from "./queries.ts";
import type { Belt, Endorsement, IndexView } from "./records.ts";
import type { Tables } from "./tables.ts";

const noHash = `0x${"0".repeat(64)}`;
const nobody = `0x${"0".repeat(40)}`;

export function stewardProposed(tables: Tables, event: EventOf<"StewardProposed">): void {
  const belt = beltOf(tables, event, event.belt);
  const candidate = event.candidate === nobody ? undefined : event.candidate;
  tables.belts.set(event.belt, { ...belt, candidate, stewarded: position(event) });
}

export function stewardChanged(tables: Tables, event: EventOf<"StewardChanged">): void {
  const belt = beltOf(tables, event, event.belt);
  const { steward } = event;
  tables.belts.set(event.belt, { ...belt, steward, candidate: undefined, stewarded: position(event) });
}

export function beltDeprecated(tables: Tables, event: EventOf<"BeltDeprecated">): void {
  const belt = beltOf(tables, event, event.belt);
  const successor = event.successor === noHash ? null : event.successor;
  if (successor !== null) beltOf(tables, event, successor);
  tables.belts.set(event.belt, { ...belt, successor, deprecated: belt.deprecated ?? position(event) });
}

export function beltEndorsed(tables: Tables, event: EventOf<"BeltEndorsed">): void {
  const belt = beltOf(tables, event, event.belt);
  if (endorses(belt, event.member)) refuse(event, "the member endorsed the belt before");
  const endorsement = { endorsed: position(event), withdrawn: undefined };
  tables.belts.set(event.belt, withEndorsement(belt, event.member, endorsement));
}

export function endorsementWithdrawn(tables: Tables, event: EventOf<"EndorsementWithdrawn">): void {
  const belt = beltOf(tables, event, event.belt);
  const known = belt.endorsements.get(event.member);
  if (!known || known.withdrawn) refuse(event, "the member does not endorse the belt");
  const endorsement = { ...known, withdrawn: position(event) };
  tables.belts.set(event.belt, withEndorsement(belt, event.member, endorsement));
}

function withEndorsement(belt: Belt, member: Address, endorsement: Endorsement): Belt {
  return { ...belt, endorsements: new Map(belt.endorsements).set(member, endorsement) };
}

function beltOf(tables: Tables, event: LedgerEvent, belt: Hash): Belt {
  return tables.belts.get(belt) ?? refuse(event, `the belt ${belt} is unknown`);
}

/** Whether a member endorses a belt. */
export function endorses({ endorsements }: Belt, member: Address): boolean {
  const known = endorsements.get(member);
  return known !== undefined && known.withdrawn === undefined;
}

/** The active members that endorse a belt. */
export function endorsersOf(view: IndexView, belt: Belt): Address[] {
  return [...belt.endorsements.keys()].filter((member) => endorses(belt, member) && isActive(view, member));
}

/** A belt and those that it forks, its own parent first; ends where a parent is not known. */
export function lineageOf(view: IndexView, belt: Hash): Belt[] {
  const lineage: Belt[] = [];
  // A parent is always published before its child, so this ends.
  for (let next = view.belts.get(belt); next; next = next.parent ? view.belts.get(next.parent) : undefined) {
    lineage.push(next);
  }
  return lineage;
}

/** The belt that the stewards advise to book in the place of one: itself while it is not deprecated. */
export function newestSuccessor(view: IndexView, belt: Belt): Belt {
  let newest = belt;
  // What is deprecated never succeeds another belt, so this ends.
  for (let next = belt.successor; next !== null; next = newest.successor) {
    const known = view.belts.get(next);
    if (!known) break;
    newest = known;
  }
  return newest;
}
