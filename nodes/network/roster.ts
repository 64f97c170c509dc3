import { BeltError } from "../../pipeline/errors.ts";
import type { MemberKind } from "../../pipeline/governance/index.ts";
import type { LocalMember, MembersFile } from "./members.ts";

/** A member of the local network: one account, one node. */
export interface RosterMember {
  readonly name: string;
  readonly kinds: readonly MemberKind[];
  /** What it runs: the members of the belt's description whose place it takes. */
  readonly parts: readonly LocalMember[];
}

/** The most members: each takes two ports, and the chain's comes after them. */
export const mostMembers = 50;

/**
 * Who takes part. With fewer members than the belt describes, suppliers share nodes; beyond them there are
 * newcomers, with a node and no station.
 *
 * @param count - consumer and suppliers together; as the belt describes when absent
 * @throws {BeltError} `USAGE_INVALID` for a number below 2 or above {@link mostMembers}
 */
export function rosterOf(file: MembersFile, count = file.members.length): readonly RosterMember[] {
  if (!Number.isInteger(count) || count < 2 || count > mostMembers) {
    throw new BeltError("USAGE_INVALID", `A local network has 2 to ${mostMembers} members.`, {
      at: "--members",
    });
  }
  const consumer = file.members.filter(({ name }) => name === file.consumer);
  const suppliers = file.members.filter(({ name }) => name !== file.consumer);
  const places = Math.min(count - 1, suppliers.length);
  const shared = Array.from({ length: places }, (_, place) =>
    suppliers.filter((_supplier, index) => index % places === place),
  );
  const newcomers = Array.from({ length: count - 1 - places }, (_, index) => newcomer(index + 1));
  return [consumer, ...shared].map(together).concat(newcomers);
}

/** A member without stations of its own yet: it may book, and offer. */
export function newcomer(number: number): RosterMember {
  return { name: `newcomer-${number}`, kinds: ["producer", "consumer"], parts: [] };
}

function together(parts: readonly LocalMember[]): RosterMember {
  const [first] = parts;
  if (first === undefined) throw new TypeError("Every member takes the place of one at least.");
  return { name: first.name, kinds: [...new Set(parts.flatMap(({ kinds }) => kinds))], parts };
}
