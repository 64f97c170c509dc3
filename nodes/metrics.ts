import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Engine, Signals } from "./engine/index.ts";

/** The node's Prometheus metrics: rate, errors and duration by edge, and how much waits where. */
export function createMetrics(signals: Signals, load: () => ReturnType<Engine["load"]>): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const accepted = new Counter({
    name: "belt_trays_accepted_total",
    help: "Trays kept and acknowledged, by edge.",
    labelNames: ["edge"],
    registers,
  });
  const items = new Histogram({
    name: "belt_tray_items",
    help: "Cases on an accepted tray, by edge.",
    labelNames: ["edge"],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const bytes = new Counter({
    name: "belt_tray_bytes_total",
    help: "Bytes of accepted trays as they travelled, by edge.",
    labelNames: ["edge"],
    registers,
  });
  const duplicates = new Counter({
    name: "belt_trays_duplicate_total",
    help: "Trays that came again and were acknowledged again.",
    registers,
  });
  const sent = new Counter({
    name: "belt_trays_sent_total",
    help: "Trays that their receiver acknowledged, by edge.",
    labelNames: ["edge"],
    registers,
  });
  const refused = new Counter({
    name: "belt_tray_attempts_failed_total",
    help: "Attempts to deliver a tray that failed, by the code of the problem.",
    labelNames: ["code"],
    registers,
  });
  const receipts = new Counter({
    name: "belt_receipts_total",
    help: "Cases that a station of this node ended, by station and status.",
    labelNames: ["station", "status"],
    registers,
  });
  const commits = new Histogram({
    name: "belt_commit_seconds",
    help: "Time from finished cases to their batch on the disk.",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
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
  for (const [name, help] of [
    ["busy", "Complete cases that wait for or are in a processor."],
    ["unwritten", "Finished cases that are not on the disk yet."],
    ["unsent", "Sealed trays that wait for an acknowledgement."],
    ["unanchored", "Receipts that no anchored head covers yet."],
    ["quarantined", "Cases that crashed or hung their station, held until the operator decides."],
  ] as const) {
    const gauge = new Gauge({
      name: `belt_${name}`,
      help,
      registers: [],
      collect() {
        this.set(load()[name]);
      },
    });
    registry.registerMetric(gauge);
  }

  signals.on("accepted", (event) => {
    const { edge } = event.tray;
    accepted.inc({ edge });
    items.observe({ edge }, event.items);
    bytes.inc({ edge }, event.bytes);
  });
  signals.on("duplicate", () => duplicates.inc());
  signals.on("sent", ({ tray }) => sent.inc({ edge: tray.edge }));
  signals.on("refused", ({ problem }) => refused.inc({ code: problem.code }));
  signals.on("committed", (event) => {
    for (const { station, status } of event.receipts) receipts.inc({ station, status });
    commits.observe(event.milliseconds / 1000);
  });
  signals.on("disagreed", ({ what }) => disagreements.inc({ what }));
  signals.on("trouble", () => troubles.inc());
  return registry;
}
