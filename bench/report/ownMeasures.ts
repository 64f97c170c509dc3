import type { MeasuredOurs } from "../ours/measure.ts";
import type { Profiled } from "../ours/profiled.ts";
import type { Results } from "../results.ts";
import { megabytes, milliseconds, number, percent, seconds, table } from "./format.ts";

/** What was measured of the conveyor belt alone, as sections of the report. */
export function ownMeasures({ wire, restart, idle, half, flood, profiles }: MeasuredOurs): string[] {
  return [
    "## The belt's own measures",
    table([
      ["measure", ">found"],
      ["one case, idle, from its booking to its result: median", milliseconds(idle.sinceKept.median)],
      ["the same, p99", milliseconds(idle.sinceKept.p99)],
      [
        `at half the load (${number(half.itemsPerSecond)} cases a second in sheets of ${half.batch}), after booking: median`,
        milliseconds(half.sinceKept.median),
      ],
      ["the same, p99", milliseconds(half.sinceKept.p99)],
      ["bytes on the wire, a hop on its edge", number(wire.hop)],
      ["bytes on the wire, a receipt to the consumer", number(wire.receipt)],
      ["bytes on the wire, the last receipt with the result", number(wire.result)],
      ["items on a tray between stations, on average", number(wire.itemsPerTray)],
      [
        `a node killed with ${number(restart.unfinished)} unfinished items: ready again`,
        seconds(restart.readySeconds),
      ],
      ["the same: the consumer has its first new receipt", seconds(restart.workingSeconds)],
      ["the same: all of them are done", seconds(restart.doneSeconds)],
    ]),
    "Bytes are those of sealed trays, without HTTP's headers (some 400 a tray).",
    "### Processes at full load",
    table([
      ["process", ">cores", ">CPU a hop of the whole, µs", ">memory: most", ">mean"],
      ...flood.processes.map(({ name, cores, cpuMicrosecondsPerStep, mostBytes, meanBytes }) => [
        name === "desk-1" ? "desk-1 (consumer and first station)" : name,
        number(cores, 2),
        number(cpuMicrosecondsPerStep, 1),
        megabytes(mostBytes),
        megabytes(meanBytes),
      ]),
    ]),
    ...profiles.flatMap(profileSection),
  ];
}

const mostFunctions = 15;

function profileSection({ member, summary }: Profiled): string[] {
  const { busy, areas, own } = summary;
  const shares = (list: readonly { readonly name: string; readonly part: number }[], what: string) =>
    table([[what, ">of its busy time"], ...list.map(({ name, part }) => [`\`${name}\``, percent(part)])]);
  return [
    `### Where the time goes: ${member}`,
    `From V8's profiler in a flood of its own; its main thread was busy ${percent(busy)} of the time.`,
    table([
      ["part of the work", ">of its busy time"],
      ...areas.map(({ name, part }) => [name, percent(part)]),
    ]),
    shares(own.slice(0, mostFunctions), "function, without what it calls"),
  ];
}

/** How the time of a case grows with what is stored. */
export function growthSection({ growth }: Results): string[] {
  if (growth === undefined) {
    return ["### Growth", "Not measured in this run: give `--growth 1000000`."];
  }
  const { fresh, grown } = growth;
  const rows = [grown[0], fresh, grown[1]].map(
    ({ receipts, microsecondsPerCase, cpuMicrosecondsPerCase, processes }) => [
      number(receipts),
      number(microsecondsPerCase),
      number(cpuMicrosecondsPerCase),
      megabytes(Math.max(...processes.map(({ mostBytes }) => mostBytes))),
    ],
  );
  return [
    "### Growth",
    "The same flood on a network whose store was filled, on a new one meanwhile, and on the first again: the machine's speed changes within minutes, and so weighs on both.",
    table([
      [">receipts at the consumer", ">time a case, µs", ">CPU a case, µs", ">memory of the largest process"],
      ...rows,
    ]),
  ];
}

/** What more workers of one member come to. */
export function workersSection({ workers, machine: { cores } }: Results): string[] {
  if (workers === undefined) return [];
  const rows = workers.map(({ workers: count, flood: { stepsPerSecond, processes } }) => {
    const own = processes.filter(({ name }) => name.startsWith("desk-3"));
    return [
      number(count),
      number(stepsPerSecond),
      number(
        own.reduce((sum, process) => sum + process.cores, 0),
        2,
      ),
      number(
        processes.filter(({ name }) => name === "postgres").reduce((sum, process) => sum + process.cores, 0),
        2,
      ),
    ];
  });
  return [
    "### Several workers",
    `The same flood, shortly, with the member in the middle of the chain on a store in PostgreSQL, and one, two and four workers of it. All processes of the run share ${cores} cores: what this shows is what more workers cost where they find no cores of their own.`,
    table([[">workers", ">steps a second", ">cores of the workers", ">cores of PostgreSQL"], ...rows]),
  ];
}
