import { JsonRpcProvider } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { kindBits } from "../../pipeline/governance/index.ts";
import { contractNamed, type IndexView } from "../../pipeline/index/index.ts";
import { Credit__factory } from "../../types/factories/Credit__factory.ts";
import { Profiles__factory } from "../../types/factories/Profiles__factory.ts";
import type { Config } from "../config.ts";
import { chainAccount, errorOfEthers, type GovernedCall, governLocally, namesIn } from "../ledger/index.ts";

/** What the account gets for its transactions, in wei; on a development chain it is worth nothing. */
const allowance = 10n ** 20n;
/** The credit that it gets to book with. */
const startingCredit = 1_000_000n;

/**
 * Has the host of a local network, whose key is public, give a newcomer money, propose its admission and its credit,
 * vote for them, and carry them out. What is so already stays.
 *
 * @returns the last block in which something was changed, or the newest one that is read
 * @throws {BeltError} `CONFIG_INVALID` when somebody else has the name, and what a contract refuses, as when the host is no member
 */
export async function admitLocally(config: Config, member: `0x${string}`, view: IndexView): Promise<number> {
  const [target, currency, governance] = [
    namedIn(view, "Profiles"),
    namedIn(view, "Credit"),
    namedIn(view, "Governance"),
  ];
  requireFreeName(config, member, view);
  const provider = new JsonRpcProvider(config.ledger.url, undefined, {
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  try {
    const calls: GovernedCall[] = [];
    const { interface: profiles } = Profiles__factory.connect(target);
    const standing = view.profiles.get(member)?.standing;
    if (standing === "suspended") {
      calls.push({ target, data: profiles.encodeFunctionData("reinstate", [member]) });
    } else if (standing !== "active") {
      const kinds = kindBits(["producer", "consumer"]);
      calls.push({ target, data: profiles.encodeFunctionData("admit", [member, config.name, kinds]) });
    }
    const credit = Credit__factory.connect(currency, provider);
    if ((await credit.balanceOf(member)) < startingCredit / 2n) {
      const data = credit.interface.encodeFunctionData("mint", [member, startingCredit]);
      calls.push({ target: currency, data });
    }
    if ((await provider.getBalance(member)) < allowance / 2n) {
      const host = chainAccount(0).connect(provider);
      await (await host.sendTransaction({ to: member, value: allowance })).wait();
    }
    const newest = view.head?.number ?? 0;
    return calls.length === 0 ? newest : await governLocally(provider, governance, calls);
  } catch (cause) {
    throw errorOfEthers(cause, `have ${config.name} admitted`, namesIn(view)).placedAt("--local");
  } finally {
    provider.destroy();
  }
}

/** @throws {BeltError} `CONFIG_INVALID` when another member has the name. */
export function requireFreeName({ name }: Config, account: string, { profiles }: IndexView): void {
  if ([...profiles.values()].every((other) => other.name !== name || other.member === account)) return;
  const words = `The ledger has another member that is called ${name}.`;
  throw new BeltError("CONFIG_INVALID", words, { at: "name" });
}

function namedIn(view: IndexView, name: string): `0x${string}` {
  const address = contractNamed(view, name);
  if (address !== undefined) return address;
  throw new BeltError("LEDGER_NO_DIRECTORY", `The directory names no ${name} contract.`, {
    at: "ledger.directory",
  });
}
