import type { NodeOperations, Transaction } from "../api/index.ts";
import type { Submission } from "../ledger/index.ts";
import { problemAnswer } from "../problem.ts";
import type { OperationParts } from "./parts.ts";

/** What is under way to the ledger. */
export function transactionOperations({ ledger }: OperationParts): Pick<NodeOperations, "transactions"> {
  return { transactions: async () => ledger.submissions().map(transactionView) };
}

/** A transaction as operators see it. */
export function transactionView(submission: Submission): Transaction {
  const { what, state, nonce, hash, block, attempts, resends, problem } = submission;
  return {
    ...{ what, state, nonce, hash, attempts, resends },
    ...(block === undefined ? {} : { block }),
    ...(problem === undefined ? {} : { problem: problemAnswer(problem).problem }),
  };
}
