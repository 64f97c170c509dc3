import { readFile } from "node:fs/promises";
import { z } from "zod";

/** A V8 CPU profile, as `node --cpu-prof` writes it. Times are microseconds of the system's monotonic clock. */
const Profile = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.int() }),
      children: z.array(z.int()).optional(),
    }),
  ),
  startTime: z.number(),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});

/** What one function, or one part of the program, took. */
export interface Share {
  readonly name: string;
  /** Of the time in which the process was busy. */
  readonly part: number;
}

export interface ProfileSummary {
  /** Of the window, the part in which the process's main thread did anything. */
  readonly busy: number;
  /** By what the work belongs to; adds up to 1. */
  readonly areas: readonly Share[];
  /** By function, without what it calls, the largest first. */
  readonly own: readonly Share[];
  /** By function of the product, with what it calls. */
  readonly withCalls: readonly Share[];
}

/** A stretch of time, in milliseconds of the system's monotonic clock. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The system's monotonic clock, in milliseconds: the same in all processes of a machine. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * Reads a profile, and sums up what the process did in a stretch of time.
 *
 * @param root the folder of the project: its functions are named by their files in it
 */
export async function summarise(file: string, root: string, { from, to }: Stretch): Promise<ProfileSummary> {
  const profile = Profile.parse(JSON.parse(await readFile(file, "utf8")));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame, root)]));
  const spent = new Map<number, number>();
  let [time, all, busy] = [profile.startTime, 0, 0];
  for (const [i, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[i] ?? 0;
    time += delta;
    if (time / 1_000 < from || time / 1_000 > to) continue;
    all += delta;
    if (nodes.get(id)?.callFrame.functionName === "(idle)") continue;
    busy += delta;
    spent.set(id, (spent.get(id) ?? 0) + delta);
  }
  const own = new Map<string, number>();
  const withCalls = new Map<string, number>();
  const areas = new Map<string, number>();
  for (const [id, time] of spent) {
    const chain = ancestry(id, parents).map((each) => names.get(each) ?? "");
    add(own, chain[0] ?? "", time);
    add(areas, areaOf(chain), time);
    for (const name of new Set(chain)) if (isProduct(name)) add(withCalls, name, time);
  }
  const shares = (times: ReadonlyMap<string, number>): Share[] =>
    [...times].map(([name, time]) => ({ name, part: time / busy })).toSorted((a, b) => b.part - a.part);
  return {
    busy: all === 0 ? 0 : busy / all,
    areas: shares(areas),
    own: shares(own),
    withCalls: shares(withCalls),
  };
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

function nameOf({ functionName, url, lineNumber }: CallFrame, root: string): string {
  const name = functionName || "(anonymous)";
  if (url === "") return name;
  const place = url
    .replace(/^file:\/\//, "")
    .replace(/^.*\/node_modules\//, "npm:")
    .replace(`${root}/`, "");
  return `${name} ${place}:${lineNumber + 1}`;
}

function ancestry(id: number, parents: ReadonlyMap<number, number>): number[] {
  const chain: number[] = [];
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) chain.push(at);
  return chain;
}

function add(to: Map<string, number>, name: string, time: number): void {
  to.set(name, (to.get(name) ?? 0) + time);
}

const isProduct = (name: string): boolean => / (?:nodes|pipeline|belts|bench)\//.test(name);

/** What each kind of work is told by, from the inside outwards; the first that matches names it. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ["garbage collection", /^\(garbage collector\)/],
  ["sealing and signing", /pipeline\/tray\/(?:jwe|jws|compact)|nodes\/store\/atRest/],
  [
    "digests, commitments and the log",
    /pipeline\/(?:disclosure|log|receipt)|sha256 pipeline|derive pipeline/,
  ],
  ["canonical JSON", /canonicalize|pipeline\/json/],
  ["schemas of boundaries (zod)", /npm:zod/],
  ["schemas of stations", /pipeline\/case|npm:ajv|validate\d+ /],
  ["the tray's text and its parse", /pipeline\/tray/],
  ["the store", /npm:(?:classic|abstract)-level|nodes\/store/],
  ["the ledger's client", /nodes\/ledger|pipeline\/index|npm:ethers|npm:@noble/],
  [
    "the operator's API and metrics",
    /nodes\/(?:api|operations|metrics)|npm:(?:express|router|prom-client|raw-body|body-parser)/,
  ],
  [
    "HTTP and sockets",
    /npm:undici|node:internal\/deps\/undici|node:(?:_http|net|internal\/stream|stream)|nodes\/transport|writev|nodes\/listen/,
  ],
  ["stations' own work", /nodes\/stations|bench\//],
  ["the engine's order", /nodes\/engine|pipeline\/hop|pipeline\/belt/],
  ["loading modules", /node:internal\/modules/],
];

function areaOf(chain: readonly string[]): string {
  for (const name of chain) {
    const found = kinds.find(([, pattern]) => pattern.test(name));
    if (found !== undefined) return found[0];
  }
  return "Node's own and native work";
}
