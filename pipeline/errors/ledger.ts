import type { Entries } from "./entry.ts";

/** What keeps a node from the ledger, and what the ledger refuses. */
export const ledgerErrors = {
  LEDGER_UNREACHABLE: {
    status: 503,
    retryable: true,
    remedy: "Start the ledger's node or correct its URL; work goes on by itself once it answers.",
  },
  LEDGER_STALLED: {
    status: 503,
    retryable: true,
    remedy:
      "Ask those who run the network's validators: too few of them work together. The work is kept and goes on by itself.",
  },
  LEDGER_WRONG_CHAIN: {
    status: 500,
    retryable: false,
    remedy: "Correct the chain id in the configuration, or the ledger's URL.",
  },
  LEDGER_NO_DIRECTORY: {
    status: 500,
    retryable: false,
    remedy: "Correct the directory's address: the deployment file of this ledger names it.",
  },
  LEDGER_REPLACED: {
    status: 500,
    retryable: false,
    remedy:
      "This is another ledger than the one this node knows: point the node at the old one, or start it with a new data folder.",
  },
  LEDGER_EVENT_INVALID: {
    status: 502,
    retryable: false,
    remedy:
      "The directory names a contract that is not one of this version's: update the node, or correct the directory.",
  },
  LEDGER_FORKED: {
    status: 409,
    retryable: true,
    remedy: "The ledger took blocks back: roll back to the last common block and read on from there.",
  },
  LEDGER_CALL_FAILED: {
    status: 502,
    retryable: true,
    remedy:
      "The ledger's node refused the call with the words that are given; try again, or use another node.",
  },
  LEDGER_REVERTED: {
    status: 422,
    retryable: false,
    remedy: "Nothing was changed on the ledger; see with `belt ledger` how it stands there.",
  },
  LEDGER_VALUE_REFUSED: {
    status: 422,
    retryable: false,
    remedy: "Correct the value that is named; nothing was changed on the ledger.",
  },
  LEDGER_STATE_REFUSED: {
    status: 409,
    retryable: false,
    remedy: "See with `belt ledger` how it stands there; nothing was changed.",
  },
  LEDGER_DONE_BEFORE: {
    status: 409,
    retryable: false,
    remedy: "It is on the ledger already, and stays as it is: there is nothing left to do.",
  },
  LEDGER_NOT_ENTITLED: {
    status: 403,
    retryable: false,
    remedy: "Do it from the account that may, or ask whose account it is.",
  },
  LEDGER_TOO_EARLY: {
    status: 425,
    retryable: true,
    remedy: "Do it again once the time has come.",
  },
  LEDGER_TOO_LATE: {
    status: 409,
    retryable: false,
    remedy: "Its time has passed: nothing was changed on the ledger.",
  },
  LEDGER_SIGNATURE_REFUSED: {
    status: 403,
    retryable: false,
    remedy:
      "Have it signed anew by the account that is meant, for this ledger and with a time that lies ahead.",
  },
  MEMBER_INACTIVE: {
    status: 403,
    retryable: false,
    remedy:
      "Only active members may do this: have the consortium admit or reinstate the account; `belt ledger profiles` shows who is one.",
  },
  BOOKINGS_PAUSED: {
    status: 503,
    retryable: true,
    remedy:
      "What is booked goes on; book again when the pause is over, which `belt ledger pause` shows, or once the members have lifted it.",
  },
  LEDGER_INTENT_CONFLICT: {
    status: 409,
    retryable: false,
    remedy: "What was written under this name stands; write something new under a name of its own.",
  },
  IDEMPOTENCY_CONFLICT: {
    status: 422,
    retryable: false,
    remedy: "Give another booking a key of its own; what was booked under this one stands.",
  },
  SHEET_NOT_BOOKED: {
    status: 409,
    retryable: false,
    remedy: "Hand its cases in again: none of them has left this node, and nothing was paid for them.",
  },
  LEDGER_FUNDS_SHORT: {
    status: 402,
    retryable: true,
    remedy: "Put more of the network's own money on the account that pays for the transactions.",
  },
  CREDIT_SHORT: {
    status: 402,
    retryable: false,
    remedy:
      "Nothing was booked: get credit from another member or from who issues it, withdraw what is owed, or book fewer cases.",
  },
  CHAIN_FAILED: {
    status: 500,
    retryable: true,
    remedy:
      "The local chain's own words are given; see that this machine has memory left, and start it again.",
  },
  CLOCK_SKEWED: {
    status: 500,
    retryable: true,
    remedy: "Set this machine's clock (NTP): deadlines and receipts depend on it.",
  },
} as const satisfies Entries;
