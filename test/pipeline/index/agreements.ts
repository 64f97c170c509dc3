import {
  type Address,
  connectionBetween,
  connectionState,
  endorses,
  type Hash,
  type IndexView,
} from "../../../pipeline/index/index.ts";
import { addressOf, type Fact, genesis, hashOf } from "./ledger.ts";

export const consentId = (owner: Address, grantee: Address): Hash => hashOf("consent", owner, grantee);

/** What a consent of an owner to a grantee is about. */
const use = (owner: Address, grantee: Address) => ({
  id: consentId(owner, grantee),
  owner,
  grantee,
  source: hashOf("source"),
  purpose: hashOf("purpose"),
  relayer: owner,
});

export const granted = (
  owner: Address,
  grantee: Address,
  changes: { readonly expiry?: number; readonly nonce?: number } = {},
): Fact => ({ event: "ConsentGranted", ...use(owner, grantee), expiry: 1_700_000_100, nonce: 0, ...changes });

export const revoked = (owner: Address, grantee: Address, nonce = 0): Fact => ({
  event: "ConsentRevoked",
  ...use(owner, grantee),
  nonce,
});

export const endorsed = (belt: Hash, member: Address): Fact => ({ event: "BeltEndorsed", belt, member });

export const deprecated = (belt: Hash, steward: Address, successor: Hash = genesis): Fact => ({
  event: "BeltDeprecated",
  belt,
  steward,
  successor,
});

export const asked = (requester: Address, member: Address): Fact => ({
  event: "ConnectionRequested",
  requester,
  member,
});

export const accepted = (requester: Address, member: Address): Fact => ({
  event: "ConnectionAccepted",
  requester,
  member,
});

/** What an owner or a member could say next of consents, connections or belts, chosen by numbers. */
export function agreementFor(view: IndexView, choice: number, value: number): Fact | undefined {
  const members = [...view.profiles.keys()];
  const member = members[choice % members.length];
  if (!member) return undefined;
  const belts = [...view.belts.values()];
  const belt = belts[value % (belts.length || 1)];
  switch (value % 3) {
    case 0:
      return consentFor(view, member, value);
    case 1:
      return connectionFor(view, member, members[value % members.length] ?? member);
    default: {
      if (!belt) return undefined;
      if (choice % 4 === 0) return deprecated(belt.id, belt.steward, belts.at(-1)?.id);
      if (choice % 4 === 1)
        return { event: "StewardProposed", belt: belt.id, steward: belt.steward, candidate: member };
      if (belt.candidate && choice % 4 === 2) {
        return { event: "StewardChanged", belt: belt.id, former: belt.steward, steward: belt.candidate };
      }
      const event = endorses(belt, member) ? "EndorsementWithdrawn" : "BeltEndorsed";
      return { event, belt: belt.id, member };
    }
  }
}

function consentFor(view: IndexView, grantee: Address, value: number): Fact {
  const owner = addressOf("owner", value % 4);
  const nonce = view.consents.get(consentId(owner, grantee))?.nonce ?? 0;
  return value % 5 === 0
    ? revoked(owner, grantee, nonce)
    : granted(owner, grantee, { nonce, expiry: 1_700_000_000 + value });
}

function connectionFor(view: IndexView, one: Address, other: Address): Fact {
  const known = connectionBetween(view, one, other);
  const state = known && connectionState(known);
  if (known && state === "requested") {
    const { requester, member } = known;
    const event =
      one === requester ? "RequestWithdrawn" : one < other ? "RequestDeclined" : "ConnectionAccepted";
    return { event, requester, member };
  }
  if (state === "connected") return { event: "ConnectionEnded", member: one, partner: other };
  return asked(one, other);
}
