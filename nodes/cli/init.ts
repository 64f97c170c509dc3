import { randomBytes } from "node:crypto";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import type { StationEntry } from "../config.ts";
import { settingsOf, withExamples, withSettings } from "./command.ts";
import { print, styled } from "./output.ts";

const paths = [
  "name",
  "data",
  "store",
  "ledger.url",
  "ledger.directory",
  "ledger.chainId",
  "listen.host",
  "listen.port",
  "url",
  "api.host",
  "api.port",
];

interface InitOptions {
  readonly deployment?: string;
  readonly local?: true;
  readonly station: readonly string[];
  readonly passphraseFile?: string;
}

/** `belt init`: a new node's folder, with its configuration and its keys. */
export function initCommand(): Command {
  const command = new Command("init")
    .summary("make a new node: configuration and keys")
    .description(
      "Make a new node: its configuration (belt.config.json) and its keys. Asks at a terminal for what is missing; overwrites nothing.",
    )
    .argument("[folder]", "where to make it", ".")
    .option(
      "--deployment <file>",
      "take directory and chain id from the file that the contracts' deployment wrote",
    )
    .option(
      "--local",
      "on the network of `belt up`: its ledger, and ports that are free, are found (with --ledger-url for another chain than http://127.0.0.1:7500)",
    )
    .option(
      "--station <file>",
      "a station that the node is to run, TypeScript or JavaScript; more with more of it",
      (file: string, others: readonly string[]) => [...others, file],
      [],
    )
    .option(
      "--passphrase-file <file>",
      "put the keys under the passphrase in this file (BELT_PASSPHRASE: the passphrase itself)",
    )
    .action(async (folder: string, options: InitOptions) => {
      const given = await withDeployment(settingsOf({ ...options }), options.deployment);
      await init(resolve(folder), options.local ? await onNetwork(given) : given, options);
    });
  return withExamples(
    withSettings(command, paths),
    ["belt init", "answer the questions"],
    ["belt init --local --name acme --station hello.ts", "on the network of `belt up`, with a station"],
    [
      "belt init acme --name acme --ledger-url http://127.0.0.1:8545 --deployment deployment.json",
      "without questions",
    ],
  );
}

async function init(
  folder: string,
  given: Readonly<Record<string, string | undefined>>,
  options: InitOptions,
): Promise<void> {
  const [{ configFileName, loadConfig }, { createIdentity, describeIdentity }, { newPassphrase }] =
    await Promise.all([import("../config.ts"), import("../identity.ts"), import("./passphrase.ts")]);
  const file = join(folder, configFileName);
  if (await exists(file))
    throw new BeltError("CONFIG_EXISTS", "There is a configuration already.", { at: file });
  const flags = await complete(given);
  // The whole is checked before anything is written.
  const { config } = await loadConfig({ folder, env: {}, flags });
  const stations = await checkStations(folder, options.station);
  let address: string;
  if (await exists(join(config.data, "keys"))) {
    // Keys without a configuration are those of a node that is to be set up anew.
    ({ address } = await describeIdentity(config.data));
    print(`The keys in ${shown(config.data)} are kept.`);
  } else {
    const passphrase = await newPassphrase(options.passphraseFile);
    ({ address } = await createIdentity(config.data, { passphrase, random: randomBytes }));
  }
  const { name, store, ledger, listen, url, api } = config;
  const { data = "./data", url: publicUrl } = flags;
  const published = publicUrl === undefined ? {} : { url };
  await mkdir(folder, { recursive: true });
  const kept = store === undefined ? {} : { store };
  const content = { name, data, ...kept, ledger, listen, ...published, api, stations };
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { flag: "wx" });
  print(`${styled("bold", name)} is made in ${shown(folder)}. Its account is ${styled("bold", address)}.`);
  print("Keep a copy of its keys: without them the member's name is lost.");
  print();
  print("Next:");
  for (const [place, step] of nextSteps(folder, `belt admit ${address} --name ${name}`, options).entries()) {
    print(`  ${place + 1}. ${step}`);
  }
}

function nextSteps(folder: string, admission: string, { local }: InitOptions): readonly string[] {
  const enter = folder === process.cwd() ? [] : [`cd ${shown(folder)}`];
  const join = local
    ? ["belt join --local   be admitted, and publish its profile (URL and keys)"]
    : [
        `Have a member propose it, and the members vote: ${admission}`,
        "belt join    publish its profile (URL and keys) on the ledger",
      ];
  return [...enter, ...join, "belt serve   run the node", "belt doctor  if something does not work"];
}

async function onNetwork(given: Readonly<Record<string, string | undefined>>) {
  const { onLocalNetwork } = await import("./localNetwork.ts");
  return onLocalNetwork(given);
}

/** The stations as the configuration in the folder names them. A module that is no station is refused here already. */
async function checkStations(folder: string, files: readonly string[]): Promise<StationEntry[]> {
  if (files.length === 0) return [];
  const { loadStation } = await import("../stations/index.ts");
  for (const file of files) await loadStation(file);
  return files.map((file) => ({ module: `./${relative(folder, resolve(file))}`, settings: {} }));
}

/** Asks for what is missing, at a terminal; elsewhere names the flags that are. */
async function complete(
  given: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string | undefined>>> {
  const missing = questions.filter(({ path }) => given[path] === undefined);
  if (missing.length === 0) return given;
  const { flagOf } = await import("../settings.ts");
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    const flags = missing.map(({ path }) => flagOf(path)).join(", ");
    throw new BeltError("USAGE_INVALID", `At no terminal everything must be given. Missing: ${flags}.`, {
      remedy: "Give them; or --local, which finds the network of `belt up` on this machine.",
    });
  }
  const { ask } = await import("./prompt.ts");
  return { ...given, ...(await ask(missing)) };
}

export interface Question {
  readonly path: string;
  readonly message: string;
  readonly placeholder: string;
}

const questions: readonly Question[] = [
  { path: "name", message: "What is the member called?", placeholder: "acme" },
  { path: "ledger.url", message: "Where is the ledger's JSON-RPC?", placeholder: "http://127.0.0.1:8545" },
  { path: "ledger.directory", message: "What is the Directory contract's address?", placeholder: "0x…" },
];

async function withDeployment(
  given: Readonly<Record<string, string | undefined>>,
  file: string | undefined,
): Promise<Readonly<Record<string, string | undefined>>> {
  if (file === undefined) return given;
  const { readDeployment } = await import("./deployment.ts");
  const { directory, chainId } = await readDeployment(file);
  return { "ledger.directory": directory, "ledger.chainId": String(chainId), ...defined(given) };
}

const defined = (values: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const shown = (path: string): string => relative(process.cwd(), path) || "this folder";
