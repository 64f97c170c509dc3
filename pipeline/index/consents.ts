import { position } from "./contradiction.ts";
import type { EventOf, Hash } from "./events.ts";
import { isActive } from "./queries.ts";
import type { Consent, IndexView } from "./records.ts";
import type { Tables } from "./tables.ts";

/** A consent was granted, or granted anew. */
export function consentGranted(tables: Tables, event: EventOf<"ConsentGranted">): void {
  const { expiry, nonce } = event;
  const known = tables.consents.get(event.id);
  tables.consents.set(event.id, {
    ...aboutOf(event),
    ...{ expiry, nonce: nonce + 1, granted: position(event), revoked: known?.revoked },
  });
}

/** A consent was revoked: perhaps one that was never granted, whose signature is under way. */
export function consentRevoked(tables: Tables, event: EventOf<"ConsentRevoked">): void {
  const known = tables.consents.get(event.id);
  tables.consents.set(event.id, {
    ...aboutOf(event),
    ...{ expiry: undefined, nonce: event.nonce + 1, granted: known?.granted, revoked: position(event) },
  });
}

function aboutOf({
  id,
  owner,
  grantee,
  source,
  purpose,
  relayer,
}: EventOf<"ConsentGranted" | "ConsentRevoked">) {
  return { id, owner, grantee, source, purpose, relayer };
}

/** How a consent stands at a time (seconds since 1970). */
export function consentState(consent: Consent, at: number): "granted" | "expired" | "revoked" {
  if (consent.expiry === undefined) return "revoked";
  return at <= consent.expiry ? "granted" : "expired";
}

/**
 * Whether a consent allows its use at a time (seconds since 1970), as far as the ledger was read: it is granted, neither
 * expired nor revoked, to a member that is active.
 */
export function mayUse(view: IndexView, consent: Hash, at: number): boolean {
  const known = view.consents.get(consent);
  return known !== undefined && consentState(known, at) === "granted" && isActive(view, known.grantee);
}
