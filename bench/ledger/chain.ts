import {
  BrowserProvider,
  Contract,
  ContractFactory,
  type ContractTransactionResponse,
  type Wallet,
} from "ethers";
import { network } from "hardhat";
import { chainAccount } from "../../nodes/ledger/chainAccounts.ts";
import { compile } from "./compile.ts";

/** A chain in this process, and those who do business on it. */
export interface Site {
  readonly provider: BrowserProvider;
  readonly deployer: Wallet;
  readonly consumer: Wallet;
  readonly station: Wallet;
  /** What they pay in; the consumer has plenty of it, the station some. */
  readonly coin: Contract;
  readonly naive: Contract;
  close(): Promise<void>;
}

// Fixed, since a byte that is not zero costs more to send than one that is: another day must not cost more.
const start = 4_000_000_000;
/** The deadline of what is booked, in seconds since 1970. */
export const deadline = start + 1_000_000;

export async function openSite(): Promise<Site> {
  const connection = await network.create();
  const provider = new BrowserProvider(connection.provider, undefined, { cacheTimeout: -1 });
  await provider.send("evm_setNextBlockTimestamp", [start]);
  const account = (place: number) => chainAccount(place).connect(provider);
  const [deployer, consumer, station] = [account(0), account(1), account(2)];
  const compiled = compile(["Coin", "NaiveBookings"]);
  const deploy = async (name: string, ...values: readonly unknown[]) => {
    const { abi, bytecode } = compiled(name);
    const contract = await new ContractFactory(abi, bytecode, deployer).deploy(...values);
    await contract.waitForDeployment();
    return new Contract(await contract.getAddress(), abi);
  };
  const coin = await deploy("Coin", consumer.address, 10n ** 24n);
  const naive = await deploy("NaiveBookings", await coin.getAddress());
  await gasOf(call(coin, consumer, "transfer", station.address, 1n));
  return {
    ...{ provider, deployer, consumer, station, coin, naive },
    async close() {
      provider.destroy();
      await connection.close();
    },
  };
}

/** Calls a contract by an account. */
export const call = (
  contract: Contract,
  by: Wallet,
  name: string,
  ...values: readonly unknown[]
): Promise<ContractTransactionResponse> =>
  new Contract(contract.target, contract.interface, by).getFunction(name).send(...values);

/** What a transaction cost, once it is mined. */
export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  if (receipt === null) throw new Error("the transaction was not mined");
  return Number(receipt.gasUsed);
}

/** 32 bytes without a zero, each time others. */
export const bytes32 = (number: number): string =>
  `0x${"ab".repeat(30)}${(0x1111 + number).toString(16).replaceAll("0", "f").padStart(4, "1")}`;
