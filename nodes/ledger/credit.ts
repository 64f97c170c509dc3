import type { Interface } from "ethers";
import { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import { type Address, type Hash, type IndexView, owedTo } from "../../pipeline/index/index.ts";
import { type ContractName, interfaces } from "./contracts.ts";
import { LedgerRevert } from "./revert.ts";
import type { Rpc } from "./rpc.ts";
import { readView } from "./view.ts";

/** What an account has, in the smallest unit of credit. */
export interface Credit {
  /** The ERC-20 in which bookings are paid. */
  readonly currency: Address;
  /** How many digits of an amount are behind the point. */
  readonly decimals: number;
  readonly balance: bigint;
  /** How much bookings may still take. */
  readonly allowance: bigint;
  /** What the account can withdraw from the bookings contract. */
  readonly owed: bigint;
}

export interface CreditParts {
  readonly rpc: Rpc;
  readonly view: IndexView;
  /** Where the directory says that a contract is, once the view has caught up. */
  readonly addressOf: (contract: ContractName, signal?: AbortSignal) => Promise<Address>;
}

const erc20: Interface = interfaces.Credit;
const Amount = z.bigint().nonnegative();

/** Reads an account's credit from the ledger as it is now. */
export async function readCredit(
  { rpc, view, addressOf }: CreditParts,
  account: Address,
  signal?: AbortSignal,
): Promise<Credit> {
  const [currency, bookings] = await Promise.all([
    addressOf("Credit", signal),
    addressOf("Bookings", signal),
  ]);
  const ask = async (name: "balanceOf" | "allowance" | "decimals", values: readonly Address[]) => {
    const view = { to: currency, known: erc20, name, values, what: "tell the credit" };
    return Amount.parse((await readView(rpc, view))[0]);
  };
  const [balance, allowance, decimals] = await Promise.all([
    ask("balanceOf", [account]),
    ask("allowance", [account, bookings]),
    ask("decimals", []).catch(noDecimals),
  ]);
  return { currency, decimals: Number(decimals), balance, allowance, owed: owedTo(view, account) };
}

/** The seconds after a report in which only the consumer can settle it. */
export async function readWindow({ rpc, addressOf }: CreditParts, signal?: AbortSignal): Promise<number> {
  const to = await addressOf("Bookings", signal);
  const known = interfaces.Bookings;
  const view = { to, known, name: "acceptanceWindow", what: "tell the acceptance window" };
  return Number(Amount.parse((await readView(rpc, view))[0]));
}

/** ERC-20 leaves it open whether a currency tells its decimals; amounts are whole numbers here in any case. */
function noDecimals(error: unknown): bigint {
  if (error instanceof LedgerRevert) return 0n;
  throw error;
}

/** What so many cases cost at these offers as the view has them; undefined when there are none. */
export function costOf(
  view: IndexView,
  offers: readonly Hash[] | undefined,
  count: number,
): bigint | undefined {
  const prices = offers?.map((offer) => view.offers.get(offer)?.price ?? 0n);
  return prices?.reduce((sum, price) => sum + price * BigInt(count), 0n);
}

/** @throws {BeltError} `CREDIT_SHORT` */
export function requireCredit({ balance, owed }: Credit, cost: bigint): void {
  if (cost <= balance) return;
  const more = owed > 0n ? `, and ${owed} more is owed to it` : "";
  throw new BeltError("CREDIT_SHORT", `The sheet costs ${cost}, and the account has ${balance}${more}.`, {
    at: "cases",
  });
}
