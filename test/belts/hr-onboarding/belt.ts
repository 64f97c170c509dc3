import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { fillIn, fillInText, modulePath, parseMembers } from "../../../nodes/network/members.ts";
import { loadStation, offerDocumentOf } from "../../../nodes/stations/index.ts";
import {
  type BeltDocument,
  documentHash,
  JsonSchema,
  type OfferTerms,
  parseTemplate,
  resolveTemplate,
} from "../../../pipeline/belt/index.ts";
import { runSeedProcess, type SourceProcess, startSourceProcess } from "../../support/sourceProcess.ts";
import type { Manned } from "../../support/walkBelt.ts";

/** The files of the belt, read as a member of a network reads them. */
export const folder = fileURLToPath(new URL("../../../belts/hr-onboarding/", import.meta.url));

function json(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

export const template = parseTemplate(json("belt.json"));
const members = parseMembers(json("members.json"));
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
  /** The offers as the ledger would have them, by the ids that the document names. */
  readonly offers: ReadonlyMap<string, OfferTerms>;
  /** By the places' names on the belt. */
  readonly manned: Readonly<Record<string, Manned>>;
  readonly document: BeltDocument;
  stop(): Promise<void>;
}

export async function startNetwork(data: string): Promise<Network> {
  const offered: Record<string, Manned & { readonly terms: OfferTerms }> = {};
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
    for (const { module, settings, price, deadlineSeconds, capacity } of member.stations) {
      const filled = fillIn(settings, { data, sources });
      const station = await loadStation(modulePath(folder, module), { settings: filled });
      const document = offerDocumentOf(station);
      const terms = {
        document,
        price: BigInt(price),
        deadlineSeconds,
        capacity,
        live: true,
        member: member.name,
      };
      offered[`${member.name}/${station.name}`] = { station, settings: filled, terms };
    }
  }
  const manned: Record<string, Manned> = {};
  const offers = new Map<string, OfferTerms>();
  for (const [place, { offer }] of Object.entries(template.stations)) {
    const found = offered[offer];
    if (found === undefined) throw new Error(`Nobody offers ${offer}.`);
    manned[place] = found;
    offers.set(documentHash(found.terms.document), found.terms);
  }
  // On the ledger an offer has an id of its own; here its document's hash will do.
  const document = resolveTemplate(template, ({ member, offer }) => {
    const found = offered[`${member}/${offer}`];
    return found === undefined ? [] : [documentHash(found.terms.document)];
  });
  return {
    manned,
    offers,
    document,
    async stop() {
      await Promise.all(Object.values(offered).map(({ station }) => station.close?.()));
      await Promise.all(running.map((source) => source.stop()));
    },
  };
}
