import type { Refusals } from "./refusal.ts";

/** What Bookings refuses: booking, reporting, settling, expiring, and moving the currency. */
export const bookingRefusals: Refusals = {
  "WindowOutOfBounds(window)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "an acceptance window is 30 days at most, and not {window:duration}",
  },

  "SheetExists(sheet)": {
    code: "LEDGER_DONE_BEFORE",
    says: "these cases are booked already, as sheet {sheet}",
  },
  "SheetUnknown(sheet)": { code: "NOT_FOUND", says: "there is no sheet {sheet}" },
  "CountOutOfBounds(count)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a sheet has 1 to 1024 cases, and not {count}",
  },
  "CapacityExceeded(offer,capacity,count)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "offer {offer} takes {capacity} cases a sheet, and not {count}",
    remedy: "Book the cases on several sheets.",
  },
  "DeadlineOutOfBounds(deadline,earliest,latest)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the deadline {deadline:time} is not between {earliest:time}, when the slowest offer is due, and {latest:time}",
    remedy: "Give a deadline between these times, such as with --deadline, or leave it out.",
  },
  "CostExceeded(cost,maxCost)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the sheet costs {cost}, more than the {maxCost} that may be spent",
    remedy: "Allow more, such as with --max-cost, or book fewer cases.",
  },

  "StationUnknown(sheet,station,stations)": {
    code: "NOT_FOUND",
    says: "sheet {sheet} has {stations} stations, numbered from 0, and no station {station}",
  },
  "NotStationMember(sheet,station,member,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "station {station} of sheet {sheet} is that of {member}, and not of {account}",
  },
  "StationReported(sheet,station)": {
    code: "LEDGER_DONE_BEFORE",
    says: "station {station} has reported sheet {sheet} before",
  },
  "DeadlinePassed(sheet,deadline,time)": {
    code: "LEDGER_TOO_LATE",
    says: "sheet {sheet} could be reported until {deadline:time}, and it is {time:time}",
  },
  "LengthsDiffer(slots,words)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "every slot has one word of statuses, and here are {slots} slots and {words} words",
  },
  "SlotOutOfOrder(former,slot)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "slots go up, and {slot} comes after {former}",
  },
  "SlotOutOfBounds(slot,slots)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the sheet has {slots} slots of statuses, numbered from 0, and no slot {slot}",
  },
  "WordEmpty(slot)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "slot {slot} has no exception, and is to be left out",
  },
  "StatusRefused(caseIndex,status)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a station cannot report status {status}, as it does of case {caseIndex}",
  },
  "CaseUnknown(sheet,caseIndex,count)": {
    code: "NOT_FOUND",
    says: "sheet {sheet} has {count} cases, numbered from 0, and no case {caseIndex}",
  },

  "NotConsumer(sheet,consumer,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "sheet {sheet} was booked by {consumer}, and not by {account}",
  },
  "StationUnreported(sheet,station)": {
    code: "LEDGER_STATE_REFUSED",
    says: "station {station} has not reported sheet {sheet}: there is nothing to settle",
    remedy: "Wait for the report; after the deadline the sheet can be expired.",
  },
  "StationSettledBefore(sheet,station)": {
    code: "LEDGER_DONE_BEFORE",
    says: "the report of station {station} of sheet {sheet} was settled before",
  },
  "WindowOpen(sheet,station,end,time)": {
    code: "LEDGER_TOO_EARLY",
    says: "the consumer can look at the report of station {station} of sheet {sheet} until {end:time}, and it is {time:time}",
  },
  "DeadlineNotPassed(sheet,deadline,time)": {
    code: "LEDGER_TOO_EARLY",
    says: "the stations of sheet {sheet} can report until {deadline:time}, and it is {time:time}",
  },
  "NothingToExpire(sheet)": {
    code: "LEDGER_DONE_BEFORE",
    says: "every station of sheet {sheet} has reported, or the sheet was closed before",
  },

  "NothingOwed(account)": { code: "LEDGER_STATE_REFUSED", says: "nothing is owed to {account}" },
  "CurrencyWithoutCode(currency)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "there is no contract at {currency}, which is to be the currency",
  },
  "TransferInexact(asked,moved)": {
    code: "LEDGER_REVERTED",
    says: "the currency moved {moved} when it was told to move {asked}: it takes a fee, or lies",
    remedy: "Such a currency cannot be used: tell the consortium, which chose it.",
  },
  "Reentered()": {
    code: "LEDGER_REVERTED",
    says: "the currency calls back while it moves credit",
    remedy: "Such a currency cannot be used: tell the consortium, which chose it.",
  },
  "SafeERC20FailedOperation(token)": {
    code: "LEDGER_REVERTED",
    says: "the currency {token} did not move what it was told to",
    remedy: "See what the account has and has approved: `belt ledger credit`.",
  },
};
