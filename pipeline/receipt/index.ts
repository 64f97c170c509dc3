export { Reason, reasonOf } from "./reason.ts";
export { CaseNumber, Receipt, receiptBytes, receiptHash, Status, statuses } from "./receipt.ts";
