import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { StationEntry } from "../config.ts";
import { parseJson, parseWith } from "../parse.ts";
import { endedEarly } from "./child.ts";
import type { Children } from "./children.ts";
import {
  fillIn,
  fillInText,
  type LocalMember,
  modulePath,
  type SeedProgram,
  type SourceService,
} from "./members.ts";
import { networkHost } from "./ports.ts";
import type { RosterMember } from "./roster.ts";

/** What a source prints on one line when it answers. */
const Announcement = z.object({ port: z.int().min(1).max(65_535) });

export interface SourceOptions {
  /** The belt's folder, in which the modules are. */
  readonly belt: string;
  /** The member's folder, for databases and logs. */
  readonly folder: string;
  readonly children: Children;
}

/**
 * Starts what a member has beside its node: seeds its databases, starts its sources, and gives the stations that its
 * node is to run, with the places of these filled in.
 *
 * @throws {BeltError} `PROCESS_ENDED` when one of the programs fails
 */
export async function startSources(
  { parts }: RosterMember,
  options: SourceOptions,
): Promise<readonly StationEntry[]> {
  const stations = parts.map((part) => {
    // Those who share a node keep their databases apart.
    const data = parts.length === 1 ? options.folder : join(options.folder, part.name);
    return startPart(part, { ...options, data });
  });
  return (await Promise.all(stations)).flat();
}

type PartOptions = SourceOptions & { readonly data: string };

async function startPart(part: LocalMember, options: PartOptions): Promise<readonly StationEntry[]> {
  const { belt, data } = options;
  await mkdir(data, { recursive: true, mode: 0o700 });
  const [sources] = await Promise.all([
    Promise.all(part.sources.map((source) => startSource(source, part, options))),
    Promise.all(part.seeds.map((seed) => runSeed(seed, part, options))),
  ]);
  const places = { data, sources: Object.fromEntries(sources) };
  return part.stations.map(({ module, settings }) => ({
    module: modulePath(belt, module),
    settings: fillIn(settings, places),
  }));
}

async function runSeed(
  { module, database }: SeedProgram,
  { name }: LocalMember,
  { belt, data, folder, children }: PartOptions,
): Promise<void> {
  const child = await children.start({
    name: `the seed ${module} of ${name}`,
    file: modulePath(belt, module),
    args: ["--database", fillInText(database, { data, sources: {} })],
    log: join(folder, "seeds.log"),
    endsByItself: true,
  });
  const { code } = await child.ended;
  if (code !== 0) throw await endedEarly(child);
}

async function startSource(
  source: SourceService,
  { name }: LocalMember,
  { belt, data, folder, children }: PartOptions,
): Promise<readonly [string, string]> {
  const { firstLine, program } = await children.startAnnouncing({
    name: `the source ${source.name} of ${name}`,
    file: modulePath(belt, source.module),
    args: ["--port", "0", "--database", fillInText(source.database, { data, sources: {} })],
    log: join(folder, `${source.name}.log`),
  });
  const { port } = parseWith(Announcement, parseJson(firstLine, program.name), { at: program.name });
  return [source.name, `http://${networkHost}:${port}`];
}
