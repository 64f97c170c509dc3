import { Counter, Histogram, type Registry } from "prom-client";
import type { Signals } from "../engine/index.ts";

/** From a disk's write to a partner that is away for some minutes, in seconds. */
const short = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];
/** From a tray of one case to a station at which people decide within days. */
const long = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 86_400];

/**
 * Rate, errors and duration of every edge, at its two ends. All of it is counted once a tray.
 *
 * @param edgeNames bounds how many edges have series of their own
 */
export function countTrays(
  signals: Signals,
  { registry, edgeNames }: { readonly registry: Registry; readonly edgeNames: (name: string) => string },
): void {
  const registers = [registry];
  const byEdge = { labelNames: ["edge"] as const, registers };

  const accepted = new Counter({
    ...byEdge,
    name: "belt_trays_accepted_total",
    help: "Trays kept and acknowledged, by edge.",
  });
  const items = new Histogram({
    ...byEdge,
    name: "belt_tray_items",
    help: "Cases on an accepted tray, which takes 256, by edge.",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  });
  const bytes = new Counter({
    ...byEdge,
    name: "belt_tray_bytes_total",
    help: "Bytes of accepted trays as they travelled, by edge.",
  });
  const acceptSeconds = new Histogram({
    ...byEdge,
    name: "belt_tray_accept_seconds",
    help: "Time from a tray's arrival until it was checked and on the disk, by edge.",
    buckets: short,
  });
  const staySeconds = new Histogram({
    ...byEdge,
    name: "belt_tray_stay_seconds",
    help: "Time from a tray's arrival at a station until its last case was written down, by edge.",
    buckets: long,
  });
  const duplicates = new Counter({
    name: "belt_trays_duplicate_total",
    help: "Trays that came again and were acknowledged again.",
    registers,
  });
  // A tray that is refused says itself of which edge it is, and anybody can say anything.
  const rejected = new Counter({
    name: "belt_trays_rejected_total",
    help: "Trays that this node did not take, by the code of the problem.",
    labelNames: ["code"],
    registers,
  });
  const sent = new Counter({
    ...byEdge,
    name: "belt_trays_sent_total",
    help: "Trays that their receiver acknowledged, by edge.",
  });
  const deliverySeconds = new Histogram({
    ...byEdge,
    name: "belt_tray_delivery_seconds",
    help: "Time from a tray's sealing, or the node's start, until its receiver acknowledged it, by edge.",
    buckets: short,
  });
  const failed = new Counter({
    name: "belt_tray_attempts_failed_total",
    help: "Attempts to deliver a tray that failed, by edge and the code of the problem.",
    labelNames: ["edge", "code"],
    registers,
  });

  signals.on("accepted", (event) => {
    const edge = edgeNames(event.tray.edge);
    accepted.inc({ edge });
    items.observe({ edge }, event.items);
    bytes.inc({ edge }, event.bytes);
    acceptSeconds.observe({ edge }, seconds(event.milliseconds));
  });
  signals.on("emptied", ({ tray, milliseconds }) =>
    staySeconds.observe({ edge: edgeNames(tray.edge) }, seconds(milliseconds)),
  );
  signals.on("duplicate", () => duplicates.inc());
  signals.on("rejected", ({ problem }) => rejected.inc({ code: problem.code }));
  signals.on("sent", ({ tray, milliseconds }) => {
    const edge = edgeNames(tray.edge);
    sent.inc({ edge });
    deliverySeconds.observe({ edge }, seconds(milliseconds));
  });
  signals.on("refused", ({ tray, problem }) =>
    failed.inc({ edge: edgeNames(tray.edge), code: problem.code }),
  );
}

/** Of a duration by a clock that may have been set back meanwhile. */
const seconds = (milliseconds: number): number => Math.max(0, milliseconds) / 1_000;
