export type { Outcome, OwnSheet } from "./caseStore.ts";
export { type Engine, type EngineLimits, type EngineParts, startEngine } from "./engine.ts";
export type { Holdings } from "./holdings.ts";
export { leafKey, tileLevel } from "./logNodes.ts";
export type {
  BookedSheet,
  Booking,
  Clock,
  Dispute,
  Ledger,
  LedgerNews,
  LedgerReport,
  OfferRecord,
  Partner,
  Report,
  Self,
  Transport,
} from "./ports.ts";
export type { BookingRequest } from "./preparation.ts";
export { type Elsewhere, type Processor, prepareProcessor, workHere } from "./processors.ts";
export type { QuarantinedCase } from "./quarantine.ts";
export { type Queue, type Queues, queuesOf } from "./queues.ts";
export { elsewhere, type Share, type Turn } from "./share.ts";
export type { Sheet } from "./sheets.ts";
export { createSignals, type EngineEvents, type Signals } from "./signals.ts";
export { readTold, writeTold } from "./toldRecord.ts";
export type { Trace } from "./tracing.ts";
export type { Task } from "./waits.ts";
