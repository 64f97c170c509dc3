import { Command } from "commander";
import { type JsonOption, withConfig, withExamples, withJson } from "./command.ts";
import { print, printJson } from "./output.ts";

interface RestoreOptions extends JsonOption {
  readonly config?: string;
  readonly data?: string;
}

/** `belt restore`: the store and the keys from a file of `belt backup`. */
export function restoreCommand(): Command {
  const command = withConfig(new Command("restore").summary("restore store and keys from a backup"))
    .description(
      "Restore a node's store and keys from a backup into its data folder, which has no store yet. The whole file is checked before anything is written. Never run the node that the backup is of again: two nodes with the same keys contradict each other.",
    )
    .argument("<file>", "what `belt backup` wrote")
    .option("--data <folder>", "the node's data folder (BELT_DATA; default: as configured)")
    .action(restore);
  return withExamples(
    withJson(command),
    ["belt restore acme.backup", "into the data folder that ./belt.config.json names"],
    ["belt restore acme.backup --data ./data", "into this one"],
  );
}

async function restore(file: string, { config, data, json }: RestoreOptions): Promise<void> {
  const { restoreBackup } = await import("../backup/index.ts");
  const folder = await dataFolder(config, data);
  const restored = await restoreBackup(file, folder);
  const at = new Date(restored.at).toISOString();
  if (json) {
    printJson({ data: folder, ...restored, at });
    return;
  }
  print(`${folder} has the store of ${restored.member} as it was at ${at}.`);
  print("Next: belt serve. The node compares its log with the ledger before it does anything.");
}

async function dataFolder(config: string | undefined, data: string | undefined): Promise<string> {
  const given = data ?? (process.env["BELT_DATA"] || undefined);
  const { resolve } = await import("node:path");
  if (given !== undefined) return resolve(given);
  const { loadConfig } = await import("../config.ts");
  const loaded = await loadConfig({ file: config, folder: process.cwd(), env: process.env, flags: {} });
  return loaded.config.data;
}
