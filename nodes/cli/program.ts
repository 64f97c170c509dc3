import { Command } from "commander";
import { version } from "../version.ts";
import { admitCommand } from "./admit.ts";
import { backupCommand } from "./backup.ts";
import { beltCommand } from "./belt.ts";
import { bookCommand } from "./book.ts";
import {
  acceptCommand,
  cancelCommand,
  declineCommand,
  deliverCommand,
  disputeCommand,
  resolveCommand,
} from "./bookings.ts";
import { caseCommand } from "./case.ts";
import { withExamples } from "./command.ts";
import { communityCommand } from "./community.ts";
import { connectionCommand } from "./connection.ts";
import { consentCommand } from "./consent.ts";
import { doctorCommand } from "./doctor.ts";
import { exitCodes } from "./exitCodes.ts";
import { governCommand } from "./govern.ts";
import { initCommand } from "./init.ts";
import { joinCommand } from "./join.ts";
import { ledgerCommand } from "./ledger.ts";
import { offerCommand } from "./offer.ts";
import { quarantineCommand } from "./quarantine.ts";
import { restoreCommand } from "./restore.ts";
import { serveCommand } from "./serve.ts";
import { tasksCommand } from "./tasks.ts";
import { topCommand } from "./top.ts";
import { transactionsCommand } from "./transactions.ts";
import { upCommand } from "./up.ts";

/** The whole command line. It throws commander's errors instead of ending the process. */
export function createProgram(): Command {
  const program = new Command("belt")
    .description(
      "Organisations work on one case together in seconds, each with its own data, over a shared ledger.",
    )
    .version(version, "-V, --version", "print the version")
    .option("--debug", "with an error, print where it came from")
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .helpOption("-h, --help", "print how a command is used")
    .helpCommand("help [command]", "print how a command is used")
    .showSuggestionAfterError(true)
    .exitOverride()
    // The error is printed with its code, by whoever catches it.
    .configureOutput({ outputError: () => undefined });

  program.commandsGroup("Try it:").addCommand(upCommand());
  program.commandsGroup("Run a node:");
  for (const command of [
    ...[initCommand(), joinCommand(), serveCommand(), doctorCommand()],
    ...[backupCommand(), restoreCommand()],
  ])
    program.addCommand(command);
  program.commandsGroup("Work with the running node:");
  for (const command of [
    ...[offerCommand(), beltCommand(), bookCommand(), caseCommand(), tasksCommand()],
    ...[quarantineCommand(), consentCommand(), connectionCommand(), transactionsCommand(), topCommand()],
  ])
    program.addCommand(command);
  program.commandsGroup("What becomes of a booked sheet:");
  for (const command of [
    ...[acceptCommand(), disputeCommand(), resolveCommand()],
    ...[cancelCommand(), declineCommand(), deliverCommand()],
  ])
    program.addCommand(command);
  program.commandsGroup("Decide together, through the running node:");
  for (const command of [governCommand(), admitCommand(), communityCommand()]) program.addCommand(command);
  program.commandsGroup("Read the ledger:").addCommand(ledgerCommand());

  const codes = Object.entries(exitCodes).map(([code, what]) => `  ${code.padStart(3)}  ${what}`);
  withExamples(
    program,
    ["belt up", "a local network with an example belt: see it work"],
    ["belt init acme", "a node of your own"],
    ["belt book mortgage-nl cases.json --watch", "book cases and see them travel"],
  ).addHelpText("after", `\nExit codes:\n${codes.join("\n")}`);
  inherit(program);
  return program;
}

/** Subcommands that were made elsewhere do not have their parent's settings by themselves. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inherit(command);
  }
}
