import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Signals } from "../engine/index.ts";
import { type Gauged, gauge } from "./gauges.ts";
import { boundNames } from "./names.ts";
import { countTrays } from "./trays.ts";

/** A node's Prometheus metrics. */
export interface Metrics {
  readonly registry: Registry;
  /** A write to the store took so many milliseconds until it was on the disk. */
  synced(milliseconds: number): void;
  /** Begins to look at a node that has started. */
  watch(node: Gauged): void;
}

/** So many edges, and so many stations, have series of their own; all others share one. */
const mostNames = 200;

/** What is counted while the engine works: once a tray, a batch or an event, never once a case. */
export function createMetrics({
  signals,
  version,
}: {
  readonly signals: Signals;
  /** The version of the product. */
  readonly version: string;
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const edgeNames = boundNames(mostNames);
  const stationNames = boundNames(mostNames);
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "belt_build_info",
    help: "Always 1; the version is its label.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
  countTrays(signals, { registry, edgeNames });

  const receipts = new Counter({
    name: "belt_receipts_total",
    help: "Cases that a station of this node ended, by station and status.",
    labelNames: ["station", "status"],
    registers,
  });
  const writeSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  const commits = new Histogram({
    name: "belt_commit_seconds",
    help: "Time to conclude, sign, seal and write a batch of finished cases.",
    buckets: writeSeconds,
    registers,
  });
  const syncs = new Histogram({
    name: "belt_store_sync_seconds",
    help: "Time of a write to the store until it is on the disk (fsync).",
    buckets: writeSeconds,
    registers,
  });
  const disagreements = new Counter({
    name: "belt_report_disagreements_total",
    help: "Reports that say something else than the receipts, by what came of it.",
    labelNames: ["what"],
    registers,
  });
  const troubles = new Counter({
    name: "belt_troubles_total",
    help: "Things that went wrong and are tried again.",
    registers,
  });

  signals.on("committed", (event) => {
    for (const [station, statuses] of tally(event.receipts)) {
      for (const [status, count] of statuses) receipts.inc({ station: stationNames(station), status }, count);
    }
    commits.observe(Math.max(0, event.milliseconds) / 1_000);
  });
  signals.on("disagreed", ({ what }) => disagreements.inc({ what }));
  signals.on("trouble", () => troubles.inc());
  return {
    registry,
    synced: (milliseconds) => syncs.observe(milliseconds / 1_000),
    watch: (node) => gauge(node, { registry, edgeNames }),
  };
}

/** How many ended how at which station: what is counted by a label has to be looked up, and once a batch will do. */
function tally(
  receipts: readonly { readonly station: string; readonly status: string }[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const { station, status } of receipts) {
    const statuses = counts.get(station) ?? new Map<string, number>();
    counts.set(station, statuses.set(status, (statuses.get(status) ?? 0) + 1));
  }
  return counts;
}
