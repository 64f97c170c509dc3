import { sha256, toHex, utf8 } from "../../pipeline/bytes.ts";
import { compileSchema, type Validator } from "../../pipeline/case/index.ts";
import type { Hash } from "../../pipeline/index/index.ts";
import { canonical, type JsonObject } from "../../pipeline/json.ts";
import {
  type Alarm,
  type CommonSettings,
  checkedOutcome,
  commonSettings,
  type Outcome,
  offerDocumentOf,
  outcomeOf,
  outputSchemaOf,
  type Resumed,
  type Station,
  type WorkContext,
  workOn,
} from "../stations/index.ts";

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
  /** How many cases it takes in hand at one time; undefined when it works within this process, which bounds that. */
  readonly inHand: number | undefined;
  /** What all stations have among their settings. */
  readonly common: CommonSettings;
  /** Works on one case, once; never throws. */
  work(input: JsonObject, context: Told, options?: WorkOptions): Promise<Outcome>;
}

export interface WorkOptions {
  /** What the case comes back with, if it waited. */
  readonly resumed?: Resumed | undefined;
  /** Called when the case has to wait for a processor of its own, so that another one can be taken in hand. */
  readonly aside?: () => void;
  /** What bounds the work within this process; the machine's timers when absent. */
  readonly alarm?: Alarm;
}

/** What the engine tells a processor of a case; the settings are the processor's own. */
export type Told = Omit<WorkContext, "settings">;

/** Where a station works if not in this process. */
export interface Elsewhere {
  /** How many cases it takes in hand at one time. */
  readonly inHand: number;
  /** Works on a case; what it gives has yet to be checked. */
  work(input: JsonObject, context: Told, options: WorkOptions): Promise<Outcome<unknown>>;
}

/**
 * @param elsewhere - where the station works, if not in this process
 * @throws {BeltError} `SCHEMA_REFUSED` when a schema of the station is outside the limits,
 *   `STATION_SETTINGS_INVALID`
 */
export function prepareProcessor(station: Station, settings: JsonObject, elsewhere?: Elsewhere): Processor {
  const contract = offerDocumentOf(station);
  const bytes = utf8(canonical(contract));
  const output = outputSchemaOf(station);
  return {
    station,
    settings,
    inHand: elsewhere?.inHand,
    common: commonSettings(settings),
    contract,
    document: toHex(sha256(bytes)),
    bytes,
    input: compileSchema(contract.input, { at: `${station.name}#/input` }),
    output,
    work: elsewhere === undefined ? workHere(station, settings, output) : workThere(elsewhere, output),
  };
}

/** Has a station work within this process. */
export function workHere(station: Station, settings: JsonObject, output: Validator): Processor["work"] {
  return (input, context, { resumed, alarm } = {}) =>
    workOn(station, input, { ...context, settings }, { output, resumed, ...(alarm && { alarm }) });
}

function workThere(elsewhere: Elsewhere, output: Validator): Processor["work"] {
  return async (input, context, options = {}) => {
    try {
      return checkedOutcome(await elsewhere.work(input, context, options), output);
    } catch (error) {
      return outcomeOf(error);
    }
  };
}
