import type { Refusals } from "./refusal.ts";

/** What Bookings refuses: booking, reporting, settling, ending sheets early, and moving the currency. */
export const bookingRefusals: Refusals = {
  "SheetExists(sheet)": {
    code: "LEDGER_DONE_BEFORE",
    says: "these cases are booked already, as sheet {sheet}",
  },
  "CountOutOfBounds(count)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a sheet has 1 to 1024 cases, and not {count}",
  },
  "CapacityExceeded(offer,capacity,count)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "offer {offer} takes {capacity} cases a sheet, and not {count}",
    remedy: "Book the cases on several sheets.",
  },
  "OfferKindDiffers(offer,kind,asked)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "offer {offer} is of kind {kind}, and what is to be booked of kind {asked} (1 station, 2 product)",
    remedy: "Stations are booked with their belt or by cases, products by the day: belt book --offer.",
  },
  "DayPast(firstDay,today)": {
    code: "LEDGER_TOO_LATE",
    says: "the first day, {firstDay:day}, is over: today is {today:day} (UTC)",
  },
  "DayTaken(day,taken,capacity)": {
    code: "LEDGER_STATE_REFUSED",
    says: "on {day:day} {taken} of {capacity} units are taken already, and too few are left",
    remedy: "Book other days, or fewer units.",
  },
  "DayNotBegun(caseIndex,day)": {
    code: "LEDGER_TOO_EARLY",
    says: "case {caseIndex} is of {day:day}, which has not begun (UTC), and cannot be reported as done",
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

  "StationClosed(sheet,station)": {
    code: "LEDGER_DONE_BEFORE",
    says: "station {station} of sheet {sheet} has reported everything, or declined the rest",
  },
  "DeadlinePassed(sheet,deadline,time)": {
    code: "LEDGER_TOO_LATE",
    says: "sheet {sheet} could be reported until {deadline:time}, and it is {time:time}",
  },
  "CoverOutOfBounds(covered,all)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a report covers one or more of the sheet's slots, which are the bits of {all}, and not {covered}",
  },
  "CoveredBefore(sheet,station,slots)": {
    code: "LEDGER_DONE_BEFORE",
    says: "station {station} of sheet {sheet} has reported the slots before that are the bits of {slots}",
  },
  "StatusRefused(caseIndex,status)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a station cannot report status {status}, as it does of case {caseIndex}",
  },

  "StationsMissing()": { code: "LEDGER_VALUE_REFUSED", says: "no station is named" },
  "StationUnreported(sheet,station)": {
    code: "LEDGER_STATE_REFUSED",
    says: "station {station} has not reported all of sheet {sheet}, and still can: there is nothing to settle",
    remedy: "Wait for the report; after the deadline what is not reported can be expired.",
  },
  "WindowOpen(sheet,station,end,time)": {
    code: "LEDGER_TOO_EARLY",
    says: "the consumer can look at the report of station {station} of sheet {sheet} until {end:time}, and it is {time:time}",
  },
  "NothingToCancel(sheet,deadline)": {
    code: "LEDGER_STATE_REFUSED",
    says: "the deadline of sheet {sheet}, {deadline:time}, comes before a cancellation would take effect",
    remedy: "Wait until then: what is not reported is refunded after it.",
  },
  "DeadlineNotPassed(sheet,deadline,time)": {
    code: "LEDGER_TOO_EARLY",
    says: "the stations of sheet {sheet} can report until {deadline:time}, and it is {time:time}",
  },
  "NothingToExpire(sheet)": {
    code: "LEDGER_DONE_BEFORE",
    says: "every station of sheet {sheet} has reported everything, or what is left was refunded before",
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
