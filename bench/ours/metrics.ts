import type { MemberNode, Network } from "../../nodes/network/index.ts";

/** One sample of a node's Prometheus metrics. */
interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/** A node's metrics at one moment. */
export interface Readings {
  /** The sum of a metric over its labels, or over those that hold this text, such as `edge="case>intake"`. */
  sum(name: string, labels?: string): number;
}

/** Reads a node's metrics from its operator's API. */
export async function readMetrics({ name: node, apiUrl, token }: MemberNode): Promise<Readings> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(new URL("/metrics", apiUrl), { headers });
  if (!answer.ok) throw new Error(`The metrics of ${node} cannot be read: ${answer.status}.`);
  const samples = (await answer.text()).split("\n").flatMap(sampleOf);
  return {
    sum: (name, labels = "") =>
      samples
        .filter((sample) => sample.name === name && sample.labels.includes(labels))
        .reduce((sum, { value }) => sum + value, 0),
  };
}

function sampleOf(line: string): Sample[] {
  const found = /^([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})? (\S+)$/.exec(line);
  if (found === null) return [];
  const [, name = "", labels = "", value = ""] = found;
  return [{ name, labels, value: Number(value) }];
}

/** The receipts that all stations have written down: the steps that are done for good. */
export async function stepsDone({ members }: Network): Promise<number> {
  const readings = await Promise.all(members.map(readMetrics));
  return readings.reduce((sum, node) => sum + node.sum("belt_receipts_total"), 0);
}
