import type { Refusals } from "./refusal.ts";

/** What Connections refuses. */
export const connectionRefusals: Refusals = {
  "SelfConnection(member)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "{member} cannot connect with itself",
  },
  "RequestExists(requester,member)": {
    code: "LEDGER_DONE_BEFORE",
    says: "{requester} has asked {member} already",
    remedy: "Who was asked can accept: `belt connection list` shows what is open.",
  },
  "RequestUnknown(requester,member)": {
    code: "NOT_FOUND",
    says: "there is no open request of {requester} to {member}",
    remedy: "See with `belt connection list` what is open.",
  },
  "ConnectionExists(member,partner)": {
    code: "LEDGER_DONE_BEFORE",
    says: "{member} and {partner} are connected already",
  },
  "ConnectionUnknown(member,partner)": {
    code: "NOT_FOUND",
    says: "{member} and {partner} are not connected",
    remedy: "See with `belt connection list` who is.",
  },
};
