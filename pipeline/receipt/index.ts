export { CaseNumber, Receipt, receiptBytes, receiptHash, Status, statuses } from "./receipt.ts";
