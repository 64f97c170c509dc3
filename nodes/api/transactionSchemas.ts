import { z } from "zod";
import { Bytes32 } from "../../pipeline/belt/index.ts";
import { Problem } from "../problem.ts";
import { Amount, Count, Sentence } from "./values.ts";

/** How far a transaction is; what is `dropped` is sent again. */
export const TransactionState = z.enum(["signed", "sent", "dropped", "mined", "final"]);

export const Transaction = z.object({
  what: Sentence.describe("What it is to do."),
  state: TransactionState,
  nonce: Count,
  hash: Bytes32,
  block: Count.optional().describe("The block that it is in."),
  attempts: Count.describe("How often it was signed: each time it offers more than before."),
  resends: Count.describe("How often it was sent again, since the ledger's node had lost it."),
  problem: Problem.optional().describe(
    "Why it was reverted in its block, or why the ledger's node did not take it when it was sent last.",
  ),
});
export type Transaction = z.infer<typeof Transaction>;

export const DryRun = z.object({
  transactions: z.array(
    z.object({
      what: Sentence,
      already: z.boolean().describe("It is on the ledger already: nothing would be sent."),
      gas: Amount.optional().describe(
        "The most gas that it would use; left out when nothing would be sent, or when it can be told only once those before it are in a block.",
      ),
      fee: Amount.optional().describe("The most that the gas would cost, in wei of the network's own money."),
    }),
  ),
  escrow: Amount.describe("The credit that would be held in escrow."),
});
export type DryRun = z.infer<typeof DryRun>;
