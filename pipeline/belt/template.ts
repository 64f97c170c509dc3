import { z } from "zod";
import { formatPointer } from "../case/index.ts";
import { BeltError } from "../errors.ts";
import { BeltDocument, Bytes32, Name, StationPlace } from "./document.ts";
import { parseBelt, parseDocument } from "./parse.ts";

/** An offer by its name, with its member's where that is given. */
export interface OfferReference {
  readonly member: string | undefined;
  readonly offer: string;
}

const slug = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
const OfferName = z
  .string()
  .regex(new RegExp(`^(?:${slug}/)?${slug}$`), "use OFFER, MEMBER/OFFER or an offer's id");

/** A belt document whose stations may name their offers, as `OFFER` or `MEMBER/OFFER`, instead of giving their ids. */
export const BeltTemplate = BeltDocument.extend({
  parent: Bytes32.nullable().default(null),
  stations: z.record(Name, StationPlace.extend({ offer: z.union([Bytes32, OfferName]) })),
});
export type BeltTemplate = z.infer<typeof BeltTemplate>;

/**
 * Parses a belt template: a belt as it stands in a repository, before its offers are published.
 *
 * @throws {BeltError} `BELT_INVALID`, at a JSON pointer in the template
 */
export function parseTemplate(json: unknown): BeltTemplate {
  return parseDocument(BeltTemplate, json, "BELT_INVALID");
}

/**
 * The belt document of a template: names of offers replaced by ids.
 *
 * @param lookup the ids of the offers of a name; of all members that have one if the reference names none
 * @throws {BeltError} `BELT_OFFER_UNAVAILABLE` when no offer has the name, `BELT_OFFER_AMBIGUOUS` when several have
 */
export function resolveTemplate(
  template: BeltTemplate,
  lookup: (reference: OfferReference) => readonly string[],
): BeltDocument {
  const stations = Object.entries(template.stations).map(([name, station]) => {
    const at = formatPointer(["stations", name, "offer"]);
    return [name, { ...station, offer: resolve(station.offer, lookup, at) }] as const;
  });
  return parseBelt({ ...template, stations: Object.fromEntries(stations) });
}

function resolve(text: string, lookup: (reference: OfferReference) => readonly string[], at: string): string {
  if (text.startsWith("0x")) return text;
  const parts = text.split("/");
  const [offer = "", member] = parts.toReversed();
  const [id, ...others] = lookup({ member, offer });
  if (id === undefined) throw new BeltError("BELT_OFFER_UNAVAILABLE", `There is no offer ${text}.`, { at });
  if (others.length > 0) {
    throw new BeltError("BELT_OFFER_AMBIGUOUS", `${others.length + 1} offers are named ${text}.`, { at });
  }
  return id;
}
