import { Gauge, type Registry } from "prom-client";
import { type Engine, type Queue, type Queues, queuesOf } from "../engine/index.ts";
import type { Ledger } from "../ledger/index.ts";

/** What is looked at whenever somebody asks for the metrics, and costs nothing otherwise. */
export interface Gauged {
  readonly engine: Pick<Engine, "load" | "queues" | "anchorLag">;
  readonly ledger: Pick<Ledger, "state" | "view" | "submissions">;
  /** The sheets that are not through, of which this member is the consumer, or has a station. */
  readonly openSheets: () => { readonly consumer: number; readonly station: number };
  readonly isReady: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface GaugeParts {
  readonly registry: Registry;
  /** Bounds how many edges have series of their own. */
  readonly edgeNames: (name: string) => string;
}

/** How the node stands: what waits where and for how long, the ledger, and whether it can work at all. */
export function gauge(node: Gauged, { registry, edgeNames }: GaugeParts): void {
  const { engine, ledger, openSheets, isReady, now } = node;

  const single: readonly (readonly [name: string, help: string, value: () => number])[] = [
    ["belt_ready", "1 while the node can do all of its work, otherwise 0.", () => Number(isReady())],
    ["belt_busy_cases", "Complete cases that wait for or are in a processor.", () => engine.load().busy],
    ["belt_unwritten_cases", "Finished cases that are not on the disk yet.", () => engine.load().unwritten],
    ["belt_unsent_trays", "Sealed trays that wait for an acknowledgement.", () => engine.load().unsent],
    [
      "belt_quarantined_cases",
      "Cases that crashed or hung their station, held until the operator decides.",
      () => engine.load().quarantined,
    ],
    [
      "belt_unanchored_receipts",
      "Receipts that no anchored head covers yet.",
      () => engine.load().unanchored,
    ],
    [
      "belt_anchor_lag_seconds",
      "Time for which the oldest receipt waits that no anchored head covers, since the node's start at most.",
      () => engine.anchorLag() / 1_000,
    ],
    [
      "belt_pending_transactions",
      "Transactions of this node that are in no block yet.",
      () => ledger.submissions().filter(({ state }) => state !== "mined" && state !== "final").length,
    ],
    ["belt_ledger_following", "1 while the ledger is followed, otherwise 0.", () => following(ledger)],
    ["belt_ledger_block", "The newest block that was read.", () => ledger.view.head?.number ?? 0],
    ["belt_ledger_blocks_behind", "Blocks of the ledger that are not read yet.", () => behind(ledger)],
  ];
  for (const [name, help, value] of single) {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(value());
        },
      }),
    );
  }

  registry.registerMetric(
    new Gauge({
      name: "belt_open_sheets",
      help: "Booked sheets that are not through, by this member's part in them.",
      labelNames: ["part"],
      registers: [],
      collect() {
        const { consumer, station } = openSheets();
        this.set({ part: "consumer" }, consumer);
        this.set({ part: "station" }, station);
      },
    }),
  );

  const byEdge = (
    name: string,
    help: string,
    queues: () => Queues,
    value: (queue: Queue) => number,
  ): void => {
    const series = new Gauge({
      ...{ name, help, labelNames: ["edge"], registers: [] },
      collect() {
        // An edge on which nothing waits any more has no series.
        series.reset();
        for (const [edge, queue] of bounded(queues())) series.set({ edge }, value(queue));
      },
    });
    registry.registerMetric(series);
  };
  const bounded = (queues: Queues): Queues =>
    queuesOf([...queues].map(([edge, queue]) => ({ ...queue, edge: edgeNames(edge) })));
  const count = (queue: Queue): number => queue.count;
  const age = (queue: Queue): number => Math.max(0, now() - queue.since) / 1_000;
  const incoming = (): Queues => engine.queues().incoming;
  const outgoing = (): Queues => engine.queues().outgoing;
  byEdge(
    "belt_inbox_cases",
    "Cases of kept trays that are not written down yet, by edge: also those that wait for others, people or a time.",
    incoming,
    count,
  );
  byEdge("belt_inbox_oldest_seconds", "Time since the oldest of these trays came, by edge.", incoming, age);
  byEdge("belt_outbox_trays", "Sealed trays that wait for an acknowledgement, by edge.", outgoing, count);
  byEdge(
    "belt_outbox_oldest_seconds",
    "Time for which the oldest of these has waited, since the node's start at most, by edge.",
    outgoing,
    age,
  );
}

const following = ({ state }: Gauged["ledger"]): number => Number(state().phase === "following");

/** Blocks that the ledger was known to have and that were not read. */
function behind({ state, view }: Gauged["ledger"]): number {
  const { latest } = state();
  return Math.max(0, (latest ?? 0) - (view.head?.number ?? latest ?? 0));
}
