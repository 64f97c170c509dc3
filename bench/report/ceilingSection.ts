import type { BareRate } from "../ours/ceiling.ts";
import type { Results } from "../results.ts";
import { cpuOf, isDone } from "./comparison.ts";
import { number, percent, table } from "./format.ts";

/** How much of a hop is its own work, and what a machine that did nothing else would come to. */
export function ceilingSection({ ceiling, ours }: Results): string[] {
  if (ceiling === undefined) return [];
  const { alone, all } = ceiling;
  const row = ({ processes, hopsPerSecond, cpuMicrosecondsPerHop }: BareRate): string[] => [
    number(processes),
    number(hopsPerSecond),
    number(cpuMicrosecondsPerHop, 1),
  ];
  const share = (whole: number): string =>
    `A hop of the whole product takes ${number(whole)} µs of processor at full load: ${percent(all.cpuMicrosecondsPerHop / whole)} of it are this. The rest is what carries it: memory that is swept, the store and its disk, sockets, the stations' processes, the ledger, the operator's API.`;
  return [
    "### The hop's own work",
    "What is left of a hop when nothing carries it (`bench/ours/bareHop.ts`): full trays are opened, each case is held to its commitments and schemas, committed to, receipted, put into the log and sealed to the next station; its receipt is sealed to the consumer, opened and checked there. No disk, network, ledger or station's process; all of it in one thread a process.",
    table([
      [">processes at the same time", ">hops a second", ">CPU a hop, µs"],
      row(alone),
      ...(all.processes > alone.processes ? [row(all)] : []),
    ]),
    ...(ours !== undefined && isDone(ours) ? [share(cpuOf(ours))] : []),
  ];
}
