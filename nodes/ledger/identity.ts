import { z } from "zod";
import { sha256, toHex } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Address, AddressText, HashText } from "../../pipeline/index/index.ts";
import { interfaces } from "./contracts.ts";
import { readHeader } from "./readRange.ts";
import { CallRefused, type Rpc } from "./rpc.ts";
import { Code, Small } from "./wire.ts";

/** Which ledger this is: what no other ledger has in common with it. */
export const LedgerIdentity = z.strictObject({
  chainId: z.int().nonnegative(),
  /** The hash of the chain's first block. */
  genesis: HashText,
  directory: AddressText,
  /** The SHA-256 of the directory's code. */
  code: HashText,
  /** The block in which the directory was deployed: no event that matters is older. */
  deployedAt: z.int().nonnegative(),
});
export type LedgerIdentity = z.infer<typeof LedgerIdentity>;

export interface Expected {
  readonly directory: Address;
  /** The chain that it must be, from the configuration; any when absent. */
  readonly chainId: number | undefined;
  /** The ledger that this node followed before. */
  readonly known: LedgerIdentity | undefined;
}

/**
 * Asks a JSON-RPC node which ledger it is on, and checks that it is the expected one.
 *
 * @throws {BeltError} `LEDGER_WRONG_CHAIN` when it is not the configured chain; `LEDGER_NO_DIRECTORY` when there is no
 * directory at the address; `LEDGER_REPLACED` when it is not the one that was followed before; and those of
 * {@link Rpc.call}.
 */
export async function identify(rpc: Rpc, { directory, chainId, known }: Expected): Promise<LedgerIdentity> {
  const [found, genesis, code] = await Promise.all([
    rpc.call(Small, "eth_chainId"),
    readHeader(rpc, 0),
    rpc.call(Code, "eth_getCode", [directory, "latest"]),
  ]);
  if (chainId !== undefined && found !== chainId) {
    throw new BeltError("LEDGER_WRONG_CHAIN", `The ledger is chain ${found}, not chain ${chainId}.`, {
      at: "ledger.chainId",
    });
  }
  if (!genesis)
    throw new BeltError("LEDGER_CALL_FAILED", "The ledger's node does not give the chain's first block.");
  const codeHash = toHex(sha256(code));
  if (known) {
    const difference = differenceOf(known, {
      chainId: found,
      genesis: genesis.hash,
      directory,
      code: codeHash,
    });
    if (difference === undefined) return known;
    throw new BeltError("LEDGER_REPLACED", `This is not the ledger that this node knows: ${difference}.`);
  }
  if (code === "0x") throw noDirectory(`There is no contract at ${directory} on chain ${found}.`);
  const deployedAt = await askDeployedAt(rpc, directory);
  return { chainId: found, genesis: genesis.hash, directory, code: codeHash, deployedAt };
}

function differenceOf(known: LedgerIdentity, found: Omit<LedgerIdentity, "deployedAt">): string | undefined {
  if (found.directory !== known.directory)
    return `its directory was ${known.directory}, and is to be ${found.directory}`;
  if (found.chainId !== known.chainId) return `it was chain ${known.chainId}, and is chain ${found.chainId}`;
  if (found.genesis !== known.genesis) return "its first block is another one";
  if (found.code !== known.code) return `another contract, or none, is at ${known.directory}`;
  return undefined;
}

async function askDeployedAt(rpc: Rpc, directory: Address): Promise<number> {
  const to = { to: directory, data: interfaces.Directory.encodeFunctionData("deployedAt") };
  const wrong = `The contract at ${directory} is not a directory.`;
  try {
    const answer = await rpc.call(Code, "eth_call", [to, "latest"]);
    const [block] = interfaces.Directory.decodeFunctionResult("deployedAt", answer);
    return z.bigint().transform(Number).parse(block);
  } catch (cause) {
    if (cause instanceof BeltError && !(cause instanceof CallRefused && cause.reverted)) throw cause;
    throw noDirectory(wrong, cause);
  }
}

function noDirectory(message: string, cause?: unknown): BeltError {
  return new BeltError("LEDGER_NO_DIRECTORY", message, { at: "ledger.directory", cause });
}
