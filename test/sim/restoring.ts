import { readTold } from "../../nodes/engine/index.ts";
import { keepRestored } from "../../nodes/store/index.ts";
import { sameBytes, toHex, utf8 } from "../../pipeline/bytes.ts";
import { Receipt, receiptHash } from "../../pipeline/receipt/index.ts";
import { leavesIn } from "../support/receiptAudit.ts";
import type { Disk } from "./disk.ts";
import type { SimulatedNode } from "./node.ts";
import type { Simulation } from "./simulation.ts";

/** What a restored store says of itself: of when its backup is, and when it was restored; milliseconds since 1970. */
export function restoredMark(at: number, now: number): Uint8Array {
  const change = keepRestored({ copy: Math.floor(now / 1_000), of: 0, at: Math.floor(at), checked: false });
  return change.type === "put" ? change.value : utf8("");
}

const sizeOf = (disk: Disk): number =>
  Number(Buffer.from(disk.get("log/size") ?? Buffer.from("0")).toString("latin1"));

/**
 * Whether a restored node can never catch up: a receipt that it anchored was lost with its machine, and no partner has
 * it. A node that stays behind for any other reason is wrong.
 */
export function isStuck({ ledger, nodes }: Simulation, node: SimulatedNode): boolean {
  if (node.lost === undefined) return false;
  const { disk: before } = node.lost;
  const head = ledger.state.heads.get(node.member.address)?.at(-1)?.size ?? 0;
  const size = sizeOf(node.disk);
  if (size >= head) return false;
  const lost = new Map(
    before.keys("receipt/").map((key) => {
      const bytes = before.get(key) ?? new Uint8Array();
      const receipt = Receipt.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
      return [toHex(receiptHash(receipt)), { receipt, bytes }] as const;
    }),
  );
  return before
    .keys("log/leaf/")
    .flatMap((key) => leavesIn(before.get(key) ?? new Uint8Array()))
    .slice(size, head)
    .some((leaf) => {
      const found = lost.get(toHex(leaf));
      if (found === undefined) throw new Error(`${node.name} has no receipt for its leaf ${toHex(leaf)}`);
      const { sheet, station } = found.receipt;
      const consumer = ledger.state.sheets.get(sheet)?.consumer;
      const home = nodes.find(({ member }) => member.address === consumer);
      const told = home?.disk
        .keys(`told/${sheet}/${station}/`)
        .flatMap((key) => [...readTold(home.disk.get(key) ?? new Uint8Array())]);
      return home === node || told?.some(({ receipt }) => sameBytes(receipt, found.bytes)) !== true;
    });
}

/** Whether a node must not work on a case, since a receipt of it is lost. */
export function isForgone({ disk }: SimulatedNode, sheet: string, station: string, number: number): boolean {
  if (disk.has(`forgone/${sheet}`)) return true;
  const cases = disk.get(`forgone/${sheet}/${station}`);
  return cases !== undefined && JSON.parse(Buffer.from(cases).toString("utf8")).includes(number);
}
