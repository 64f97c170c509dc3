import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { contractNamed, type IndexView } from "../../pipeline/index/index.ts";
import { Credit__factory } from "../../types/factories/Credit__factory.ts";
import { Profiles__factory } from "../../types/factories/Profiles__factory.ts";
import type { Config } from "../config.ts";
import { chainAccount, kindBits } from "../ledger/index.ts";

/** What the account gets for its transactions, in wei; on a development chain it is worth nothing. */
const allowance = 10n ** 20n;
/** The credit that it gets to book with. */
const startingCredit = 1_000_000n;

/**
 * Has a development chain's first account, which deployed the contracts there, admit a member and give it money and
 * credit. What is so already stays.
 *
 * @returns the last block in which something was changed, or the newest one that is read
 * @throws {BeltError} `CONFIG_INVALID` when somebody else has the name, `LEDGER_REVERTED` when that account is not this ledger's administrator
 */
export async function admitLocally(config: Config, member: `0x${string}`, view: IndexView): Promise<number> {
  const address = namedIn(view, "Profiles");
  const currency = namedIn(view, "Credit");
  if ([...view.profiles.values()].some((other) => other.name === config.name && other.member !== member)) {
    const words = `The ledger has another member that is called ${config.name}.`;
    throw new BeltError("CONFIG_INVALID", words, { at: "name" });
  }
  const provider = new JsonRpcProvider(config.ledger.url, undefined, {
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  try {
    const administrator = new NonceManager(new Wallet(chainAccount(0).privateKey, provider));
    const profiles = Profiles__factory.connect(address, administrator);
    let block = view.head?.number ?? 0;
    if (!view.profiles.has(member)) {
      const admitted = await profiles.admit(member, config.name, kindBits(["producer", "consumer"]));
      block = (await admitted.wait())?.blockNumber ?? block;
    }
    if ((await provider.getBalance(member)) < allowance / 2n) {
      await (await administrator.sendTransaction({ to: member, value: allowance })).wait();
    }
    const credit = Credit__factory.connect(currency, administrator);
    if ((await credit.balanceOf(member)) < startingCredit / 2n) {
      await (await credit.mint(member, startingCredit)).wait();
    }
    return block;
  } catch (cause) {
    const name = cause instanceof Error && "revert" in cause ? nameOf(cause.revert) : undefined;
    const words = `The chain's first account cannot admit ${config.name}${name === undefined ? "" : ` (${name})`}.`;
    throw new BeltError("LEDGER_REVERTED", words, { at: "--local", cause });
  } finally {
    provider.destroy();
  }
}

function namedIn(view: IndexView, name: string): `0x${string}` {
  const address = contractNamed(view, name);
  if (address !== undefined) return address;
  throw new BeltError("LEDGER_NO_DIRECTORY", `The directory names no ${name} contract.`, {
    at: "ledger.directory",
  });
}

function nameOf(revert: unknown): string | undefined {
  return typeof revert === "object" && revert !== null && "name" in revert ? String(revert.name) : undefined;
}
