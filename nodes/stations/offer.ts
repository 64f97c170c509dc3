import { OfferDocument } from "../../pipeline/belt/document.ts";
import { complaintOf } from "../../pipeline/complaint.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Station } from "./station.ts";

/**
 * The offer document of a station: what its hash on the ledger stands for.
 *
 * @throws {BeltError} `STATION_INVALID` where a name, version, title or schema has not the form of a document.
 */
export function offerDocumentOf(station: Station): OfferDocument {
  const { name, version, title = name, description, input, output } = station;
  const parsed = OfferDocument.safeParse({
    offer: name,
    version,
    title: typeof title === "string" ? { en: title } : title,
    ...(description === undefined
      ? {}
      : { description: typeof description === "string" ? { en: description } : description }),
    input,
    output,
  });
  if (parsed.success) return parsed.data;
  const { at, sentence } = complaintOf(parsed.error);
  throw new BeltError("STATION_INVALID", `The station ${name} at ${at}: ${sentence}`, { at });
}
