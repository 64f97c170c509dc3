import { thumbprint } from "../tray/index.ts";
import { position, profileOf, refuse } from "./contradiction.ts";
import type { EventOf } from "./events.ts";
import type { Standing } from "./records.ts";
import type { Tables } from "./tables.ts";

/** An account became a member, or one again: then it has what it had. */
export function memberAdmitted(tables: Tables, event: EventOf<"MemberAdmitted">): void {
  const { member, name, kinds } = event;
  const holder = tables.memberByName.get(name);
  if (holder !== undefined && holder !== member) refuse(event, `the name ${name} is another member's`);
  const known = tables.profiles.get(member);
  const { url, published } = known ?? { url: undefined, published: undefined };
  const since = position(event);
  tables.memberByName.set(name, member);
  tables.profiles.set(member, {
    ...{ member, name, kinds, url, published },
    ...{ standing: "active", since, admitted: known?.admitted ?? since },
  });
}

/** A member is suspended, reinstated, removed, or has left. */
export function stands(
  tables: Tables,
  event: EventOf<"MemberSuspended" | "MemberReinstated" | "MemberRemoved" | "MemberLeft">,
  standing: Standing,
): void {
  const profile = profileOf(tables, event, event.member);
  tables.profiles.set(event.member, { ...profile, standing, since: position(event) });
}

export function kindsChanged(tables: Tables, event: EventOf<"KindsChanged">): void {
  const profile = profileOf(tables, event, event.member);
  tables.profiles.set(event.member, { ...profile, kinds: event.kinds });
}

export function profilePublished(tables: Tables, event: EventOf<"ProfilePublished">): void {
  const profile = profileOf(tables, event, event.member);
  tables.profiles.set(event.member, { ...profile, url: event.url, published: position(event) });
}

export function keysRotated(tables: Tables, event: EventOf<"KeysRotated">): void {
  const { member, signingKey, sealingKey, fromBlock } = event;
  profileOf(tables, event, member);
  tables.keys.append(member, { signingKey, sealingKey, fromBlock });
  // Whoever publishes a key first is its member; a copy of a public key proves nothing.
  if (tables.keyClaims.get(signingKey)) return;
  tables.keyClaims.set(signingKey, { member, fromBlock });
  tables.signingKeys.set(thumbprint("Ed25519", signingKey), signingKey);
}
