import type { NodeStatus } from "../../api/index.ts";
import type { Sample } from "../../exposition.ts";

/** What a node says of itself at one moment. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status: NodeStatus;
  readonly samples: readonly Sample[];
}

/** One end of an edge at this node: trays come in, or go out. */
export interface TopEdge {
  readonly edge: string;
  readonly end: "in" | "out";
  readonly traysPerSecond: number | null;
  /** Cases a second, and on a tray: told where trays arrive. */
  readonly casesPerSecond: number | null;
  readonly casesPerTray: number | null;
  /** Cases that wait at the station, or trays that wait for their receiver, and for how long the oldest has. */
  readonly waiting: number;
  readonly oldestSeconds: number | null;
  /** Attempts to deliver that failed, since the node's start. */
  readonly errors: number | null;
}

/** How a node does: between two readings, or at one. What takes two is null then. */
export interface Top {
  readonly at: string;
  readonly node: {
    readonly name: string;
    readonly member: string;
    readonly version: string;
    readonly ready: boolean;
    readonly reasons: readonly string[];
    readonly uptimeSeconds: number | null;
  };
  readonly sheets: { readonly consumer: number; readonly station: number };
  readonly cases: {
    readonly endedPerSecond: number | null;
    readonly busy: number;
    readonly unwritten: number;
    readonly quarantined: number;
  };
  readonly edges: readonly TopEdge[];
  readonly ledger: {
    readonly state: string;
    readonly block: number;
    readonly blocksBehind: number;
    readonly pendingTransactions: number;
    readonly unanchoredReceipts: number;
    readonly anchorLagSeconds: number;
  };
  readonly disk: { readonly writesPerSecond: number | null; readonly syncSeconds: number | null };
  readonly process: {
    readonly memoryBytes: number;
    readonly cpu: number | null;
    readonly eventLoopSeconds: number;
  };
  readonly troubles: number;
}

type Labels = Readonly<Record<string, string>>;

/** The sum of a metric's samples that have these labels. */
function sum({ samples }: Reading, name: string, labels: Labels = {}): number {
  return samples
    .filter((sample) => sample.name === name && has(sample.labels, labels))
    .reduce((total, { value }) => total + value, 0);
}

const has = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** How a node does, from what it said now and a while before. A function of its arguments alone. */
export function topOf(now: Reading, before?: Reading): Top {
  const { status } = now;
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1_000;
  const one = (name: string, labels?: Labels): number => sum(now, name, labels);

  /** By how much a counter has grown; from zero on where the node was started anew. */
  function growth(name: string, labels?: Labels): number | null {
    if (before === undefined) return null;
    const [from, to] = [sum(before, name, labels), one(name, labels)];
    return to < from ? to : to - from;
  }

  function rate(name: string, labels?: Labels): number | null {
    const grown = growth(name, labels);
    return grown === null || seconds <= 0 ? null : grown / seconds;
  }

  /** The mean of what a histogram has seen in between; since the start where that is nothing. */
  function mean(name: string, labels?: Labels): number | null {
    const count = growth(`${name}_count`, labels) ?? 0;
    if (count > 0) return (growth(`${name}_sum`, labels) ?? 0) / count;
    const all = one(`${name}_count`, labels);
    return all === 0 ? null : one(`${name}_sum`, labels) / all;
  }

  /** The edges that a node has ever told of by these metrics, in alphabetical order. */
  const edgesOf = (...names: readonly string[]): readonly string[] =>
    [
      ...new Set(
        now.samples.filter(({ name }) => names.includes(name)).flatMap(({ labels }) => labels["edge"] ?? []),
      ),
    ].toSorted();

  const oldest = (name: string, edge: string): number | null =>
    now.samples.find((sample) => sample.name === name && sample.labels["edge"] === edge)?.value ?? null;

  const incoming = edgesOf("belt_trays_accepted_total", "belt_inbox_cases").map(
    (edge): TopEdge => ({
      ...{ edge, end: "in", errors: null },
      traysPerSecond: rate("belt_trays_accepted_total", { edge }),
      casesPerSecond: rate("belt_tray_items_sum", { edge }),
      casesPerTray: mean("belt_tray_items", { edge }),
      waiting: one("belt_inbox_cases", { edge }),
      oldestSeconds: oldest("belt_inbox_oldest_seconds", edge),
    }),
  );
  const outgoing = edgesOf(
    ...["belt_trays_sent_total", "belt_outbox_trays", "belt_tray_attempts_failed_total"],
  ).map(
    (edge): TopEdge => ({
      ...{ edge, end: "out", casesPerSecond: null, casesPerTray: null },
      traysPerSecond: rate("belt_trays_sent_total", { edge }),
      waiting: one("belt_outbox_trays", { edge }),
      oldestSeconds: oldest("belt_outbox_oldest_seconds", edge),
      errors: one("belt_tray_attempts_failed_total", { edge }),
    }),
  );
  const started = one("process_start_time_seconds");
  return {
    at: new Date(now.at).toISOString(),
    node: {
      ...{ name: status.name, member: status.member, version: status.version },
      ...{ ready: status.ready, reasons: status.reasons },
      uptimeSeconds: started === 0 ? null : Math.max(0, now.at / 1_000 - started),
    },
    sheets: {
      consumer: one("belt_open_sheets", { part: "consumer" }),
      station: one("belt_open_sheets", { part: "station" }),
    },
    cases: {
      endedPerSecond: rate("belt_receipts_total"),
      busy: one("belt_busy_cases"),
      unwritten: one("belt_unwritten_cases"),
      quarantined: one("belt_quarantined_cases"),
    },
    edges: [...incoming, ...outgoing],
    ledger: {
      state: status.ledger.state,
      block: status.ledger.block,
      blocksBehind: one("belt_ledger_blocks_behind"),
      pendingTransactions: one("belt_pending_transactions"),
      unanchoredReceipts: one("belt_unanchored_receipts"),
      anchorLagSeconds: one("belt_anchor_lag_seconds"),
    },
    disk: {
      writesPerSecond: rate("belt_store_sync_seconds_count"),
      syncSeconds: mean("belt_store_sync_seconds"),
    },
    process: {
      memoryBytes: one("process_resident_memory_bytes"),
      cpu: rate("process_cpu_seconds_total"),
      eventLoopSeconds: one("nodejs_eventloop_lag_p99_seconds"),
    },
    troubles: one("belt_troubles_total"),
  };
}
