import { z } from "zod";
import { type Address, type Hash, HashText, headOf, type IndexView } from "../../pipeline/index/index.ts";
import { interfaces } from "./contracts.ts";
import type { Rpc } from "./rpc.ts";
import { Code } from "./wire.ts";

/** What an anchor takes as arguments: four bytes that name the function, and two words. */
const argumentDigits = "0x".length + 2 * (4 + 2 * 32);
const hashDigits = 64;

/**
 * The call that anchors a head. Behind its arguments, where the contract does not look, stand the hashes of the log's
 * complete subtrees: with them whoever lost the log can go on with it, and the head's root is what they are held against.
 */
export function anchorCall({
  size,
  root,
  frontier = [],
}: {
  readonly size: number;
  readonly root: Hash;
  readonly frontier?: readonly Hash[] | undefined;
}): string {
  const call = interfaces.Receipts.encodeFunctionData("anchor", [size, root]);
  return call + frontier.map((hash) => hash.slice(2)).join("");
}

const Transaction = z.object({ input: Code });

/**
 * The hashes that came with the head that a member anchored last.
 *
 * @returns undefined when there is no head, or nothing came with it
 * @throws {BeltError} as {@link Rpc.call} does
 */
export async function readFrontier(
  { rpc, view }: { readonly rpc: Rpc; readonly view: IndexView },
  member: Address,
): Promise<readonly Hash[] | undefined> {
  const head = headOf(view, member);
  if (head === undefined) return undefined;
  const { transaction } = head.anchored;
  const found = await rpc.call(Transaction.nullable(), "eth_getTransactionByHash", [transaction]);
  const input = found?.input ?? "";
  // Somebody else may have called the contract on the member's behalf, in another way.
  const { size, root } = head;
  const hashes = input.slice(argumentDigits);
  if (!input.startsWith(anchorCall({ size, root })) || hashes.length === 0) return undefined;
  if (hashes.length % hashDigits !== 0) return undefined;
  return Array.from({ length: hashes.length / hashDigits }, (_, place) =>
    HashText.parse(`0x${hashes.slice(place * hashDigits, (place + 1) * hashDigits)}`),
  );
}
