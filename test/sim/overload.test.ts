import { expect, test } from "vitest";
import { violationsOf } from "./invariants.ts";
import type { Scenario } from "./scenario.ts";
import { Simulation } from "./simulation.ts";

const cases = 12;
const sheets = 14;
/** Every node takes up to so many trays at a time that are on their way in: one from each partner, and its own. */
const partners = 3;

/** Two nodes that work for each other, and a third that joins what both did: each is always somebody's next station. */
function flood(seed: number, backlog: number): Scenario {
  const node = (name: string) => ({
    name,
    concurrency: 2,
    backlog,
    anchorAfter: 60_000,
    slowestDisk: 5,
    workers: 1,
  });
  const each = Array.from({ length: cases }, (_, number) => ({
    f0: 20 * number + 1,
    f1: 20 * number,
    f2: 0,
  }));
  return {
    seed,
    nodes: [node("north"), node("south"), node("east")],
    belts: [
      {
        belt: "knot",
        stations: {
          a: { offer: "north/slow", needs: { "/a": "case#/f0" } },
          b: { offer: "south/slow", needs: { "/a": "case#/f1" } },
          c: { offer: "south/sum", needs: { "/a": "a#/x", "/b": "b#/x" } },
          d: { offer: "north/sum", needs: { "/a": "b#/x", "/b": "a#/x" } },
          e: { offer: "east/sum", needs: { "/a": "c#/x", "/b": "d#/x", "/c": "case#/f1" } },
        },
        result: { "/x": "e#/x" },
      },
    ],
    bookings: Array.from({ length: sheets }, (_, number) => ({
      at: 1_000 + number,
      consumer: number % 2 === 0 ? "east" : "north",
      belt: 0,
      cases: each.map((one) => ({ ...one, f2: number })),
      deadline: 20 * 24 * 3_600,
    })),
    faults: [],
    network: { loss: 0, duplication: 0, slowest: 5 },
    acceptanceWindow: 3_600,
  };
}

/** Runs the flood; gives how long it took, the most cases that any node had in hand, and how often one was refused. */
async function run(seed: number, backlog: number) {
  let [most, refused, through] = [0, 0, 0];
  const simulation = new Simulation(flood(seed, backlog), {
    watch(line) {
      if (line.includes("OVERLOADED")) refused++;
      if (line.includes(" ended ")) through = Number(line.split(" ", 1)[0]);
      for (const { engine } of simulation.nodes.flatMap(({ workers }) => workers)) {
        const { busy = 0, unwritten = 0 } = engine?.load() ?? {};
        most = Math.max(most, busy + unwritten);
      }
    },
  });
  await simulation.run();
  const wrong = [...simulation.defects, ...violationsOf(simulation)];
  return { most, refused, through, wrong, booked: simulation.ledger.state.sheets.size };
}

test("a flood ends every case, in little memory, about as soon as if there were room for all of it", async () => {
  const seconds = { tight: 0, ample: 0 };
  for (const seed of [1, 2, 3]) {
    const [tight, ample] = [await run(seed, 8), await run(seed, 100_000)];
    for (const { wrong, booked } of [tight, ample]) expect([wrong, booked]).toEqual([[], sheets]);
    expect(ample.refused).toBe(0);
    expect(ample.most).toBeGreaterThan(5 * cases);
    expect(tight.refused).toBeGreaterThan(50);
    // What was let in before the last refusal, and what completes joins that had begun.
    expect(tight.most).toBeLessThanOrEqual(8 + partners * cases);
    seconds.tight += tight.through;
    seconds.ample += ample.through;
  }
  // One run is a matter of luck: of when who asks again.
  expect(seconds.tight).toBeLessThan(1.2 * seconds.ample);
});
