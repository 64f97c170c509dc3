import type { DryRun, Transaction } from "./schemas.ts";

/** How a writing is followed. */
export interface WriteOptions {
  /** Is told how its transactions get on, until the operation has its answer and for a while after. */
  readonly onTransaction?: (transaction: Transaction) => void;
}

/** An operation that writes on the ledger. */
export interface Writing<Given, Answer> {
  (given: Given, options?: WriteOptions): Promise<Answer>;
  /** What the writing would take; throws what it would throw. Nothing is signed, sent or kept. */
  dryRun(given: Given): Promise<DryRun>;
}
