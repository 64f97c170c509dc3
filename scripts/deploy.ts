import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { type JsonRpcApiProvider, JsonRpcProvider, Wallet } from "ethers";
import { z } from "zod";
import { readPrivate } from "../nodes/keys/index.ts";
import { chainAccount } from "../nodes/ledger/chainAccounts.ts";
import { deploy } from "../nodes/ledger/deploy.ts";
import { localHost, localRules } from "../nodes/ledger/localGovernance.ts";
import { NewMembers, type Rules } from "../nodes/ledger/terms.ts";
import { complaintOf, parseJson, parseWith } from "../nodes/parse.ts";
import { BeltError } from "../pipeline/errors.ts";
import { AddressText } from "../pipeline/index/index.ts";

const help = `Deploys the contracts to a ledger, admits the founding members, and writes where everything is to one
deployment file. Then the members govern, and the account that deployed has no rights left.

  node scripts/deploy.ts --members FILE [--rpc URL] [--key-file FILE] [--local]
    [--currency ADDRESS | --credit AMOUNT] [--window SECONDS]
    [--voting-delay SECONDS] [--voting-period SECONDS] [--execution-delay SECONDS]
    [--quorum PERCENT] [--super-quorum PERCENT] [--out FILE]

  --members FILE   the founding members: [{"address": "0x...", "name": "bank", "kinds": ["producer"]}]; one at
                   least, since without members nobody can govern
  --rpc URL        the ledger's JSON-RPC; http://127.0.0.1:8545 when absent
  --key-file FILE  the private key (0x and 64 hexadecimal digits) of the account that pays; nobody but its owner
                   may read it; a Hardhat chain's first account when absent
  --local          for trying, on a Hardhat chain: its first account, whose key everybody knows, is a founding
                   member, and one vote decides in seconds; so "belt join --local" works there
  --currency ADDRESS
                   the ERC-20 in which bookings are paid; when absent, credit of the consortium's own is deployed,
                   which the members make by vote and members alone can hold
  --credit AMOUNT  how much of that every consumer among the members begins with; none when absent
  --window SECONDS how long consumers can look at a report before anybody can settle it; a day when absent
  --voting-delay SECONDS
                   from a proposal to the opening of its vote; a day when absent
  --voting-period SECONDS
                   how long a vote is open; a week when absent
  --execution-delay SECONDS
                   from queuing what passed to carrying it out; two days when absent
  --quorum PERCENT how many of the members must be for a proposal or abstain; 50 when absent
  --super-quorum PERCENT
                   how many of the members decide at once by being for it; 51 when absent
  --out FILE       the deployment file; deployments/local.json when absent
`;

const number = z
  .string()
  .regex(/^\d{1,9}$/, "use a whole number")
  .transform(Number)
  .optional();

