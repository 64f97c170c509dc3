import { Command } from "commander";
import type { Transaction } from "../api/index.ts";
import { type JsonOption, type NodeOptions, withExamples, withJson, withNode } from "./command.ts";
import { type Column, printJson, printTable, short } from "./output.ts";

/** `belt transactions`: what is on its way to the ledger, and not final there. */
export function transactionsCommand(): Command {
  const command = new Command("transactions")
    .summary("list what is not final on the ledger yet")
    .description(
      "List this node's transactions that are not final yet: signed, sent, dropped (and sent again by itself), or mined in a block that could still be taken back.",
    )
    .action(async ({ json, ...options }: NodeOptions & JsonOption) => {
      const [{ connect }, { stateOf }] = await Promise.all([
        import("./connect.ts"),
        import("./transactionShow.ts"),
      ]);
      const transactions = await (await connect(options)).transactions();
      if (json) printJson({ transactions });
      else {
        const state: Column<Transaction> = { title: "STATE", of: stateOf };
        printTable(transactions, [...columns, state, problem], "All transactions are final.");
      }
    });
  return withExamples(
    withJson(withNode(command)),
    ["belt transactions", "what is on its way"],
    [
      "belt transactions --json | jq '.transactions[] | select(.problem)'",
      "what the ledger's node did not take",
    ],
  );
}

const columns: readonly Column<Transaction>[] = [
  { title: "NONCE", of: ({ nonce }) => nonce, align: "right" },
  { title: "HASH", of: ({ hash }) => short(hash) },
  { title: "TO", of: ({ what }) => what },
];

const problem: Column<Transaction> = {
  title: "PROBLEM",
  of: ({ problem }) => (problem === undefined ? "" : `${problem.code}: ${problem.detail}`),
};
