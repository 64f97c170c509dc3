import type { Writing } from "../api/index.ts";
import type { SubmitOptions, Writings } from "../ledger/index.ts";
import type { OperationParts } from "./parts.ts";
import { transactionView } from "./transactions.ts";

/** Where an operation writes. */
export interface Target {
  /** The ledger; in a dry run one that only tries out what it is told to write. */
  readonly ledger: Writings;
  /** Whether nothing is to be kept either. */
  readonly dry: boolean;
  /** To be passed on to the ledger. */
  readonly options: SubmitOptions;
}

/**
 * An operation that writes on the ledger, made of one function: a dry run goes the same way, through the same checks,
 * and stops where the transaction would be signed.
 *
 * @param run - does it; what it gives in a dry run is thrown away
 */
export function writing<Given, Answer>(
  { ledger, signal }: Pick<OperationParts, "ledger" | "signal">,
  run: (given: Given, to: Target) => Promise<Answer>,
): Writing<Given, Answer> {
  const write: (...given: Parameters<Writing<Given, Answer>>) => Promise<Answer> = (
    given,
    { onTransaction } = {},
  ) => {
    const told: SubmitOptions = onTransaction
      ? { onState: (submission) => onTransaction(transactionView(submission)) }
      : {};
    return run(given, { ledger, dry: false, options: { signal, ...told } });
  };
  const dryRun: Writing<Given, Answer>["dryRun"] = async (given) => {
    const found = await ledger.dryRun((tryOut) =>
      run(given, { ledger: tryOut, dry: true, options: { signal } }),
    );
    return {
      transactions: found.transactions.map(({ what, already, estimate }) => ({
        ...{ what, already },
        ...(estimate && { gas: estimate.gas.toString(), fee: estimate.mostCost.toString() }),
      })),
      escrow: found.escrow.toString(),
    };
  };
  return Object.assign(write, { dryRun });
}
