import { readMetrics } from "../../nodes/api/index.ts";
import type { MemberNode, Network } from "../../nodes/network/index.ts";

/** A node's metrics at one moment. */
export interface Readings {
  /** The sum of a metric, over all edges or of one. */
  sum(name: string, edge?: string): number;
}

/** Reads a node's metrics from its operator's API. */
export async function readingsOf({ apiUrl, token }: MemberNode): Promise<Readings> {
  const samples = await readMetrics({ url: apiUrl, token });
  return {
    sum: (name, edge) =>
      samples
        .filter((sample) => sample.name === name && (edge === undefined || sample.labels["edge"] === edge))
        .reduce((sum, { value }) => sum + value, 0),
  };
}

/** The receipts that all stations have written down: the steps that are done for good. */
export async function stepsDone({ members }: Network): Promise<number> {
  const readings = await Promise.all(members.map(readingsOf));
  return readings.reduce((sum, node) => sum + node.sum("belt_receipts_total"), 0);
}
