export { connectionBetween, connectionState, connectionsOf } from "./connections.ts";
export { consentState, mayUse } from "./consents.ts";
export {
  type Address,
  AddressText,
  type EventName,
  type EventOf,
  eventNames,
  type Hash,
  HashText,
  LedgerEvent,
  parseLedgerEvent,
} from "./events.ts";
export {
  applyBlock,
  createIndex,
  journalDepth,
  type LedgerBlock,
  type LedgerIndex,
  noParent,
  rollbackTo,
} from "./ledgerIndex.ts";
export * from "./queries.ts";
export type * from "./records.ts";
export * from "./sheetQueries.ts";
export {
  allSlots,
  casesIn,
  isMarked,
  type LedgerStatus,
  ledgerStatuses,
  type PackedStatuses,
  packCases,
  packStatuses,
  type ReportedStatus,
  reportedStatuses,
  unpackCases,
  unpackStatus,
} from "./statuses.ts";
export { endorsersOf, endorses, lineageOf, newestSuccessor } from "./stewardship.ts";
