import type { Network } from "../../nodes/network/index.ts";
import { readingsOf } from "./metrics.ts";

/** Bytes of sealed trays for each item that was on them; without the headers of HTTP. */
export interface WireBytes {
  /** From one station to the next: the item, its commitments, and the receipt of the step before. */
  readonly hop: number;
  /** From a station to the consumer: the receipt alone. */
  readonly receipt: number;
  /** From the last station to the consumer: receipt and result. */
  readonly result: number;
  /** Items on a tray from station to station, on average. */
  readonly itemsPerTray: number;
}

/** What all trays since the start of the nodes' processes came to. */
export async function measureWire({ members, belt }: Network): Promise<WireBytes> {
  const nodes = await Promise.all(members.map(readingsOf));
  const stations = Object.keys(belt.template.stations);
  const sumOf = (name: string, edges: readonly string[]): number =>
    nodes.flatMap((node) => edges.map((edge) => node.sum(name, edge))).reduce((a, b) => a + b, 0);
  const perItem = (edges: readonly string[]): number =>
    sumOf("belt_tray_bytes_total", edges) / sumOf("belt_tray_items_sum", edges);
  const hops = stations.slice(1).map((to, i) => `${stations[i]}>${to}`);
  return {
    hop: perItem(hops),
    receipt: perItem(stations.slice(0, -1).map((from) => `${from}>result`)),
    result: perItem([`${stations.at(-1)}>result`]),
    itemsPerTray: sumOf("belt_tray_items_sum", hops) / sumOf("belt_tray_items_count", hops),
  };
}
