import { readFileSync } from "node:fs";
import { type BeltDocument, type OfferTerms, parseBelt, parseOffer } from "../../../pipeline/belt/index.ts";
import { fieldAt } from "../../../pipeline/case/index.ts";
import { isObject, type Json, type JsonObject } from "../../../pipeline/json.ts";
import { parseJson } from "../../../pipeline/jsonText.ts";

/** A fixture of this folder, as JSON. */
export function fixture(name: string): Json {
  const at = `${import.meta.dirname}/fixtures/${name}`;
  return parseJson(readFileSync(at, "utf8"), { at });
}

/** A belt of three stations that has no findings with {@link offers}. */
export function smallLoan(): BeltDocument {
  return parseBelt(fixture("belt.json"));
}

/** Offers as the fixture writes them, as the check takes them. */
export function offersOf(json: Json): ReadonlyMap<string, OfferTerms> {
  const entries = Object.entries(isObject(json) ? json : {});
  return new Map(entries.map(([id, offer]): [string, OfferTerms] => [id, termsOf(offer)]));
}

function termsOf(offer: Json): OfferTerms {
  const number = (name: string): number => Number(fieldAt(offer, `/${name}`));
  return {
    document: parseOffer(fieldAt(offer, "/document")),
    price: BigInt(number("price")),
    deadlineSeconds: number("deadlineSeconds"),
    capacity: number("capacity"),
    live: fieldAt(offer, "/live") === true,
    member: String(fieldAt(offer, "/member")),
  };
}

export function offers(): ReadonlyMap<string, OfferTerms> {
  return offersOf(fixture("offers.json"));
}

export function objectAt(value: Json, pointer: string): JsonObject {
  const found = fieldAt(value, pointer);
  return isObject(found) ? found : {};
}
