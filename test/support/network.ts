import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LedgerReader, openLedgerReader } from "../../nodes/ledger/index.ts";
import { type Crash, type Network, type NetworkOptions, startNetwork } from "../../nodes/network/index.ts";
import { HashText, headOf, stationStatus } from "../../pipeline/index/index.ts";
import { isRunning } from "./process.ts";
import { until } from "./until.ts";

/** A local network for the tests of one file, in a folder that goes with it. */
export interface TestNetwork {
  readonly network: Network;
  /** What ended by itself since the start. */
  readonly crashes: readonly Crash[];
  /** Stops the network, sees that no process is left, and removes its folder. */
  end(): Promise<void>;
}

export const beltFolder = (name: string): string =>
  fileURLToPath(new URL(`../../belts/${name}`, import.meta.url));

export async function startTestNetwork(
  options: Omit<NetworkOptions, "data" | "crashed">,
): Promise<TestNetwork> {
  const data = await mkdtemp(join(tmpdir(), "network-"));
  const crashes: Crash[] = [];
  const removeData = () => rm(data, { recursive: true, force: true });
  const network = await startNetwork({ ...options, data, crashed: (crash) => crashes.push(crash) }).catch(
    async (error: unknown) => {
      await removeData();
      throw error;
    },
  );
  return {
    network,
    crashes,
    async end() {
      const { pids } = network;
      await network.stop();
      await removeData();
      await until(() => !pids.some(isRunning), { what: "the end of all processes" });
    },
  };
}

/** The ledger as an auditor reads it, who has no node. */
export const readLedger = ({ chain, deployment }: Network): Promise<LedgerReader> =>
  openLedgerReader({ url: chain.url, directory: deployment.directory, chainId: deployment.chainId });

/** Waits until a sheet has ended at the consumer, and gives its cases. */
export async function ended({ consumer: { operations } }: Network, sheet: string) {
  await until(async () => (await operations.sheet(sheet)).state === "finished", {
    what: `the end of sheet ${sheet}`,
    limit: 90_000,
    every: 100,
  });
  return operations.cases(sheet);
}

/** Waits until all stations have reported a sheet, and gives the status of every case by station. */
export async function statusesOnLedger(
  { network, ledger }: { readonly network: Network; readonly ledger: LedgerReader },
  id: string,
): Promise<Record<string, string>[]> {
  const sheet = await until(
    () => {
      const found = ledger.view.sheets.get(HashText.parse(id));
      return found?.reports.every((report) => report !== undefined) === true ? found : undefined;
    },
    { what: `all reports of sheet ${id}`, limit: 60_000 },
  );
  const stations = Object.keys(network.belt.template.stations).toSorted();
  return Array.from({ length: sheet.count }, (_, place) =>
    Object.fromEntries(stations.map((station, number) => [station, stationStatus(sheet, number, place)])),
  );
}

/** How many receipts each member has anchored. */
export const anchored = ({ members }: Network, ledger: LedgerReader): Record<string, number> =>
  Object.fromEntries(members.map(({ name, address }) => [name, headOf(ledger.view, address)?.size ?? 0]));
