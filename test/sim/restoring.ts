import { keepRestored } from "../../nodes/store/index.ts";
import { utf8 } from "../../pipeline/bytes.ts";
import type { Disk } from "./disk.ts";
import type { SimulatedNode } from "./node.ts";

/** What a restored store says of itself: of when its backup is, and when it was restored; milliseconds since 1970. */
export function restoredMark(at: number, now: number): Uint8Array {
  const change = keepRestored({ copy: Math.floor(now / 1_000), of: 0, at: Math.floor(at), checked: false });
  return change.type === "put" ? change.value : utf8("");
}

/** Whether a node must not work on a case, since a receipt of it is lost. */
export function isForgone({ disk }: SimulatedNode, sheet: string, station: string, number: number): boolean {
  if (disk.has(`forgone/${sheet}`)) return true;
  const cases = disk.get(`forgone/${sheet}/${station}`);
  return cases !== undefined && JSON.parse(Buffer.from(cases).toString("utf8")).includes(number);
}

/** How many receipts a node's log has that its disk has not. */
export function missingIn(disk: Disk): number {
  const size = Number(Buffer.from(disk.get("log/size") ?? Buffer.from("0")).toString("latin1"));
  return size - disk.keys("receipt/").length;
}
