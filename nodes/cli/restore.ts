import { Command } from "commander";
import type { StorePlace } from "../nodeStore.ts";
import { type JsonOption, withConfig, withExamples, withJson } from "./command.ts";
import { print, printJson } from "./output.ts";

interface RestoreOptions extends JsonOption {
  readonly config?: string;
  readonly data?: string;
  readonly store?: string;
}

/** `belt restore`: the store and the keys from a file of `belt backup`. */
export function restoreCommand(): Command {
  const command = withConfig(new Command("restore").summary("restore store and keys from a backup"))
    .description(
      "Restore a node's store and keys from a backup into its data folder or its database, where there is no store yet. The whole file is checked before anything is written. Never run the node that the backup is of again: two nodes with the same keys contradict each other.",
    )
    .argument("<file>", "what `belt backup` wrote")
    .option("--data <folder>", "the node's data folder (BELT_DATA; default: as configured)")
    .option("--store <url>", "the database, if the store is in one (BELT_STORE; default: as configured)")
    .action(restore);
  return withExamples(
    withJson(command),
    ["belt restore acme.backup", "into the data folder that ./belt.config.json names"],
    ["belt restore acme.backup --data ./data", "into this one"],
  );
}

async function restore(file: string, options: RestoreOptions): Promise<void> {
  const { restoreBackup } = await import("../backup/index.ts");
  const place = await placeToFill(options);
  const restored = await restoreBackup(file, place);
  const at = new Date(restored.at).toISOString();
  if (options.json) {
    printJson({ data: place.data, ...restored, at });
    return;
  }
  print(
    `${place.store === undefined ? place.data : "The database"} has the store of ${restored.member} as it was at ${at}.`,
  );
  const elsewhere = options.data === undefined ? "" : ` --data ${options.data}`;
  print(`Next: belt serve${elsewhere}. The node compares its log with the ledger before it does anything.`);
}

async function placeToFill(options: RestoreOptions): Promise<StorePlace> {
  const { BELT_DATA: dataVariable, BELT_STORE: storeVariable } = process.env;
  const data = options.data ?? (dataVariable || undefined);
  const store = options.store ?? (storeVariable || undefined);
  const { resolve } = await import("node:path");
  if (data !== undefined) return { data: resolve(data), store };
  const { loadConfig } = await import("../config.ts");
  const flags = { store };
  const { config } = await loadConfig({
    file: options.config,
    folder: process.cwd(),
    env: process.env,
    flags,
  });
  return config;
}
