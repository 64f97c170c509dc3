import { Command } from "commander";
import { wholeNumber, withExamples, withJson } from "./command.ts";
import type { UpOptions } from "./up/run.ts";

/** `belt up`: the local network. */
export function upCommand(): Command {
  const command = new Command("up")
    .description(
      "Start a local network (a chain, and a node for every member of an example belt, each a process of its own), have the belt's synthetic cases travel, and stay up until Ctrl-C.",
    )
    .option("--belt <name>", "an example belt, or the folder of a belt with its members.json", "mortgage-nl")
    .option(
      "--members <number>",
      "how many members: fewer than the belt has share nodes, more are newcomers without stations (default: as the belt has)",
      wholeNumber,
    )
    .option("--data <folder>", "keep keys, stores and logs there (default: a temporary folder)")
    .option(
      "--port <number>",
      "the first port; members take two each, the chain the hundredth after it; 0 for any that are free",
      wholeNumber,
      7400,
    )
    .option(
      "--ledger <url...>",
      "use the development chain that answers there, instead of starting one; members take turns among several of its nodes",
    )
    .option(
      "--once",
      "stop when all cases have arrived; people's tasks get the answers that the belt has for them",
    )
    .action(async (options: UpOptions) => {
      const { runUp } = await import("./up/run.ts");
      await runUp(options);
    });
  return withExamples(
    withJson(command, "print what came of it as JSON and nothing else"),
    ["belt up", "seven members decide on 24 mortgage applications"],
    ["belt up --belt hr-onboarding", "a belt with people and waiting; it says how to answer"],
    ["belt up --data ./network --port 9000", "with keys that last, and other ports"],
    ["belt up --once --json | jq .totals", "for a program"],
  );
}
