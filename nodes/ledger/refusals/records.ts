import type { Refusals } from "./refusal.ts";

/** What Directory, Profiles, Offers, Belts and Receipts refuse. */
export const recordRefusals: Refusals = {
  "NotActive(account)": { code: "MEMBER_INACTIVE", says: "{account} is no active member" },

  "NameMissing()": { code: "LEDGER_VALUE_REFUSED", says: "a name in the directory cannot be empty" },
  "NameUnknown(name)": { code: "NOT_FOUND", says: "the directory has nothing under the name {name}" },
  "TargetWithoutCode(name,target)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "there is no contract at {target}, which is to be {name} in the directory",
  },

  "MemberMissing()": { code: "LEDGER_VALUE_REFUSED", says: "no account has the zero address" },
  "MemberExists(member)": { code: "LEDGER_DONE_BEFORE", says: "{member} is a member already" },
  "MemberUnknown(account)": {
    code: "MEMBER_INACTIVE",
    says: "{account} is no member",
    remedy: "Have the consortium admit the account; `belt ledger profiles` shows who is a member.",
  },
  "NameInvalid(name)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "{name} is no name: it has 1 to 48 lower-case letters, digits and single hyphens, a letter first",
  },
  "NameTaken(name,member)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the name {name} is that of {member}",
    remedy: "Choose another name.",
  },
  "NameChanged(name,former)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the account was a member before, called {former}, and comes back under that name, not as {name}",
  },
  "NotSuspended(member,standing)": {
    code: "LEDGER_STATE_REFUSED",
    says: "only who is suspended is reinstated, and {member} is {standing:standing}",
  },
  "LastMember(member)": {
    code: "LEDGER_STATE_REFUSED",
    says: "{member} is the last active member: without it nobody could decide anything any more",
    remedy: "Have another account admitted first.",
  },
  "KeysUnknown(member,atBlock)": {
    code: "NOT_FOUND",
    says: "{member} had published no keys by block {atBlock}",
  },
  "DelegationRefused(member,delegatee)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "the vote of {member} is its own, and cannot be given to {delegatee}",
  },
  "KindsInvalid(kinds)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a member has one or more of the kinds 1, 2, 4, 8 and 16, added up, and not {kinds}",
  },
  "UrlInvalid(url)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a URL has 1 to 256 visible ASCII characters, unlike {url}",
    remedy: "Correct `url` in the node's configuration.",
  },
  "KeyMissing(signingKey,sealingKey)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a profile has a signing key and a sealing key, and here one is empty",
  },

  "DocumentMissing()": {
    code: "LEDGER_VALUE_REFUSED",
    says: "an offer has a document, and here its hash is empty",
  },
  "OfferExists(id)": {
    code: "LEDGER_DONE_BEFORE",
    says: "the member has published this document before, as offer {id}",
    remedy: "An offer never changes: for other terms, give the station another version and publish that.",
  },
  "OfferUnknown(id)": { code: "NOT_FOUND", says: "there is no offer {id}" },
  "OfferWithdrawnBefore(id)": { code: "LEDGER_DONE_BEFORE", says: "offer {id} was withdrawn before" },
  "NotOfferMember(id,member,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "offer {id} is that of {member}, and not of {account}",
  },
  "OfferKindInvalid(kind)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "an offer is of kind 1 (station) or 2 (product), and not {kind}",
  },
  "DeadlineOutOfBounds(deadlineSeconds)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "an offer's deadline is 1 second to 366 days, and not {deadlineSeconds:duration}",
  },
  "CapacityOutOfBounds(capacity,limit)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "an offer takes 1 to {limit} cases or units, and not {capacity}",
  },
  "ValidityPast(validUntil,time)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "an offer that is valid until {validUntil:time} would be over: it is {time:time}",
  },

  "BeltMissing()": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a belt has a document, and here its hash is empty",
  },
  "BeltExists(belt)": { code: "LEDGER_DONE_BEFORE", says: "belt {belt} was published before" },
  "BeltUnknown(belt)": { code: "NOT_FOUND", says: "there is no belt {belt}" },
  "StationsOutOfBounds(stations)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a belt has 1 to 32 stations, and not {stations}",
  },
  "StationUnknown(belt,station,stations)": {
    code: "NOT_FOUND",
    says: "belt {belt} has {stations} stations, numbered from 0, and no station {station}",
  },
  "OfferNotLive(offer)": {
    code: "BELT_OFFER_UNAVAILABLE",
    says: "offer {offer} cannot be booked: it is unknown, withdrawn or past its validity, or its member is not active",
  },

  "NotSteward(belt,steward,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "the steward of belt {belt} is {steward}, and not {account}",
  },
  "NotStewardCandidate(belt,candidate,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "{account} is not who the steward of belt {belt} proposed to take it over",
  },
  "BeltDeprecatedBefore(belt,successor)": {
    code: "LEDGER_DONE_BEFORE",
    says: "belt {belt} was deprecated before, with {successor} as its successor",
  },
  "SuccessorRefused(belt,successor)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "belt {successor} cannot succeed belt {belt}: a successor is another belt, not older, and not deprecated",
  },
  "OwnBelt(belt,member)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "{member} published belt {belt} or is its steward, and others endorse it",
    remedy: "Have other members endorse it.",
  },
  "EndorsementExists(belt,member)": {
    code: "LEDGER_DONE_BEFORE",
    says: "{member} endorses belt {belt} already",
  },
  "EndorsementUnknown(belt,member)": {
    code: "LEDGER_DONE_BEFORE",
    says: "{member} does not endorse belt {belt}",
  },

  "RootMissing()": { code: "LEDGER_VALUE_REFUSED", says: "the Merkle root is empty" },
  "SizeOutOfBounds(size)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a log has less than 2^40 receipts, and not {size}",
  },
  "SizeNotGrown(member,size,anchored)": {
    code: "LEDGER_STATE_REFUSED",
    says: "the log of {member} is anchored with {anchored} receipts, and only grows: {size} is not more",
    remedy:
      "If the node works with an older copy of its store, stop it and give it the newest one: docs/operate.md says why.",
  },
};
