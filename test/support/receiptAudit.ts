import { readTold } from "../../nodes/engine/index.ts";
import type { MemberNode } from "../../nodes/network/index.ts";
import { openNodeStore } from "../../nodes/nodeStore.ts";
import type { Store } from "../../nodes/store/index.ts";
import { toHex } from "../../pipeline/bytes.ts";
import { headOf, type IndexView } from "../../pipeline/index/index.ts";
import { append, emptyFrontier } from "../../pipeline/log/index.ts";
import { Receipt, receiptHash } from "../../pipeline/receipt/index.ts";

/** What a member's own store says it did, held against the ledger. The member's node must have stopped. */
export interface Audit {
  readonly receipts: readonly Receipt[];
  /** The hashes of the receipts of its log, in the log's order. */
  readonly leaves: readonly string[];
  /** The head that these leaves make, and the one on the ledger. */
  readonly head: { readonly size: number; readonly root: string };
  readonly onLedger: { readonly size: number; readonly root: string };
}

export async function audit(
  { folder, address }: Pick<MemberNode, "folder" | "address">,
  view: IndexView,
): Promise<Audit> {
  const store = await openNodeStore({ data: folder });
  try {
    const receipts = await valuesOf(store, "receipt/");
    const leaves: Uint8Array[] = [];
    for (const value of await valuesOf(store, "log/leaf/")) leaves.push(...leavesIn(value));
    const { frontier } = append(emptyFrontier, leaves);
    const anchored = headOf(view, address);
    return {
      receipts: receipts.map((bytes) => Receipt.parse(JSON.parse(Buffer.from(bytes).toString("utf8")))),
      leaves: leaves.map(toHex),
      head: { size: frontier.size, root: toHex(frontier.root) },
      onLedger: { size: anchored?.size ?? 0, root: anchored?.root ?? toHex(emptyFrontier.root) },
    };
  } finally {
    await store.close();
  }
}

/** The receipts that the consumer was given, of all its sheets. */
export async function receiptsOfConsumer({
  folder,
}: Pick<MemberNode, "folder">): Promise<readonly Receipt[]> {
  const store = await openNodeStore({ data: folder });
  try {
    const told = await valuesOf(store, "told/");
    return told.flatMap((record) =>
      Array.from(readTold(record), ({ receipt }) =>
        Receipt.parse(JSON.parse(Buffer.from(receipt).toString("utf8"))),
      ),
    );
  } finally {
    await store.close();
  }
}

export const hashOf = (receipt: Receipt): string => toHex(receiptHash(receipt));

/** The leaves that one record of a log holds. */
export const leavesIn = (record: Uint8Array): Uint8Array[] =>
  Array.from({ length: record.length / 32 }, (_, i) => record.subarray(32 * i, 32 * i + 32));

async function valuesOf(store: Store, prefix: string): Promise<Uint8Array[]> {
  const values: Uint8Array[] = [];
  for await (const [, value] of store.entries({ prefix })) values.push(Uint8Array.from(value));
  return values;
}
