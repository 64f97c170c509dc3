import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMachine } from "./measure/machine.ts";
import { type Measured, measureSystem } from "./measureSystem.ts";
import { help, type Options, readOptions } from "./options.ts";
import { measureCeiling } from "./ours/ceiling.ts";
import { ours } from "./ours/index.ts";
import { measureOurGrowth, measureOurs } from "./ours/measure.ts";
import { measureWorkers } from "./ours/workers.ts";
import { writeReport } from "./report/write.ts";
import type { Outcome, Results } from "./results.ts";
import { type Place, type System, whileItRuns } from "./system.ts";

/** Peers' packages are installed here only, so the project's own types do without them. */
async function loadPeers(): Promise<readonly System[]> {
  const loaded: { readonly peers: readonly System[] } = await import(
    new URL("peers/index.ts", import.meta.url).href
  );
  return loaded.peers;
}

/** Measures everything that is asked for, one after another, and writes the report. */
async function run(options: Options, peers: readonly System[], signal: AbortSignal): Promise<boolean> {
  const { extent, growth: receipts, out } = options;
  const root = await mkdtemp(join(tmpdir(), "belt-bench-"));
  // A server that may not run as root must reach its own folder in it.
  await chmod(root, 0o711);
  const wanted = (name: string): boolean => options.only?.includes(name) ?? true;
  const placeOf = (name: string): Place => ({
    folder: join(root, name),
    signal,
    say: (line) => console.error(`${name}: ${line}`),
  });

  async function madePlace(name: string): Promise<Place> {
    const place = placeOf(name);
    place.say("starts");
    await mkdir(place.folder);
    return place;
  }

  async function outcome<What extends Measured>(
    system: System,
    measure: (place: Place) => Promise<What>,
  ): Promise<Outcome<What>> {
    const { name, title, durability, setup, depth } = system;
    const place = placeOf(name);
    place.say("starts");
    try {
      await mkdir(place.folder);
      return { name, title, durability, setup, depth, measured: await measure(place) };
    } catch (problem) {
      signal.throwIfAborted();
      const failed = problem instanceof Error ? problem.message : String(problem);
      place.say(`not measured: ${failed}`);
      return { name, title, durability, setup, depth, failed };
    } finally {
      await rm(place.folder, { recursive: true, force: true });
    }
  }

  try {
    const results: Results = {
      at: new Date().toISOString(),
      args: process.argv.slice(2),
      extent,
      machine: await describeMachine(root),
      ours: wanted(ours.name) ? await outcome(ours, (place) => measureOurs(extent, place)) : undefined,
      ceiling: wanted(ours.name) ? await measureCeiling(extent, signal) : undefined,
      peers: await inTurn(
        peers.filter(({ name }) => wanted(name)),
        (peer) => outcome(peer, (place) => measurePeer(peer, extent, place)),
      ),
      growth:
        receipts === undefined ? undefined : await measureOurGrowth(receipts, extent, placeOf("growth")),
      workers: wanted("workers") ? await measureWorkers(extent, await madePlace("workers")) : undefined,
    };
    for (const file of await writeReport(results, out)) console.log(file);
    return [results.ours, ...results.peers].every((each) => each === undefined || "measured" in each);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const measurePeer = (peer: System, extent: Options["extent"], place: Place): Promise<Measured> =>
  whileItRuns(peer.start(place), (running) => measureSystem(peer, running, extent, place));

async function inTurn<A, B>(all: readonly A[], work: (each: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (const each of all) done.push(await work(each));
  return done;
}

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => stopping.abort(new Error("The run was ended.")));
}
const peers = await loadPeers();
const names = [ours.name, "workers", ...peers.map(({ name }) => name)];
try {
  const options = readOptions(process.argv.slice(2), names);
  if (options === undefined) console.log(help);
  else if (!(await run(options, peers, stopping.signal))) process.exitCode = 1;
} catch (problem) {
  console.error(problem instanceof Error && stopping.signal.aborted ? problem.message : problem);
  process.exitCode = 1;
}
