import type { Command } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import type { LedgerReader } from "../ledger/index.ts";
import { type JsonOption, withConfig, withJson } from "./command.ts";

/** Which ledger a command reads. */
export interface LedgerOptions extends JsonOption {
  readonly rpc?: string;
  readonly directory?: string;
  readonly deployment?: string;
  readonly config?: string;
}

/** The options of a command that reads the ledger itself: no node, no account. */
export function withLedger(command: Command): Command {
  return withJson(
    withConfig(
      command
        .option("--rpc <url>", "JSON-RPC URL of the ledger's network (BELT_LEDGER_URL)")
        .option("--directory <address>", "address of the Directory contract (BELT_LEDGER_DIRECTORY)")
        .option("--deployment <file>", "take directory and chain id from the deployment file"),
    ),
  );
}

interface LedgerPlace {
  readonly url: string;
  readonly directory: string;
  readonly chainId?: number | undefined;
}

/** The ledger that options and environment name, else that of the node's configuration. */
async function findLedger({ rpc, directory, deployment, config: file }: LedgerOptions): Promise<LedgerPlace> {
  const { BELT_LEDGER_URL, BELT_LEDGER_DIRECTORY } = process.env;
  const url = rpc ?? (BELT_LEDGER_URL || undefined);
  const deployed = deployment === undefined ? undefined : await readDeployed(deployment);
  const address = directory ?? deployed?.directory ?? (BELT_LEDGER_DIRECTORY || undefined);
  if (url !== undefined && address !== undefined)
    return { url, directory: address, chainId: deployed?.chainId };
  const { loadConfig } = await import("../config.ts");
  try {
    const { config } = await loadConfig({ file, folder: process.cwd(), env: process.env });
    return { ...config.ledger, ...(url && { url }), ...(address && { directory: address }) };
  } catch (error) {
    if (!(error instanceof BeltError) || error.code !== "CONFIG_MISSING" || file !== undefined) throw error;
    const directoryFlag = "--directory (or --deployment)";
    const missing = [url === undefined ? "--rpc" : [], address === undefined ? directoryFlag : []].flat();
    throw new BeltError("USAGE_INVALID", `Which ledger? Give ${missing.join(" and ")}.`, {
      at: url === undefined ? "--rpc" : "--directory",
      remedy: "Or run it where a node's belt.config.json is, or name that with --config.",
    });
  }
}

async function readDeployed(file: string) {
  const { readDeployment } = await import("./deployment.ts");
  return readDeployment(file);
}

/** Reads the ledger as it is now, and hands it to `use`. */
export async function readLedger<T>(
  options: LedgerOptions,
  use: (reader: LedgerReader) => T,
): Promise<Awaited<T>> {
  const [place, { openLedgerReader }] = await Promise.all([
    findLedger(options),
    import("../ledger/index.ts"),
  ]);
  const reader = await openLedgerReader(place);
  try {
    return await use(reader);
  } finally {
    await reader.close();
  }
}
