export { type Comparison, compareReport } from "./compare.ts";
export { disputeEvidence } from "./evidence.ts";
export { type Place, placeKey, readPlace, writePlace } from "./place.ts";
export { Reason, reasonOf } from "./reason.ts";
export { CaseNumber, Receipt, ReceiptEnd, receiptBytes, receiptHash, Status, statuses } from "./receipt.ts";
export { chainFrom, gapsBetween, type Regained, type RegainedLog, regain } from "./regained.ts";
