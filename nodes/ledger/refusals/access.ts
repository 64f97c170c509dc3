import type { Refusals } from "./refusal.ts";

const decide = "Only the members' decision does it: propose it with `belt govern propose`.";

/** What governed functions refuse to everybody but governance, and OpenZeppelin's AccessManager to it. */
export const accessRefusals: Refusals = {
  "AccessManagedUnauthorized(caller)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "it is for the members to decide, and not for {caller}",
    remedy: decide,
  },
  "AccessManagedRequiredDelay(caller,delay)": {
    code: "LEDGER_TOO_EARLY",
    says: "{caller} may do it {delay:duration} after it was queued",
  },
  "AccessManagedInvalidAuthority(authority)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "there is no contract at {authority}, which is to know who may call what",
  },
  "AccessManagerUnauthorizedAccount(msgsender,roleId)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "who may call what is for the members to decide, and not for {msgsender}",
    remedy: decide,
  },
  "AccessManagerUnauthorizedCall(caller,target,selector)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "{caller} may not call this function of {target}, or not at once",
    remedy: decide,
  },
  "AccessManagerUnauthorizedCancel(msgsender,caller,target,selector)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "{msgsender} may not cancel what {caller} has queued for {target}",
  },
  "AccessManagerUnauthorizedConsume(target)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "{target} may not take what is queued for others",
  },
  "AccessManagerAlreadyScheduled(operationId)": {
    code: "LEDGER_STATE_REFUSED",
    says: "the same call is queued already by another proposal, as operation {operationId}",
    remedy:
      "Have the other one executed first, which `belt govern list` shows as queued: `belt govern execute`.",
  },
  "AccessManagerNotScheduled(operationId)": {
    code: "LEDGER_STATE_REFUSED",
    says: "operation {operationId} is not queued, or was cancelled",
    remedy: "Propose it again.",
  },
  "AccessManagerNotReady(operationId)": {
    code: "LEDGER_TOO_EARLY",
    says: "operation {operationId} waits for its execution delay",
  },
  "AccessManagerExpired(operationId)": {
    code: "LEDGER_TOO_LATE",
    says: "operation {operationId} was to be executed within a week of its time",
    remedy: "Propose it again.",
  },
  "AccessManagerBadConfirmation()": {
    code: "LEDGER_NOT_ENTITLED",
    says: "a role is given up by the account that has it",
  },
  "AccessManagerInvalidInitialAdmin(initialAdmin)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "{initialAdmin} cannot have rights",
  },
  "AccessManagerLockedFunction(selector)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "who may call the function {selector} cannot be changed",
  },
  "AccessManagerLockedRole(roleId)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "role {roleId} cannot be changed",
  },

  "AddressEmptyCode(target)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "there is no contract at {target}, which is to be called",
  },
  "FailedCall()": {
    code: "LEDGER_STATE_REFUSED",
    says: "a call of the proposal fails, and the contract that it calls does not say why",
  },
  "InsufficientBalance(balance,needed)": {
    code: "LEDGER_FUNDS_SHORT",
    says: "the contract has {balance} wei, and {needed} is needed",
  },
};
