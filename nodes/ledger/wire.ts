import { z } from "zod";
import { AddressText, HashText } from "../../pipeline/index/index.ts";

/** The answers of Ethereum's JSON-RPC (execution-apis), as far as this node reads them. */

const Hexadecimal = z
  .string()
  .regex(/^0x[0-9a-fA-F]*$/)
  .transform((text): `0x${string}` => `0x${text.slice(2).toLowerCase()}`);

/** A number as JSON-RPC writes it, such as 0x7a69. */
export const Quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/)
  .transform((text) => BigInt(text));

export const Small = Quantity.refine((value) => value <= BigInt(Number.MAX_SAFE_INTEGER)).transform(Number);

export const Header = z.object({
  number: Small,
  hash: HashText,
  parentHash: HashText,
  /** Seconds since 1970. */
  timestamp: Small,
  baseFeePerGas: Quantity.nullish(),
});
export type Header = z.infer<typeof Header>;

export const Log = z.object({
  address: AddressText,
  topics: z.array(HashText).max(4),
  data: Hexadecimal,
  blockNumber: Small,
  blockHash: HashText,
  transactionHash: HashText,
  logIndex: Small,
});
export type Log = z.infer<typeof Log>;

export const TransactionReceipt = z.object({
  transactionHash: HashText,
  blockNumber: Small,
  blockHash: HashText,
  gasUsed: Quantity,
  effectiveGasPrice: Quantity.nullish(),
  /** 1 when the transaction did what it was to do, 0 when it was reverted. */
  status: Small,
});
export type TransactionReceipt = z.infer<typeof TransactionReceipt>;

export const Code = Hexadecimal;

/** A number as a parameter of JSON-RPC. */
export const quantity = (value: number | bigint): string => `0x${value.toString(16)}`;
