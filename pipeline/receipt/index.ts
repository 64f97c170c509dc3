export { Receipt, receiptBytes, receiptHash, Status, statuses } from "./receipt.ts";
