import { Command } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import type { Config } from "../config.ts";
import { type JsonOption, type NodeOptions, withExamples, withJson, withNode } from "./command.ts";
import { print, printJson } from "./output.ts";

interface BackupOptions extends NodeOptions, JsonOption {
  readonly keys: boolean;
}

/** `belt backup`: the store and the keys in one file, also while the node runs. */
export function backupCommand(): Command {
  const command = new Command("backup")
    .summary("write store and keys into a file, also while the node runs")
    .description(
      "Write the node's store, as it is at this moment, and its keys into a new file, also while the node runs. The file is read back and checked. Keep it as safe as the keys, and as long as cases in it may exist.",
    )
    .argument("<file>", "where to; there must be no such file yet")
    .option("--no-keys", "without the keys, which then have to be kept apart")
    .action(backUp);
  return withExamples(
    withJson(withNode(command)),
    ["belt backup acme-2026-03-01.backup", "store and keys"],
    ["belt backup acme.backup --no-keys", "the store alone"],
  );
}

async function backUp(file: string, { keys, json, ...options }: BackupOptions): Promise<void> {
  const [{ loadConfig }, { writeBackupFile }] = await Promise.all([
    import("../config.ts"),
    import("../backup/index.ts"),
  ]);
  const { config } = await loadConfig({
    file: options.config,
    folder: process.cwd(),
    env: process.env,
    flags: { data: options.data },
  });
  const store = await storeOf(config, options);
  const written = await writeBackupFile({ ...store, file, keysOf: keys ? config.data : undefined }).finally(
    store.close,
  );
  if (json) {
    printJson({ file, ...written, at: new Date(written.at).toISOString() });
    return;
  }
  print(
    `${file} has the store of ${written.member}, ${written.entries} entries${keys ? ", and its keys" : ""}.`,
  );
  print("It was read back and is whole.");
}

interface OpenedStore {
  readonly store: AsyncIterable<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** What the running node gives, or the store itself when none runs. */
async function storeOf(config: Config, options: NodeOptions): Promise<OpenedStore> {
  const { connect } = await import("./connect.ts");
  const node = await connect(options);
  try {
    await node.status();
    return { store: node.backup(), close: async () => {} };
  } catch (error) {
    if (!(error instanceof BeltError) || error.code !== "API_UNREACHABLE") throw error;
  }
  const [{ openNodeStore }, { describeIdentity }, { backUp: backUpStore }, { version }] = await Promise.all([
    import("../nodeStore.ts"),
    import("../identity.ts"),
    import("../backup/index.ts"),
    import("../version.ts"),
  ]);
  const { address: member } = await describeIdentity(config.data);
  const store = await openNodeStore(config);
  const header = { member, at: Date.now(), program: version };
  return { store: backUpStore(store, header), close: () => store.close() };
}
