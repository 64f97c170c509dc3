import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { fillIn, fillInText, modulePath, parseMembers } from "../../../belts/members.ts";
import { loadStation, offerDocumentOf } from "../../../nodes/stations/index.ts";
import { type BeltDocument, documentHash, JsonSchema, parseBelt } from "../../../pipeline/belt/index.ts";
import { runSeedProcess, type SourceProcess, startSourceProcess } from "../../support/sourceProcess.ts";
import type { Manned } from "../../support/walkBelt.ts";

/** The files of the belt, read as a member of a network reads them. */
export const folder = fileURLToPath(new URL("../../../belts/hr-onboarding/", import.meta.url));

export function json(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

/** The template: offers by name, the rest as in a belt document. */
const Template = z.looseObject({ stations: z.record(z.string(), z.looseObject({ offer: z.string() })) });
export const template = Template.parse(json("belt.json"));
export const members = parseMembers(json("members.json"));
export const cases = z.array(JsonSchema).parse(json("cases/cases.json"));
export const answers = z
  .record(z.string(), z.record(z.string(), JsonSchema))
  .parse(json("cases/answers.json"));

const Expected = z.strictObject({
  reference: z.string(),
  stations: z.record(z.string(), z.enum(["done", "skipped", "unprocessable", "failed", "blocked"])),
  /** Null where no decision was reached. */
  answer: z.enum(["proceed", "person", "stop"]).nullable(),
  reasons: z.array(z.string()),
  score: z.int().optional(),
  certificate: z.boolean().optional(),
});
export const expected = z.array(Expected).parse(json("cases/expected.json"));

/** The network of members.json, without nodes: every source runs as a process, every station on its own settings. */
export interface Network {
  /** By the places' names on the belt. */
  readonly manned: Readonly<Record<string, Manned>>;
  readonly document: BeltDocument;
  stop(): Promise<void>;
}

export async function startNetwork(data: string): Promise<Network> {
  const offers: Record<string, Manned> = {};
  const running: SourceProcess[] = [];
  for (const member of members.members) {
    const sources: Record<string, string> = {};
    for (const { module, database } of member.seeds) {
      await runSeedProcess(modulePath(folder, module), fillInText(database, { data, sources }));
    }
    for (const { name, module, database } of member.sources) {
      const file = fillInText(database, { data, sources });
      const source = await startSourceProcess(modulePath(folder, module), file);
      running.push(source);
      sources[name] = source.url;
    }
    for (const { module, settings } of member.stations) {
      const filled = fillIn(settings, { data, sources });
      const station = await loadStation(modulePath(folder, module), { settings: filled });
      offers[`${member.name}/${station.name}`] = { station, settings: filled };
    }
  }
  const manned: Record<string, Manned> = {};
  const stations: Record<string, unknown> = {};
  for (const [place, given] of Object.entries(template.stations)) {
    const found = offers[given.offer];
    if (found === undefined) throw new Error(`Nobody offers ${given.offer}.`);
    manned[place] = found;
    // On the ledger an offer has an id of its own; for the routing any hash will do.
    stations[place] = { ...given, offer: documentHash(offerDocumentOf(found.station)) };
  }
  return {
    manned,
    document: parseBelt({ ...template, stations }),
    async stop() {
      await Promise.all(Object.values(offers).map(({ station }) => station.close?.()));
      await Promise.all(running.map((source) => source.stop()));
    },
  };
}
