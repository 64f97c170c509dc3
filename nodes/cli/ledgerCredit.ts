import { Command } from "commander";
import { withExamples } from "./command.ts";
import { type LedgerOptions, readLedger, withLedger } from "./ledgerSource.ts";
import { print, printFields, printJson, printTable } from "./output.ts";

interface CreditOptions extends LedgerOptions {
  readonly member?: string;
}

/** `belt ledger credit`: who has what, what is owed to whom, and what is held in escrow. */
export function creditCommand(): Command {
  const command = new Command("credit")
    .description(
      "List the members' credit: what they have, what is owed to them, and what they were paid and refunded so far; and what bookings hold. Amounts are in the currency's smallest unit.",
    )
    .option("--member <name or address>", "only that of one member")
    .action(async ({ member: only, ...options }: CreditOptions) => {
      const state = await readLedger(options, async (reader) => {
        const { view } = reader;
        const { escrowOf, owedTo } = await import("../../pipeline/index/index.ts");
        const wanted = [...view.profiles.values()].filter(
          ({ member, name }) => only === undefined || only === name || only.toLowerCase() === member,
        );
        const accounts = wanted.map(async ({ member, name }) => {
          const { balance, allowance } = await reader.creditOf(member);
          const { paid, refunded, withdrawn } = view.balances.get(member) ?? nothing;
          const owed = owedTo(view, member);
          return { member, name, balance, owed, paid, refunded, withdrawn, allowance };
        });
        const sheets = [...view.sheets.values()];
        const held = sheets.reduce((sum, sheet) => sum + escrowOf(sheet), 0n);
        const owed = [...view.balances.keys()].reduce((sum, account) => sum + owedTo(view, account), 0n);
        const { currency, decimals, balance } = await reader.creditOf(await reader.addressOf("Bookings"));
        const openSheets = sheets.filter((sheet) => escrowOf(sheet) > 0n).length;
        return {
          ...{ currency, decimals, accounts: await Promise.all(accounts) },
          escrow: { contract: balance, held, owed, openSheets },
        };
      });
      if (options.json) return printJson(state);
      const { accounts, escrow } = state;
      printTable(
        accounts,
        [
          { title: "MEMBER", of: ({ name }) => name },
          { title: "HAS", of: ({ balance }) => String(balance), align: "right" },
          { title: "IS OWED", of: ({ owed }) => String(owed), align: "right" },
          { title: "PAID", of: ({ paid }) => String(paid), align: "right" },
          { title: "REFUNDED", of: ({ refunded }) => String(refunded), align: "right" },
          { title: "WITHDRAWN", of: ({ withdrawn }) => String(withdrawn), align: "right" },
        ],
        "Nobody is a member.",
      );
      print();
      printFields([
        ["currency", `${state.currency}, ${state.decimals} decimals`],
        ["held by sheets", `${escrow.held} (${escrow.openSheets} sheets)`],
        ["owed to accounts", String(escrow.owed)],
        ["in the contract", `${escrow.contract}${verdict(escrow)}`],
      ]);
    });
  return withExamples(
    withLedger(command),
    ["belt ledger credit", "all members"],
    ["belt ledger credit --member lender --json", "one member's, for a program"],
  );
}

const nothing = { paid: 0n, refunded: 0n, withdrawn: 0n };

/** The contract must have what it holds and owes: less would be missing, more came in by nobody's booking. */
function verdict({
  contract,
  held,
  owed,
}: {
  readonly contract: bigint;
  readonly held: bigint;
  readonly owed: bigint;
}): string {
  const difference = contract - held - owed;
  if (difference === 0n) return ", which is both together";
  return difference < 0n ? `: ${-difference} is MISSING` : `: ${difference} more than both together`;
}
