import { sha256, toHex, utf8 } from "../../pipeline/bytes.ts";
import { compileSchema, type Validator } from "../../pipeline/case/index.ts";
import type { Hash } from "../../pipeline/index/index.ts";
import { canonical, type JsonObject } from "../../pipeline/json.ts";
import { offerDocumentOf, outputSchemaOf, type Station } from "../stations/index.ts";

/** A station of this node made ready: its offer document, and its schemas compiled. */
export interface Processor {
  readonly station: Station;
  readonly settings: JsonObject;
  /** The offer document, and its hash as offers name it. */
  readonly contract: ReturnType<typeof offerDocumentOf>;
  readonly document: Hash;
  readonly bytes: Uint8Array;
  readonly input: Validator;
  readonly output: Validator;
}

/** @throws {BeltError} `SCHEMA_REFUSED` when a schema of the station is outside the limits */
export function prepareProcessor(station: Station, settings: JsonObject): Processor {
  const contract = offerDocumentOf(station);
  const bytes = utf8(canonical(contract));
  return {
    station,
    settings,
    contract,
    document: toHex(sha256(bytes)),
    bytes,
    input: compileSchema(contract.input, { at: `${station.name}#/input` }),
    output: outputSchemaOf(station),
  };
}
