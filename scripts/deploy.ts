import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { type JsonRpcApiProvider, JsonRpcProvider, Wallet } from "ethers";
import { z } from "zod";
import { readPrivate } from "../nodes/keys/index.ts";
import { chainAccount } from "../nodes/ledger/chainAccounts.ts";
import { deploy, NewMembers } from "../nodes/ledger/deploy.ts";
import { complaintOf, parseJson, parseWith } from "../nodes/parse.ts";
import { BeltError } from "../pipeline/errors.ts";
import { AddressText } from "../pipeline/index/index.ts";

const help = `Deploys the contracts to a ledger, and writes where they are to one deployment file.

  node scripts/deploy.ts [--rpc URL] [--key-file FILE] [--members FILE]
    [--currency ADDRESS | --credit AMOUNT] [--window SECONDS] [--out FILE]

  --rpc URL        the ledger's JSON-RPC; http://127.0.0.1:8545 when absent
  --key-file FILE  the private key (0x and 64 hexadecimal digits) of the account that pays and becomes the
                   administrator; nobody but its owner may read it; a Hardhat chain's first account when absent
  --members FILE   whom to admit: [{"address": "0x...", "name": "bank", "kinds": ["producer"]}]
  --currency ADDRESS
                   the ERC-20 in which bookings are paid; when absent, credit of the consortium's own is deployed,
                   which the administrator makes and members alone can hold
  --credit AMOUNT  how much of that every consumer among the members begins with; none when absent
  --window SECONDS how long consumers can look at a report before anybody can settle it; a day when absent
  --out FILE       the deployment file; deployments/local.json when absent
`;

const Options = z.object({
  rpc: z.url({ protocol: /^https?$/, error: "use an http or https URL" }).default("http://127.0.0.1:8545"),
  "key-file": z.string().optional(),
  members: z.string().optional(),
  currency: AddressText.optional(),
  credit: z
    .string()
    .regex(/^\d{1,77}$/, "use a whole number")
    .transform(BigInt)
    .optional(),
  window: z
    .string()
    .regex(/^\d{1,7}$/, "use a whole number")
    .transform(Number)
    .optional(),
  out: z.string().default("deployments/local.json"),
  help: z.boolean().default(false),
});

const hardhatChain = 31_337;

async function run(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options.help) return void process.stdout.write(help);
  const members = options.members === undefined ? [] : await readMembers(options.members);
  const provider = await connect(options.rpc);
  try {
    const account = await accountOf(options["key-file"], provider);
    const deployment = await deploy(account, {
      members,
      ...(options.currency === undefined ? {} : { currency: options.currency }),
      ...(options.credit === undefined ? {} : { credit: options.credit }),
      ...(options.window === undefined ? {} : { acceptanceWindow: options.window }),
    });
    await write(options.out, `${JSON.stringify(deployment, undefined, 2)}\n`);
    process.stdout.write(`Deployed on chain ${deployment.chainId}: directory ${deployment.directory}\n`);
    process.stdout.write(`${members.length} members admitted; written to ${options.out}\n`);
  } finally {
    provider.destroy();
  }
}

function optionsOf(args: string[]): z.infer<typeof Options> {
  const text = { type: "string" } as const;
  const known = {
    ...{ rpc: text, "key-file": text, members: text, out: text },
    ...{ currency: text, credit: text, window: text },
    help: { type: "boolean" },
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

async function readMembers(file: string): Promise<z.infer<typeof NewMembers>> {
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
    return new Wallet(chainAccount(0).privateKey, provider);
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