const Options = z.object({
  rpc: z.url({ protocol: /^https?$/, error: "use an http or https URL" }).default("http://127.0.0.1:8545"),
  "key-file": z.string().optional(),
  members: z.string().optional(),
  local: z.boolean().default(false),
  currency: AddressText.optional(),
  credit: z
    .string()
    .regex(/^\d{1,77}$/, "use a whole number")
    .transform(BigInt)
    .optional(),
  window: number,
  "voting-delay": number,
  "voting-period": number,
  "execution-delay": number,
  quorum: number,
  "super-quorum": number,
  out: z.string().default("deployments/local.json"),
  help: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

const hardhatChain = 31_337;

async function run(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options.help) return void process.stdout.write(help);
  const members = await foundersOf(options);
  const provider = await connect(options.rpc);
  try {
    const account = await accountOf(options["key-file"], provider);
    const { currency, credit, window: acceptanceWindow } = options;
    const terms = { currency, credit, acceptanceWindow, rules: rulesOf(options) };
    const deployment = await deploy(account, { members, ...terms });
    await write(options.out, `${JSON.stringify(deployment, undefined, 2)}\n`);
    process.stdout.write(`Deployed on chain ${deployment.chainId}: directory ${deployment.directory}\n`);
    const who = members.length === 1 ? "1 member governs" : `${members.length} members govern`;
    process.stdout.write(`${who}; written to ${options.out}\n`);
  } finally {
    provider.destroy();
  }
}

async function foundersOf({ members, local }: Options): Promise<NewMembers> {
  const host = local ? [localHost] : [];
  if (members !== undefined) return [...host, ...(await readMembers(members))];
  if (local) return host;
  throw new BeltError("USAGE_INVALID", "Name the founding members: without any, nobody can govern.", {
    at: "--members",
  });
}

function rulesOf(options: Options): z.input<typeof Rules> {
  const usual = options.local ? localRules : undefined;
  return {
    votingDelay: options["voting-delay"] ?? usual?.votingDelay,
    votingPeriod: options["voting-period"] ?? usual?.votingPeriod,
    executionDelay: options["execution-delay"] ?? usual?.executionDelay,
    quorum: options.quorum ?? usual?.quorum,
    superQuorum: options["super-quorum"] ?? usual?.superQuorum,
  };
}

function optionsOf(args: string[]): Options {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const known = {
    ...{ rpc: text, "key-file": text, members: text, out: text },
    ...{ currency: text, credit: text, window: text, quorum: text, "super-quorum": text },
    ...{ "voting-delay": text, "voting-period": text, "execution-delay": text },
    ...{ local: flag, help: flag },
  } as const;
  let values: unknown;
  try {
    ({ values } = parseArgs({ args, options: known }));
  } catch (cause) {
    throw new BeltError("USAGE_INVALID", cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const result = Options.safeParse(values);
  if (result.success) return result.data;
  const { sentence, path } = complaintOf(result.error);
  throw new BeltError("USAGE_INVALID", sentence, { at: `--${path.join("")}`, cause: result.error });
}

async function readMembers(file: string): Promise<NewMembers> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new BeltError("FILE_UNREADABLE", "The file of members cannot be read.", { at: file, cause });
  });
  return parseWith(NewMembers, parseJson(text, file), { at: `${file}#` });
}

/** Asks the chain's id once: left to itself, the provider would ask for ever, and print that it does. */
async function connect(url: string): Promise<JsonRpcApiProvider> {
  const asking = new JsonRpcProvider(url);
  try {
    const network = await asking._detectNetwork();
    return new JsonRpcProvider(url, network, { staticNetwork: network });
  } catch (cause) {
    throw new BeltError("LEDGER_UNREACHABLE", `Nothing that is a ledger answers at ${url}.`, {
      at: "--rpc",
      cause,
    });
  } finally {
    asking.destroy();
  }
}

async function accountOf(keyFile: string | undefined, provider: JsonRpcApiProvider): Promise<Wallet> {
  if (keyFile === undefined) {
    const { chainId } = await provider.getNetwork();
    if (chainId !== BigInt(hardhatChain)) {
      throw new BeltError("USAGE_INVALID", `Chain ${chainId} is not a Hardhat chain: name a --key-file.`, {
        at: "--key-file",
      });
    }
    return chainAccount(0).connect(provider);
  }
  const key = (await readPrivate(keyFile)).toString("utf8").trim();
  if (!/^0x[0-9a-fA-F]{64}$/.test(key)) {
    throw new BeltError("KEYS_DAMAGED", "The file does not hold a private key: 0x and 64 digits.", {
      at: keyFile,
    });
  }
  return new Wallet(key, provider);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (cause) {
    throw new BeltError("FILE_UNREADABLE", "The deployment file cannot be written.", { at: file, cause });
  }
}

await run().catch((error: unknown) => {
  const known =
    error instanceof BeltError ? error : new BeltError("INTERNAL", String(error), { cause: error });
  const place = known.at === undefined ? "" : ` (${known.at})`;
  process.stderr.write(`${known.code}: ${known.message}${place} ${known.remedy}\n`);
  process.exitCode = 1;
});
