import type { BeltDocument } from "../../pipeline/belt/index.ts";
import { membersOf, mostMembers } from "./members.ts";
import { Random } from "./random.ts";
import { type Kind, kinds } from "./stations.ts";

/** A belt whose offers are written as MEMBER/KIND. */
export type BeltPlan = Pick<BeltDocument, "belt" | "stations" | "result">;

export interface BookingPlan {
  /** Milliseconds from the start. */
  readonly at: number;
  readonly consumer: string;
  /** Its place among the belts. */
  readonly belt: number;
  readonly cases: readonly Readonly<Record<string, number>>[];
  /** Seconds from the start. */
  readonly deadline: number;
}

/** Something that goes wrong. Times are milliseconds from the start, `lasts` milliseconds. */
export type Fault =
  | { readonly kind: "kill"; readonly at: number; readonly node: string; readonly lasts: number }
  /** One of its workers alone. */
  | {
      readonly kind: "kill worker" | "stop worker";
      readonly at: number;
      readonly node: string;
      readonly worker: number;
      readonly lasts: number;
    }
  | { readonly kind: "stop"; readonly at: number; readonly node: string; readonly lasts: number }
  /** Killed when it passes its so-manieth boundary: before or after a batch, a send, an acknowledgement, a transaction. */
  | { readonly kind: "kill at"; readonly boundary: number; readonly node: string; readonly lasts: number }
  /** Its so-manieth use of its disk fails, once. */
  | { readonly kind: "disk error"; readonly use: number; readonly node: string }
  | {
      readonly kind: "cut";
      readonly at: number;
      readonly lasts: number;
      readonly from: readonly string[];
      readonly to: readonly string[];
    }
  | { readonly kind: "babble"; readonly at: number; readonly node: string; readonly lasts: number }
  | {
      readonly kind: "no ledger";
      readonly at: number;
      readonly nodes: readonly string[];
      readonly lasts: number;
    }
  | { readonly kind: "clock"; readonly at: number; readonly node: string; readonly by: number }
  /** Its machine is lost; another one goes on, after that long, from a backup that was taken `age` before. */
  | {
      readonly kind: "restore";
      readonly at: number;
      readonly node: string;
      readonly lasts: number;
      readonly age: number;
    }
  | { readonly kind: "disk full"; readonly at: number; readonly node: string; readonly lasts: number };

export interface NodePlan {
  readonly name: string;
  readonly concurrency: number;
  readonly backlog: number;
  readonly anchorAfter: number;
  readonly slowestDisk: number;
  /** How many workers share its disk, as a database's. */
  readonly workers: number;
}

/** All that is decided before a run begins; with the seed it decides the run. */
export interface Scenario {
  readonly seed: number;
  readonly nodes: readonly NodePlan[];
  readonly belts: readonly BeltPlan[];
  readonly bookings: readonly BookingPlan[];
  readonly faults: readonly Fault[];
  readonly network: { readonly loss: number; readonly duplication: number; readonly slowest: number };
  /** Seconds that a consumer has to accept a report. */
  readonly acceptanceWindow: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Makes up a consortium, its belts and cases, and what goes wrong, from a seed. */
export function scenarioOf(seed: number): Scenario {
  return sharedBy(consortiumOf(seed), new Random(`scenario ${seed}`).of("workers"));
}

/** In one run of ten some members have several workers, which die and come back by themselves. */
function sharedBy(scenario: Scenario, random: Random): Scenario {
  if (random.chance(0.9)) return scenario;
  const nodes = scenario.nodes.map((node) =>
    random.chance(0.5) ? { ...node, workers: random.int(2, 3) } : node,
  );
  const faults = nodes.flatMap(({ name, workers }): Fault[] =>
    workers === 1
      ? []
      : Array.from({ length: random.int(0, 3) }, () => ({
          kind: random.pick(["kill worker", "kill worker", "stop worker"] as const),
          at: random.int(0, 5 * minute),
          node: name,
          worker: random.int(0, workers - 1),
          lasts: random.skewed(10, 10 * minute),
        })),
  );
  return { ...scenario, nodes, faults: [...scenario.faults, ...faults] };
}

function consortiumOf(seed: number): Scenario {
  const random = new Random(`scenario ${seed}`);
  const nodes = membersOf(random.int(2, mostMembers)).map(({ name }) => nodePlan(name, random));
  const names = nodes.map(({ name }) => name);
  const belts = Array.from({ length: random.int(1, 2) }, (_, number) => beltPlan(number, names, random));
  const bookings = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => bookingPlan(names, belts, random));
  const calm = random.chance(0.1);
  const faults = calm ? [] : Array.from({ length: random.int(1, 8) }, () => fault(names, random));
  const lost = random.of("lost machine");
  if (calm || lost.chance(0.8)) return { seed, nodes, belts, bookings, faults, ...weather(calm, random) };
  // What is lost with a machine ends at its deadline, so there is one that comes.
  const soon = bookings.map((each) => ({ ...each, deadline: Math.min(each.deadline, lost.int(900, 7_200)) }));
  // Where something is done: at a member that works, some time after a booking.
  const workers = belts.flatMap(({ stations }) => Object.values(stations).map(({ offer }) => offer));
  const restore: Fault = {
    kind: "restore",
    at: lost.pick(bookings).at + lost.skewed(second, 5 * minute),
    node: lost.chance(0.9) ? (lost.pick(workers).split("/", 1)[0] ?? "") : lost.pick(names),
    // Messages that are on their way, and answers, come before it begins.
    lasts: lost.int(minute, 5 * minute),
    age: lost.skewed(100, 5 * minute),
  };
  return { seed, nodes, belts, bookings: soon, faults: [...faults, restore], ...weather(calm, random) };
}

