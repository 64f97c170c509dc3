import type { Measured } from "../measureSystem.ts";
import type { Outcome, Results } from "../results.ts";
import { milliseconds, number, table, times } from "./format.ts";

export type Done = Outcome & { readonly measured: Measured };

export const isDone = (outcome: Outcome): outcome is Done => "measured" in outcome;

/** Every system of a run that was measured, ours first. */
export const doneIn = ({ ours, peers }: Results): Done[] =>
  [...(ours === undefined ? [] : [ours]), ...peers].filter(isDone);

/** The processor time of a step, in microseconds, of all the system's processes. */
export const cpuOf = ({ measured }: Done): number =>
  measured.flood.processes.reduce((sum, { cpuMicrosecondsPerStep }) => sum + cpuMicrosecondsPerStep, 0);

/** The systems beside each other. */
export function comparison(results: Results): string {
  const done = doneIn(results);
  const ours = done.find(({ name }) => name === "ours")?.measured.flood.stepsPerSecond;
  const rows = done.map((each) => {
    const { name, title, measured } = each;
    const { flood, idle, half } = measured;
    const ratio = ours === undefined || name === "ours" ? "" : times(ours / flood.stepsPerSecond);
    return [
      title,
      measured.version,
      number(flood.stepsPerSecond),
      ratio,
      milliseconds(idle.sinceHandedIn.median),
      milliseconds(idle.sinceHandedIn.p99),
      milliseconds(half.sinceHandedIn.p99),
      number(cpuOf(each)),
    ];
  });
  const head = [
    ...["system", "version", ">steps a second", ">ours against it", ">one item, idle: median", ">p99"],
    ...[">p99 at half the load", ">CPU a step, µs"],
  ];
  return table([head, ...rows]);
}

/** Where a peer did better in this run. */
export function betterPeers(results: Results): string[] {
  const done = doneIn(results);
  const ours = done.find(({ name }) => name === "ours");
  if (ours === undefined) return [];
  return done
    .filter((peer) => peer !== ours)
    .flatMap((peer) => {
      const better = advantages(peer.measured, ours.measured);
      return better.length === 0 ? [] : [`**${peer.title}**: ${better.join("; ")}.`];
    });
}

function advantages(peer: Measured, ours: Measured): string[] {
  const found: string[] = [];
  const [theirs, own] = [peer.flood.stepsPerSecond, ours.flood.stepsPerSecond];
  if (theirs > own) found.push(`${number(theirs)} steps a second, ours ${number(own)}`);
  const idle = [peer.idle.sinceHandedIn.median, ours.idle.sinceHandedIn.median] as const;
  if (idle[0] < idle[1]) {
    const words = `one item is through after ${milliseconds(idle[0])}, ours with its booking after ${milliseconds(idle[1])}`;
    found.push(`${words} (without it ${milliseconds(ours.idle.sinceKept.median)})`);
  }
  const half = [peer.half.sinceHandedIn.p99, ours.half.sinceHandedIn.p99] as const;
  if (half[0] < half[1]) {
    found.push(
      `p99 of ${milliseconds(half[0])} at half its own load, ours ${milliseconds(half[1])} at half ours`,
    );
  }
  const memory = [memoryOf(peer), memoryOf(ours)] as const;
  if (memory[0] < memory[1]) {
    found.push(`all its processes take ${number(memory[0] / 1e6)} MB, ours ${number(memory[1] / 1e6)} MB`);
  }
  return found;
}

const memoryOf = ({ flood }: Measured): number =>
  flood.processes.reduce((sum, { mostBytes }) => sum + mostBytes, 0);
