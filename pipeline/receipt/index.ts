export { Reason, reasonOf } from "./reason.ts";
export { CaseNumber, Receipt, ReceiptEnd, receiptBytes, receiptHash, Status, statuses } from "./receipt.ts";
