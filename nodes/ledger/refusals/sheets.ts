import type { Refusals } from "./refusal.ts";

/** What Bookings refuses of sheets, stations and words, whatever is done with them; and of disputes. */
export const sheetRefusals: Refusals = {
  "WindowOutOfBounds(window)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "an acceptance window is 30 days at most, and not {window:duration}",
  },
  "SheetUnknown(sheet)": { code: "NOT_FOUND", says: "there is no sheet {sheet}" },
  "StationUnknown(sheet,station,stations)": {
    code: "NOT_FOUND",
    says: "sheet {sheet} has {stations} stations, numbered from 0, and no station {station}",
  },
  "CaseUnknown(sheet,caseIndex,count)": {
    code: "NOT_FOUND",
    says: "sheet {sheet} has {count} cases, numbered from 0, and no case {caseIndex}",
  },
  "NotConsumer(sheet,consumer,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "sheet {sheet} was booked by {consumer}, and not by {account}",
  },
  "NotStationMember(sheet,station,member,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "station {station} of sheet {sheet} is that of {member}, and not of {account}",
  },
  "StationSettledBefore(sheet,station)": {
    code: "LEDGER_DONE_BEFORE",
    says: "the report of station {station} of sheet {sheet} was settled before",
  },
  "LengthsDiffer(slots,words)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "every slot has one word, and here are {slots} slots and {words} words",
  },
  "SlotOutOfOrder(former,slot)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "slots go up, and {slot} comes after {former}",
  },
  "SlotNotCovered(slot,covered)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "slot {slot} is not among those that are reported, which are the bits of {covered}",
  },
  "WordEmpty(slot)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "there is nothing to say of slot {slot}, and it is to be left out",
  },

  "NothingDisputed()": { code: "LEDGER_VALUE_REFUSED", says: "a dispute names cases" },
  "EvidenceMissing()": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a dispute has evidence, and here its hash is empty",
  },
  "WordInvalid(slot,word)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "in slot {slot} a case is marked with 1 or not at all, unlike in {word}",
  },
  "CaseNotDone(caseIndex,status)": {
    code: "LEDGER_STATE_REFUSED",
    says: "case {caseIndex} was not reported as done, or is disputed already: it has the status {status}",
    remedy: "Dispute only cases that were reported as done; `belt ledger bookings` shows what was reported.",
  },
  "WindowOver(sheet,station,end,time)": {
    code: "LEDGER_TOO_LATE",
    says: "the report of station {station} of sheet {sheet} could be disputed until {end:time}, and it is {time:time}",
  },
  "SupervisorIsParty(sheet,supervisor)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "{supervisor} has a part in sheet {sheet}, and decides nothing of it",
    remedy: "Leave the decision to other supervisors.",
  },
  "StationUnsettled(sheet,station)": {
    code: "LEDGER_TOO_EARLY",
    says: "station {station} of sheet {sheet} is not settled: the consumer may dispute more until then",
    remedy: "Wait until it is settled; after the acceptance window anybody can do that.",
  },
  "NoDispute(sheet,station)": {
    code: "LEDGER_STATE_REFUSED",
    says: "no case of station {station} of sheet {sheet} is in dispute",
  },
  "CaseNotDisputed(caseIndex,status)": {
    code: "LEDGER_STATE_REFUSED",
    says: "case {caseIndex} is not in dispute: it has the status {status}",
  },
  "DisputeOpen(sheet,station,end,time)": {
    code: "LEDGER_TOO_EARLY",
    says: "the supervisors can decide on station {station} of sheet {sheet} until {end:time}, and it is {time:time}",
  },
};
