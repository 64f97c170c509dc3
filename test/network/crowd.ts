import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider, type TransactionResponse, Wallet } from "ethers";
import { Deployment, type Ledger, openLedger } from "../../nodes/ledger/index.ts";
import { openLevelStore } from "../../nodes/store/index.ts";
import { chainId, treasury } from "./validators.ts";

/** Gives accounts the network's own money: so many whole coins each. */
export async function fund(url: string, accounts: readonly string[], coins: bigint): Promise<void> {
  const options = { staticNetwork: true, cacheTimeout: -1, pollingInterval: 250 };
  const provider = new JsonRpcProvider(url, chainId, options);
  try {
    const rich = new Wallet(treasury, provider);
    const value = coins * 10n ** 18n;
    let nonce = await rich.getNonce("pending");
    const sent: TransactionResponse[] = [];
    for (const to of accounts) sent.push(await rich.sendTransaction({ to, value, nonce: nonce++ }));
    for (const each of sent) await each.wait();
  } finally {
    provider.destroy();
  }
}

/** How a member uses the ledger. */
export interface CrowdMember {
  /** The node that it uses. */
  readonly url: string;
  /** How many transactions it has on their way at once. */
  readonly mostPending: number;
}

/** A consortium without nodes: for what the ledger's client can do alone. */
export interface Crowd {
  readonly deployment: Deployment;
  /** One for each member, in their order. */
  readonly ledgers: readonly Ledger[];
  close(): Promise<void>;
}

/** Deploys the contracts as an administrator does, and opens the ledger for the members. */
export async function openCrowd(
  { folder, members }: { readonly folder: string; readonly members: readonly CrowdMember[] },
  signal: AbortSignal,
): Promise<Crowd> {
  const url = members[0]?.url ?? "";
  const administrator = Wallet.createRandom();
  const wallets = members.map(() => Wallet.createRandom());
  await fund(
    url,
    [administrator, ...wallets].map(({ address }) => address),
    1_000n,
  );
  const addresses = wallets.map(({ address }) => address);
  const deployment = await deployByScript({ url, folder, key: administrator.privateKey, addresses }, signal);
  const { directory } = deployment;
  const opened = await Promise.all(
    members.map(async (member, place) => {
      const wallet = wallets[place] ?? administrator;
      const store = await openLevelStore(join(folder, `store-${place}`));
      return { store, ledger: await openLedger({ ...member, directory, chainId, store, wallet, signal }) };
    }),
  );
  return {
    deployment,
    ledgers: opened.map(({ ledger }) => ledger),
    async close() {
      for (const { ledger, store } of opened) {
        await ledger.close();
        await store.close();
      }
    },
  };
}

const script = fileURLToPath(new URL("../../scripts/deploy.ts", import.meta.url));

interface ScriptOptions {
  readonly url: string;
  readonly folder: string;
  /** The administrator's. */
  readonly key: string;
  /** The members' accounts. */
  readonly addresses: readonly string[];
}

/** Runs scripts/deploy.ts, and reads the deployment file that it writes. */
async function deployByScript(
  { url, folder, key, addresses }: ScriptOptions,
  signal: AbortSignal,
): Promise<Deployment> {
  const [keyFile, membersFile, out] = [join(folder, "key"), join(folder, "members"), join(folder, "out")];
  const kinds = ["producer", "consumer"];
  const members = addresses.map((address, place) => ({ address, name: `m${place + 1}`, kinds }));
  await writeFile(keyFile, key, { mode: 0o600 });
  await writeFile(membersFile, JSON.stringify(members));
  const files = ["--key-file", keyFile, "--members", membersFile, "--out", out];
  const deploying = spawn(process.execPath, [script, "--rpc", url, ...files, "--credit", "1000000000"], {
    stdio: ["ignore", "ignore", "inherit"],
    signal,
  });
  const [code] = await once(deploying, "close");
  if (code !== 0) throw new Error(`The deployment ended with code ${String(code)}.`);
  return Deployment.parse(JSON.parse(await readFile(out, "utf8")));
}
