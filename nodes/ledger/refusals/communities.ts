import type { Refusals } from "./refusal.ts";

/** What Supervision and Communities refuse, and bookings while they are paused. */
export const communityRefusals: Refusals = {
  "BookingsPaused(until)": {
    code: "BOOKINGS_PAUSED",
    says: "two supervisors paused new bookings until {until:time}",
  },
  "NotSupervisor(account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "{account} is no supervisor that may act",
  },
  "MotionOpen(supervisor,lapsesAt)": {
    code: "LEDGER_DONE_BEFORE",
    says: "{supervisor} has moved to pause already, and the motion counts until {lapsesAt:time}",
    remedy: "Another supervisor must join it.",
  },
  "PausedAlready(until)": {
    code: "LEDGER_DONE_BEFORE",
    says: "new bookings are paused until {until:time}",
    remedy: "Two supervisors can pause again after it.",
  },
  "NotPaused()": { code: "LEDGER_STATE_REFUSED", says: "there is no pause to lift" },

  "CommunityUnknown(community)": { code: "NOT_FOUND", says: "there is no community {community}" },
  "CommunityExists(community)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "there is a community of this name already, {community}",
    remedy: "Choose another name.",
  },
  "StewardsOutOfBounds(stewards)": {
    code: "LEDGER_STATE_REFUSED",
    says: "a community has 1 to 32 stewards, and not {stewards}",
    remedy: "Make another member a steward first; the last one stays.",
  },
  "NotSteward(community,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "{account} is no active member that is a steward of community {community}",
  },
  "StewardExists(community,member)": {
    code: "LEDGER_DONE_BEFORE",
    says: "{member} is a steward of community {community} already",
  },
  "NotJoined(community,account)": {
    code: "LEDGER_STATE_REFUSED",
    says: "{account} does not belong to community {community}",
    remedy: "Every active member may join it: `belt community join`.",
  },
  "JoinedAlready(community,member)": {
    code: "LEDGER_DONE_BEFORE",
    says: "{member} belongs to community {community} already",
  },
  "BeltAdoptedAlready(community,belt)": {
    code: "LEDGER_DONE_BEFORE",
    says: "community {community} has adopted belt {belt} already",
  },
  "BeltNotAdopted(community,belt)": {
    code: "LEDGER_STATE_REFUSED",
    says: "community {community} has not adopted belt {belt}",
  },
  "ChannelUnknown(community,channel)": {
    code: "NOT_FOUND",
    says: "community {community} has no channel {channel}",
  },
};
