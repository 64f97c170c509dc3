import type { Case } from "../../nodes/api/index.ts";
import type { Network } from "../../nodes/network/index.ts";
import { itemOf } from "../work/item.ts";
import { readingsOf } from "./metrics.ts";

/** The chain's last station. */
const last = "decision";

/** Books one sheet of items over the operator's API, and gives its id. */
export async function bookItems(
  { consumer, beltId }: Network,
  first: number,
  count: number,
): Promise<string> {
  const cases = Array.from({ length: count }, (_, i) => ({ application: { ...itemOf(first + i) } }));
  return (await consumer.operations.book({ belt: beltId, cases })).sheet;
}

/** When each result of a sheet reached the consumer, in milliseconds of this process, as its API tells it. */
export async function travel(
  { consumer }: Network,
  sheet: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const arrivals: number[] = [];
  for await (const { station } of consumer.operations.watch(sheet, signal)) {
    if (station === last) arrivals.push(performance.now());
  }
  return arrivals;
}

/** Results that the consumer has on its disk. */
export async function itemsThrough({ consumer }: Network): Promise<number> {
  return (await readingsOf(consumer)).sum("belt_tray_items_sum", `${last}>result`);
}

export const outcomesOf = ({ consumer }: Network, sheet: string): Promise<readonly Case[]> =>
  consumer.operations.cases(sheet);
