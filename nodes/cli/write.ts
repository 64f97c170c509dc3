import type { Command } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import type { DryRun, Writing } from "../api/index.ts";
import { type JsonOption, withJson } from "./command.ts";
import { exitCodeOf } from "./exitCodes.ts";
import { print, printJson, printTable } from "./output.ts";
import { inPlaces, type Places } from "./places.ts";

/** The options of every command that writes on the ledger. */
export interface WritingOptions extends JsonOption {
  readonly dryRun?: true;
}

/** Adds the options of a command that writes on the ledger. */
export function withWriting(command: Command, json?: string): Command {
  return withJson(
    command.option(
      "--dry-run",
      "say what it would cost, or why it would be refused; nothing is signed, sent or kept",
    ),
    json,
  );
}

/**
 * Writes on the ledger, and shows how the transactions get on. With --dry-run it says what that would take instead, or
 * why it would be refused, with the exit code of the refusal.
 *
 * @param places - what the parts of the request are called in the command
 * @returns what the writing gives; undefined after a dry run, when all has been said
 */
export async function perform<Given, Answer>(
  writing: Writing<Given, Answer>,
  given: Given,
  { json, dryRun, places = (at) => at }: WritingOptions & { readonly places?: Places },
): Promise<Answer | undefined> {
  if (dryRun) {
    await tellDryRun(
      inPlaces(places, () => writing.dryRun(given)),
      json,
    );
    return undefined;
  }
  if (json) return inPlaces(places, () => writing(given));
  const { createTransactionShow } = await import("./transactionShow.ts");
  const show = createTransactionShow(process.stdout);
  try {
    return await inPlaces(places, () => writing(given, { onTransaction: show.tell }));
  } finally {
    show.end();
  }
}

/** Tells what a dry run found; in JSON a refusal too, whose exit code the command then has. */
export async function tellDryRun(found: Promise<DryRun>, json: true | undefined): Promise<void> {
  if (json) await printDryRunJson(found);
  else printDryRun(await found);
}

/** What a dry run found, for a person. */
function printDryRun({ transactions, escrow }: DryRun): void {
  printTable(
    transactions,
    [
      { title: "TRANSACTION", of: ({ what }) => what },
      { title: "GAS AT MOST", of: gasOf, align: "right" },
      { title: "FEE AT MOST, IN WEI", of: ({ fee }) => fee, align: "right" },
    ],
    "There is nothing to write.",
  );
  if (escrow !== "0") print(`${escrow} credit would be held in escrow.`);
  print("This was a dry run: nothing is signed, sent or kept.");
}

function gasOf({ already, gas }: DryRun["transactions"][number]): string {
  if (already) return "none: it is there already";
  return gas ?? "not known yet";
}

/** What a dry run found as data. */
async function printDryRunJson(found: Promise<DryRun>): Promise<void> {
  try {
    printJson({ dryRun: true, ok: true, ...(await found) });
  } catch (error) {
    if (!(error instanceof BeltError)) throw error;
    const { problemAnswer } = await import("../problem.ts");
    printJson({ dryRun: true, ok: false, problem: problemAnswer(error).problem });
    process.exitCode = exitCodeOf(error.code);
  }
}
