import { growthOf } from "../ours/growth.ts";
import type { Results } from "../results.ts";
import { megabytes, milliseconds, number, seconds, times } from "./format.ts";

/** What the engine is to reach on two cores with five members, and what it reached. */
export interface Target {
  readonly measure: string;
  readonly least: string;
  readonly aim: string;
  /** What the run measured; nothing when the run did not. */
  readonly found: string | undefined;
  readonly met: boolean | undefined;
}

/** Compares a run with the engine's targets. */
export function targetsOf({ ours, peers, growth }: Results): Target[] {
  const own = ours !== undefined && "measured" in ours ? ours.measured : undefined;
  const everysec = peers.find(({ name }) => name === "bullmq");
  const bullmq = everysec !== undefined && "measured" in everysec ? everysec.measured : undefined;
  const rate = own?.flood.stepsPerSecond;
  const ratio = rate === undefined || bullmq === undefined ? undefined : rate / bullmq.flood.stepsPerSecond;
  const nodes = own?.flood.processes.filter(({ name }) => name !== "ledger");
  const memory = nodes === undefined ? undefined : Math.max(...nodes.map(({ mostBytes }) => mostBytes));
  const grown = growth?.grown.flatMap(({ processes }) => processes).filter(({ name }) => name !== "ledger");
  const memoryGrown = grown === undefined ? undefined : Math.max(...grown.map(({ mostBytes }) => mostBytes));
  const longer = growth === undefined ? undefined : growthOf(growth);
  const extent = own?.restart.unfinished ?? 100_000;
  return [
    atLeast("hops a second, trays full, whole product", [15_000, 30_000], rate, whole),
    atLeast("ratio to BullMQ (everysec) in the same run", [2.5, 5], ratio, times),
    atMost(
      "latency of one case through 5 stations, idle, median, after its booking",
      [40, 20],
      own?.idle.sinceKept.median,
      milliseconds,
    ),
    atMost("latency p99 at half the maximum load", [500, 200], own?.half.sinceKept.p99, milliseconds),
    atMost("memory of the largest node at full flood", [400e6, 200e6], memory, megabytes),
    atMost("memory of the largest node after the growth run", [400e6, 200e6], memoryGrown, megabytes),
    atMost(
      `growth: time a case at ${number(growth?.grown[0].receipts ?? 1_000_000)} stored receipts against ${number(growth?.fresh.receipts ?? 1_000)}`,
      [1.2, 1.05],
      longer,
      (value) => `${number(value, 2)} ×`,
    ),
    atMost("bytes on the wire of a 500-byte item, a hop on its edge", [1_300, 800], own?.wire.hop, whole),
    atMost(
      "bytes on the wire of a 500-byte item, a hop with its receipt to the consumer",
      [1_300, 800],
      own === undefined ? undefined : own.wire.hop + own.wire.receipt,
      whole,
    ),
    atMost(
      `restart with ${number(extent)} unfinished items until working again`,
      [10, 3],
      own?.restart.workingSeconds,
      seconds,
    ),
  ];
}

const whole = (value: number): string => number(value);

type Bounds = readonly [least: number, aim: number];
type Show = (value: number) => string;

const atLeast = (measure: string, bounds: Bounds, found: number | undefined, show: Show): Target =>
  target(measure, bounds, found, show, (value) => value >= bounds[0]);

const atMost = (measure: string, bounds: Bounds, found: number | undefined, show: Show): Target =>
  target(measure, bounds, found, show, (value) => value <= bounds[0]);

function target(
  measure: string,
  [least, aim]: Bounds,
  found: number | undefined,
  show: Show,
  holds: (value: number) => boolean,
): Target {
  const bounds = { measure, least: show(least), aim: show(aim) };
  if (found === undefined) return { ...bounds, found, met: undefined };
  return { ...bounds, found: show(found), met: holds(found) };
}
