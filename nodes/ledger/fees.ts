import { z } from "zod";
import { readHeader } from "./readRange.ts";
import { CallRefused, type Rpc } from "./rpc.ts";
import { Quantity } from "./wire.ts";

const Wei = z.coerce.bigint().nonnegative();

/** What a transaction offers for a unit of gas, in wei: as EIP-1559 has it, or as networks without it have it. */
export const Fees = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal(2), maxFeePerGas: Wei, maxPriorityFeePerGas: Wei }),
  z.strictObject({ type: z.literal(0), gasPrice: Wei }),
]);
export type Fees = z.infer<typeof Fees>;

/** The most that a unit of gas can cost, in wei. */
export function mostPerGas(fees: Fees): bigint {
  return fees.type === 2 ? fees.maxFeePerGas : fees.gasPrice;
}

/** What the newest block takes for a unit of gas at least, in wei; nothing on networks without EIP-1559. */
export async function baseFee(rpc: Rpc): Promise<bigint> {
  return (await readHeader(rpc, "latest"))?.baseFeePerGas ?? 0n;
}

/** What to offer now: twice the base fee and what the node suggests beyond it. Networks may want nothing, or 1 wei. */
export async function suggestFees(rpc: Rpc): Promise<Fees> {
  const [latest, gasPrice, priority] = await Promise.all([
    readHeader(rpc, "latest"),
    ask(rpc, "eth_gasPrice"),
    ask(rpc, "eth_maxPriorityFeePerGas"),
  ]);
  const base = latest?.baseFeePerGas ?? undefined;
  if (base === undefined) return { type: 0, gasPrice: gasPrice ?? 0n };
  const beyond = gasPrice !== undefined && gasPrice > base ? gasPrice - base : 0n;
  const maxPriorityFeePerGas = priority ?? beyond;
  return { type: 2, maxFeePerGas: 2n * base + maxPriorityFeePerGas, maxPriorityFeePerGas };
}

/** What to offer instead, so that a node takes it in place of the former: at least an eighth more, and 1 wei. */
export function raiseFees(former: Fees, suggested: Fees): Fees {
  if (former.type === 0 || suggested.type === 0) {
    return { type: 0, gasPrice: raise(mostPerGas(former), mostPerGas(suggested)) };
  }
  return {
    type: 2,
    maxFeePerGas: raise(former.maxFeePerGas, suggested.maxFeePerGas),
    maxPriorityFeePerGas: raise(former.maxPriorityFeePerGas, suggested.maxPriorityFeePerGas),
  };
}

function raise(former: bigint, suggested: bigint): bigint {
  const raised = former + former / 8n + 1n;
  return raised > suggested ? raised : suggested;
}

/** Not every node knows the question. */
async function ask(rpc: Rpc, method: string): Promise<bigint | undefined> {
  try {
    return await rpc.call(Quantity, method);
  } catch (error) {
    if (error instanceof CallRefused) return undefined;
    throw error;
  }
}