function weather(calm: boolean, random: Random): Pick<Scenario, "network" | "acceptanceWindow"> {
  return {
    network: calm
      ? { loss: 0, duplication: 0, slowest: 5 }
      : {
          loss: random.pick([0, 0.02, 0.2]),
          duplication: random.pick([0, 0.05, 0.3]),
          slowest: random.pick([5, 200, 20_000]),
        },
    acceptanceWindow: random.pick([60, 3_600]),
  };
}

function nodePlan(name: string, random: Random): NodePlan {
  return {
    name,
    concurrency: random.pick([1, 2, 8]),
    backlog: random.pick([1, 4, 100]),
    anchorAfter: random.pick([30 * second, 5 * minute]),
    slowestDisk: random.pick([0.2, 5, 300]),
    workers: 1,
  };
}

const beltFields = ["f0", "f1", "f2"];

function beltPlan(number: number, names: readonly string[], random: Random): BeltPlan {
  const stations: Record<string, BeltPlan["stations"][string]> = {};
  const used = new Set<string>();
  const size = random.int(1, 5);
  for (let i = 0; i < size; i++) {
    const sources = ["case", ...Object.keys(stations)];
    const needs: Record<string, string> = {};
    for (const target of ["a", "b", "c"]) {
      if (target !== "a" && !random.chance(0.5)) continue;
      // Rather the stations than the case, so that belts are long as well as wide.
      const source = random.chance(0.3) ? "case" : random.pick(sources);
      const field = source === "case" ? random.pick(beltFields) : random.pick(["x", "y"]);
      needs[`/${target}`] = `${source}#/${field}`;
      used.add(source);
    }
    const kind: Kind = random.chance(0.4) ? "sum" : random.pick(kinds);
    const optional =
      Object.keys(needs).length > 1 && random.chance(0.5) ? random.pick(Object.keys(needs)) : "/a";
    const when = random.chance(0.3) ? { when: `${optional.slice(1)} > ${random.int(0, 300)}` } : {};
    stations[`s${i}`] = { offer: `${random.pick(names)}/${kind}`, needs, ...when };
  }
  // The result takes what nobody else does, and some more.
  const result = Object.fromEntries(
    Object.keys(stations)
      .filter((name) => !used.has(name) || random.chance(0.3))
      .map((name) => [`/${name}`, `${name}#/${random.pick(["x", "y"])}`]),
  );
  return { belt: `belt-${number}`, stations, result };
}

function bookingPlan(names: readonly string[], belts: readonly BeltPlan[], random: Random): BookingPlan {
  const cases = Array.from({ length: Math.floor(random.skewed(1, 12)) }, () =>
    Object.fromEntries(beltFields.map((field) => [field, random.int(0, 400)])),
  );
  return {
    at: random.int(0, 3 * minute),
    consumer: random.pick(names),
    belt: random.int(0, belts.length - 1),
    cases,
    deadline: random.chance(0.15) ? random.int(200, 3_600) : 20 * 24 * 3_600,
  };
}

function fault(names: readonly string[], random: Random): Fault {
  const at = random.int(0, 5 * minute);
  const node = random.pick(names);
  const lasts = random.chance(0.01) ? 24 * hour : random.skewed(10, 10 * minute);
  const kind = random.pick([
    "kill",
    "stop",
    "kill at",
    "kill at",
    "kill at",
    "cut",
    "babble",
    "no ledger",
    "clock",
    "disk full",
    "disk error",
    "disk error",
  ] as const);
  switch (kind) {
    case "kill":
    case "stop":
    case "babble":
    case "disk full":
      return { kind, at, node, lasts };
    case "kill at":
      return { kind, boundary: Math.floor(random.skewed(1, 150)), node, lasts: random.skewed(10, minute) };
    case "disk error":
      return { kind, use: Math.floor(random.skewed(1, 500)), node };
    case "cut": {
      const from = random.some(names, random.int(1, names.length - 1));
      const others = names.filter((name) => !from.includes(name));
      return { kind, at, lasts, from, to: random.chance(0.7) ? others : random.some(others, 1) };
    }
    case "no ledger":
      return { kind, at, lasts, nodes: random.chance(0.5) ? names : [node] };
    case "clock":
      return { kind, at, node, by: random.pick([-1, 1]) * random.pick([5 * second, hour, 25 * hour]) };
  }
}
