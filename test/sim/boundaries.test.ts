import { expect, test } from "vitest";
import { errorsOf, killsAt, runSweep, type SweepName, sweepNames, sweepNodes, wrongAfter } from "./sweep.ts";

/** Every boundary that a node passes: between any two of them nothing of it outlives its process. */
const boundaries = [
  "before put own",
  "after put own",
  "before book",
  "after book",
  "before del leaving",
  "after del leaving",
  "before put inbox",
  "after put inbox",
  "before send",
  "after acknowledgement",
  "before del outbox",
  "after del outbox",
  "before put manifest",
  "after put manifest",
  "before put wait",
  "after put wait",
  "before put receipt",
  "after put receipt",
  "before put told",
  "after put told",
  "before anchor",
  "after anchor",
  "before report",
  "after report",
  "before accept",
  "after accept",
  "before withdraw",
  "after withdraw",
  "before expire",
  "after expire",
  "before del inbox",
  "after del inbox",
  "before del wait",
  "after del wait",
  "before put quarantine",
  "after put quarantine",
  "before del quarantine",
  "after del quarantine",
];

/** Where in its run a node passes a boundary. */
interface Passing {
  readonly name: SweepName;
  readonly node: string;
  readonly point: string;
  /** The first one being 1. */
  readonly place: number;
}

async function passings(seed: number): Promise<Passing[]> {
  const all: Passing[] = [];
  for (const name of sweepNames) {
    const run = await runSweep(name, seed);
    for (const node of sweepNodes) {
      for (const [place, point] of run.node(node).passed.entries()) {
        all.push({ name, node, point, place: place + 1 });
      }
    }
  }
  return all;
}

test.each([1, 2, 3])(
  "a node may be killed at every boundary of its durability, with seed %i",
  async (seed) => {
    const places = Map.groupBy(await passings(seed), ({ point }) => point);
    expect(new Set(places.keys())).toEqual(new Set(boundaries));
    for (const those of places.values()) {
      // Another one of the same name with each seed: the first, one in the middle, the last.
      const chosen = those[Math.floor(((seed - 1) / 2) * (those.length - 1))];
      if (chosen === undefined) throw new Error("a boundary is passed");
      const { name, node, place } = chosen;
      expect(await wrongAfter(name, seed, killsAt(node, [place]))).toEqual([]);
    }
  },
);

test.each(sweepNames.flatMap((name) => sweepNodes.map((node) => [name, node] as const)))(
  "in a sheet that is %s, the disk of %s may fail at any use of it, once",
  async (name, node) => {
    const { uses } = (await runSweep(name, 1)).node(node);
    expect(uses).toBeGreaterThan(30);
    // Every seventh use here, from the first on; `npm run sim` takes them all.
    const faults = errorsOf(node, uses).filter((_, place) => place % 7 === 0);
    expect(await wrongAfter(name, 1, faults)).toEqual([]);
  },
);
